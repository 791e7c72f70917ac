# SPDX-License-Identifier: Apache-2.0
"""UNets and autoencoder against the published pipeline: one forward within 1e-4 of each array's standard deviation.

The samplers are the program's; their numbers are checked in tests/diffusion and end to end.
"""
import numpy as np
import pytest
import torch
from reference import DATA, difference, picture, rows, tiny_config, tiny_expected, tiny_state

from networks import unet, vae
from networks.attention import tokens
from networks.unet import DenoiserModule, IdEncoderModule, UNet, UNetConfig
from networks.vae import Vae, VaeConfig, VaeDecoderModule, VaeEncoderModule

FORWARD = 1e-4
TIMESTEPS = (999, 981, 500, 20, 1)


def close(name, actual, expected):
    difference(name, actual, expected, FORWARD * float(expected.std()))


@pytest.fixture(scope="module", autouse=True)
def no_grad():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def expected():
    return tiny_expected()


@pytest.fixture(scope="module")
def autoencoder():
    network = Vae(VaeConfig(block_out_channels=tuple(tiny_config()["vae"]["block_out_channels"])))
    vae.load_published(network, tiny_state("vae"))
    return network.eval()


@pytest.fixture(scope="module")
def unets():
    """Denoiser and ID encoder, not folded, filled by rule."""
    sizes = tiny_config()["unet"]
    shared = {"block_out_channels": tuple(sizes["block_out_channels"]), "cross_attention_dim": sizes["cross_attention_dim"],
              "heads": sizes["attention_heads"], "layers_per_block": sizes["layers_per_block"]}  # fmt: skip
    denoiser = UNet(UNetConfig(**shared))
    encoder = UNet(UNetConfig(**shared, in_channels=4, action_units=0, reference_only=True))
    unet.load_published(denoiser, tiny_state("denoising_unet"))
    unet.load_published(encoder, tiny_state("ID_enc"))
    return denoiser.eval(), encoder.eval()


@pytest.fixture(scope="module")
def features(unets, expected):
    """What the ID encoder collects for the portrait."""
    collected, time = [], torch.zeros(1)
    prompt = torch.tensor(expected["prompt_embeds"])
    unets[1](torch.tensor(expected["portrait_latent"]), time, time, prompt, [], collected)
    return collected


def test_autoencoder(autoencoder, expected):
    portrait, background = picture(1, 128, 128), picture(2, 128, 128)
    background[:, :, 32:96, 32:96] = 0
    encode, decode = VaeEncoderModule(autoencoder), VaeDecoderModule(autoencoder)
    close("portrait_latent", encode(portrait), expected["portrait_latent"])
    close("condition_latent", encode(background), expected["condition_latent"])
    for name in ("unipc_10_au0", "unipc_10_au1", "ddim_10_au0", "ddim_10_au1"):
        latent = torch.tensor(expected[f"latent_{name}"]) / tiny_config()["vae"]["scaling_factor"]
        difference(f"image_{name}", (255 * decode(latent)).round(), expected[f"image_{name}"].astype(np.float32), 1)


def test_autoencoder_takes_the_older_attention_names(autoencoder):
    older = {}
    for name, value in tiny_state("vae").items():
        if ".attentions." in name:
            for old, new in vae.OLD_ATTENTION.items():
                if f".{new}." in name:
                    name = name.replace(f".{new}.", f".{old}.")
                    # Some of the old files hold these projections as 1x1 convolutions: mix both.
                    value = value[:, :, None, None] if value.ndim == 2 and old == "key" else value
                    break
        older[name] = value
    assert any(".proj_attn." in name for name in older)
    again = Vae(VaeConfig(block_out_channels=tuple(tiny_config()["vae"]["block_out_channels"])))
    vae.load_published(again, older)
    for name, value in autoencoder.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name


def test_reference_features(features, expected):
    assert len(features) == 16
    for index, feature in enumerate(features):
        wanted = expected[f"reference_hidden_{index:02d}"]
        hidden = tokens(feature)
        if wanted.ndim == 3:
            close(f"reference_hidden_{index:02d}", hidden, wanted)
        else:
            got = np.array([float(hidden.double().sum()), float(hidden.double().abs().sum())])
            difference(f"reference_hidden_{index:02d} (sums)", got / wanted[1], wanted / wanted[1], 1e-5)


@pytest.mark.parametrize("timestep", TIMESTEPS)
def test_denoiser(unets, expected, timestep):
    denoiser, encoder = unets
    prompt = torch.tensor(expected["prompt_embeds"])
    reference = IdEncoderModule(encoder, denoiser, prompt)(torch.tensor(expected["portrait_latent"]))
    au = torch.stack([torch.tensor(expected["au"][0]), torch.zeros(12)])
    noise = torch.tensor(expected["initial_noise"]).expand(2, -1, -1, -1)
    condition = torch.tensor(expected["condition_latent"])
    time = torch.full((2,), float(timestep))
    eps = DenoiserModule(denoiser, prompt)(noise, condition, time, au, reference)
    close(f"eps_t{timestep}", eps, expected[f"eps_t{timestep}"])


def published_block(block, hidden, reference, prompt):
    """A transformer block as published: own and reference tokens side by side through norm1 and self-attention, of
    which the second half is thrown away."""
    both = block.norm1(torch.cat([hidden, reference], 1))
    hidden = (torch.cat([hidden, reference], 1) + block.attn1(both, both))[:, : hidden.shape[1]]
    hidden = hidden + block.attn2(block.norm2(hidden), prompt)
    return hidden + block.ff(block.norm3(hidden))


def test_n_queries_against_2n_keys_equal_the_published_2n_by_2n(unets, features, expected):
    denoiser, _ = unets
    prompt = torch.tensor(expected["prompt_embeds"])
    keys_and_values = []
    for projection, feature in zip(IdEncoderModule(unets[1], denoiser).projections, features, strict=True):
        keys_and_values.extend(projection(feature))
    generator = torch.Generator().manual_seed(7)
    for index, (transformer, feature) in enumerate(zip(denoiser.transformers(), features, strict=True)):
        block, reference = transformer.transformer_blocks[0], tokens(feature)
        hidden = torch.randn(reference.shape, generator=generator)
        wanted = published_block(block, hidden, reference, prompt)
        close(f"block {index}", block(hidden, hidden, prompt, keys_and_values), wanted.numpy())


@pytest.mark.parametrize("part", ["denoising_unet", "ID_enc", "vae"])
def test_full_size_names_and_shapes(part):
    """Against the real checkpoints' lists, on the meta device: no memory."""
    keys = rows(DATA / "magicface" / "full" / f"{part}.keys.json")
    with torch.device("meta"):
        if part == "vae":
            network = Vae(VaeConfig())
        else:
            own = {} if part == "denoising_unet" else {"in_channels": 4, "action_units": 0}
            network = UNet(UNetConfig(**own))
    assert {name: list(value.shape) for name, value in network.state_dict().items()} == {row[0]: row[1] for row in keys}


def test_the_cut_id_encoder_lacks_only_what_is_never_used():
    keys = {row[0] for row in rows(DATA / "magicface" / "full" / "ID_enc.keys.json")}
    with torch.device("meta"):
        cut = UNet(UNetConfig(in_channels=4, action_units=0, reference_only=True)).state_dict().keys()
    dead = ("up_blocks.3.attentions.2.transformer_blocks.", "up_blocks.3.attentions.2.proj_out.", "conv_norm_out.", "conv_out.")
    assert cut <= keys
    assert {name for name in keys if name.startswith(dead)} == keys - cut
