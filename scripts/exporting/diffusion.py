# SPDX-License-Identifier: Apache-2.0
"""The four diffusion modules of a MagicFace bundle, from the published checkpoints."""
import sys
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from networks.unet import DenoiserModule, IdEncoderModule, UNet, UNetConfig
from networks.vae import Vae, VaeConfig, VaeDecoderModule, VaeEncoderModule, current_names

from .checkpoints import fit, read_state
from .configs import unet_config, vae_config
from .errors import ExportError, listed
from .sources import Source

ACTION_UNITS = 12


@dataclass(frozen=True)
class Diffusion:
    """Modules by their manifest name, and the sizes that the manifest states."""

    modules: dict[str, nn.Module]
    latent: dict[str, Any]
    size_multiple: int


def on_meta(network: type[nn.Module], config: UNetConfig | VaeConfig) -> nn.Module:
    """Names and shapes only: at full size a second set of random weights would cost 3.4 GB."""
    with torch.device("meta"):
        return network(config)


def load_unet(source: Source, part: str, action_units: int) -> tuple[UNet, UNetConfig]:
    """The denoiser, or (no action units) the ID encoder cut behind the last tensor that is used."""
    file = source.weights(part)
    config = unet_config(source.folder / part / "config.json", action_units)
    state, skipped = read_state(file), []
    if not action_units:
        config = replace(config, reference_only=True)
        # The checkpoint holds a whole UNet. What stands behind the cut is known by name, so it is skipped on purpose
        # and anything else that doesn't fit is still an error.
        whole = on_meta(UNet, replace(config, reference_only=False)).state_dict()
        kept = on_meta(UNet, config).state_dict()
        skipped = [name for name in whole if name not in kept]
    network = on_meta(UNet, config)
    network.load_state_dict(fit(file, state, network, tuple(skipped)), strict=True, assign=True)
    dead = [name for name in skipped if name in state]
    if dead:
        stems = sorted({".".join(name.split(".")[:4]) if "blocks" in name else name.split(".")[0] for name in dead})
        print(f"{part}: skipped {len(dead)} keys behind the last tensor in use ({listed(stems)})", file=sys.stderr)
    return network.eval(), config


def load_vae(source: Source) -> tuple[Vae, VaeConfig, float]:
    """The autoencoder, under either attention naming."""
    file = source.weights("vae")
    config, scaling = vae_config(source.folder / "vae" / "config.json")
    network = on_meta(Vae, config)
    network.load_state_dict(fit(file, current_names(read_state(file)), network), strict=True, assign=True)
    return network.eval(), config, scaling


def cast(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Floating parameters and buffers one by one; integer buffers keep their type."""
    for tensor in [*module.parameters(), *module.buffers()]:
        if tensor.is_floating_point():
            tensor.data = tensor.data.to(dtype)
    return module.requires_grad_(False).eval()


def agree(magicface: Source, denoiser: UNetConfig, encoder: UNetConfig, vae: VaeConfig) -> None:
    """The three checkpoints must belong together."""
    latent = vae.latent_channels
    for part, config, channels in (("denoising_unet", denoiser, 2 * latent), ("ID_enc", encoder, latent)):
        if config.in_channels != channels:
            file = magicface.folder / part / "config.json"
            raise ExportError(f"{file}: key 'in_channels': expected {channels}, actual: {config.in_channels}")
    for key in ("block_out_channels", "attention", "layers_per_block", "heads", "cross_attention_dim"):
        wanted, actual = getattr(denoiser, key), getattr(encoder, key)
        if wanted != actual:
            file = magicface.folder / "ID_enc" / "config.json"
            raise ExportError(f"{file}: '{key}': expected {wanted} as in denoising_unet, actual: {actual}")


@torch.inference_mode(False)
@torch.no_grad()
def build(magicface: Source, stable_diffusion: Source, prompt: Any, dtype: torch.dtype) -> Diffusion:
    """Loads, folds and casts.

    Args:
        prompt: callable from the prompt's channel count to its embeddings [1, 77, channels]; called once the sizes are
            known and before the large files are read.
        dtype: what the weights are stored in; folding happens in float32.
    """
    encoder_sizes = unet_config(magicface.folder / "ID_enc" / "config.json", 0)
    denoiser_sizes = unet_config(magicface.folder / "denoising_unet" / "config.json", ACTION_UNITS)
    embeds: Tensor = prompt(denoiser_sizes.cross_attention_dim)
    vae, vae_sizes, scaling = load_vae(stable_diffusion)
    agree(magicface, denoiser_sizes, encoder_sizes, vae_sizes)
    denoiser, _ = load_unet(magicface, "denoising_unet", ACTION_UNITS)
    denoiser.fold_prompt(embeds)
    encoder, _ = load_unet(magicface, "ID_enc", 0)
    encoder.fold_prompt(embeds)
    modules = {
        "vae_encoder": VaeEncoderModule(vae),
        "vae_decoder": VaeDecoderModule(vae),
        "id_encoder": IdEncoderModule(encoder, denoiser),
        "denoiser": DenoiserModule(denoiser),
    }
    factor = 2 ** (len(vae_sizes.block_out_channels) - 1)
    return Diffusion(
        {name: cast(module, dtype) for name, module in modules.items()},
        {"channels": vae_sizes.latent_channels, "factor": factor, "scaling_factor": scaling},
        factor * 2 ** (len(denoiser_sizes.block_out_channels) - 1),
    )
