# SPDX-License-Identifier: Apache-2.0
"""Give trained networks more latent channels or residual layers: what they have learnt stays exactly what it was.

New channels come last. Weights that read them are zero at first, weights that make them are a new network's; new layers add nothing at first.
"""
import torch
from torch import Tensor, nn

# Per weight name: where its old rows and columns go; None for those of the same size.
Places = dict[str, tuple[list[int] | None, list[int] | None]]


def autoencoder_places(old: int, new: int, averages: int) -> Places:
    """Of `Vae`: mean and log variance follow each other in the encoder's last layers."""
    learnt, grown = old - averages, new - averages
    moments = [*range(learnt), *range(grown, grown + learnt)]
    latent = list(range(old))
    return {"encoder.conv_out": (moments, None), "quant_conv": (moments, moments), "post_quant_conv": (latent, latent), "decoder.conv_in": (None, latent)}


def unet_places(old: int, new: int) -> Places:
    """Of the denoiser and the ID encoder: the denoiser reads the latents, then the condition's."""
    latent = list(range(old))
    both = [*latent, *range(new, new + old)]
    return {"denoiser.conv_in": (None, both), "denoiser.conv_out": (latent, None), "denoiser.level_out": (latent, None), "id_encoder.conv_in": (None, latent)}


@torch.no_grad()
def widened(network: nn.Module, state: dict[str, Tensor], places: Places) -> dict[str, Tensor]:
    """The state of `network` (new, wider) with the trained `state` in it."""
    result = {}
    for name, fresh in network.state_dict().items():
        if name not in state:
            result[name] = torch.zeros_like(fresh) if ".conv2." in name else fresh.clone()
            continue
        trained = state[name]
        if trained.shape == fresh.shape:
            result[name] = trained
            continue
        rows, columns = places[name.rsplit(".", 1)[0]]
        rows = list(range(fresh.shape[0])) if rows is None else rows
        value = fresh.clone()
        if value.ndim > 1 and columns is not None:
            others = [c for c in range(value.shape[1]) if c not in set(columns)]
            value[torch.tensor(rows)[:, None], torch.tensor(others)[None]] = 0  # what was there doesn't hear what is new
            value[torch.tensor(rows)[:, None], torch.tensor(columns)[None]] = trained
        else:
            value[rows] = trained
        result[name] = value
    return result
