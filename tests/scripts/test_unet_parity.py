# SPDX-License-Identifier: Apache-2.0
"""The UNet family against the published form of its reference attention, and its bundle forms against each other."""
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks import attention, unet, vae  # noqa: E402

SIZES = dict(block_out_channels=(8, 16), attention=(True, True), layers_per_block=1, heads=2, norm_num_groups=4)


def networks(position: bool, prompt: int | None) -> tuple[unet.UNet, unet.UNet]:
    torch.manual_seed(1)
    sizes = dict(SIZES, position=position, cross_attention_dim=prompt)
    denoiser = unet.UNet(unet.UNetConfig(**sizes))
    return denoiser, unet.UNet(unet.UNetConfig(**sizes, in_channels=4, action_units=0, reference_only=True))


@torch.no_grad()
def test_keys_and_values_equal_the_published_concatenation() -> None:
    """Own tokens over own and reference keys give the first half of attention on the concatenated tokens."""
    block = attention.TransformerBlock(16, 2, None, False, 0)
    own, other, empty = torch.randn(2, 9, 16), torch.randn(2, 9, 16), []
    normed = block.norm1(other)
    folded = block(own, own, own, [block.attn1.to_k(normed), block.attn1.to_v(normed)])
    both = torch.cat([own, other], 1)
    joined = block.norm1(both)
    both = both + block.attn1(joined, joined)
    both = both + block.ff(block.norm3(both))
    assert torch.allclose(folded, both[:, :9], atol=1e-5)
    assert not torch.allclose(folded, block(own, own, own, empty), atol=1e-3)


@pytest.mark.parametrize(("position", "prompt"), [(False, None), (True, None), (False, 12)])
def test_scripted_forms_agree_with_eager(position: bool, prompt: int | None) -> None:
    denoiser, encoder = networks(position, prompt)
    context = None if prompt is None else torch.randn(1, 5, prompt)
    forms = unet.IdEncoderModule(encoder, denoiser, context), unet.DenoiserModule(denoiser, context)
    portrait, x, attribute = torch.randn(1, 4, 6, 10), torch.randn(3, 4, 6, 10), torch.randn(1, 4, 6, 10)
    time, au = torch.tensor([1.0, 500.0, 999.0]), torch.randn(3, 12)
    reference = forms[0](portrait)  # with gradients: the training's own attention route
    eager = forms[1](x, attribute, time, au, reference)
    scripted = [torch.jit.script(form) for form in forms]
    with torch.no_grad():
        result = scripted[1](x, attribute, time, au, scripted[0](portrait))
    assert len(reference) == 2 * len(denoiser.transformers())
    assert torch.allclose(eager, result, atol=1e-4)


@torch.no_grad()
def test_folded_prompt_changes_nothing() -> None:
    denoiser, _ = networks(False, 12)
    context, x, time, au = torch.randn(1, 5, 12), torch.randn(2, 8, 8, 8), torch.tensor([3.0, 7.0]), torch.randn(2, 12)
    before = denoiser(x, time, au, context, [], [])
    denoiser.fold_prompt(context)
    assert torch.allclose(before, denoiser(x, time, au, context, [], []), atol=1e-5)
    assert not any("attn2.to_k" in name for name in denoiser.state_dict())


def test_cut_encoder_takes_a_whole_checkpoint() -> None:
    _, encoder = networks(False, None)
    whole = unet.UNet(unet.UNetConfig(**SIZES, cross_attention_dim=None, in_channels=4, action_units=0))
    unet.load_published(encoder, whole.state_dict())
    state = whole.state_dict()
    del state["conv_in.bias"]
    with pytest.raises(RuntimeError, match="conv_in.bias"):
        unet.load_published(encoder, state)


def test_older_attention_names_load() -> None:
    config = vae.VaeConfig(block_out_channels=(8, 8), layers_per_block=1, norm_num_groups=4)
    network, older = vae.Vae(config), {}
    for name, value in network.state_dict().items():
        for old, new in vae.OLD_ATTENTION.items():
            if f".attentions.0.{new}." in name:
                name = name.replace(f".{new}.", f".{old}.")
                value = value[:, :, None, None] if value.ndim == 2 else value
        older[name] = value
    vae.load_published(network, older)
    with pytest.raises(RuntimeError):
        vae.load_published(network, {k: v for k, v in older.items() if "quant_conv" not in k})


@torch.no_grad()
def test_half_precision_keeps_the_timestep() -> None:
    """In bfloat16 the sinusoid of 979 is that of 979, not of 980."""
    torch.manual_seed(1)
    embedding = unet.TimeEmbedding(8, 16)
    exact, other = embedding(torch.tensor([979.0])), embedding(torch.tensor([980.0]))
    rough = embedding.bfloat16()(torch.tensor([979.0])).float()
    assert (rough - exact).abs().max() < 0.2 * (other - exact).abs().max()
