# SPDX-License-Identifier: Apache-2.0
"""Have an autoencoder's latents tell the picture's luminance, too, and UNets work on such: what they have learnt stays.

    more_latents.py --vae runs/old/vae.pt --diffusion runs/old/diffusion.pt --out runs/more

Trainings `--start` from what it writes, OUT/vae.pt and OUT/diffusion.pt. The decoder draws as before, with the luminance put right;
the UNets hear nothing of the new channels and say 0 in them, to begin with.
"""
import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.unet import UNet  # noqa: E402
from networks.vae import Vae, VaeConfig  # noqa: E402
from training import common  # noqa: E402

SIDE = 4  # luminance values across each place of the latent: half the picture's size


def spread(trained: Tensor, fresh: Tensor, rows: list[int] | None, columns: list[int] | None) -> Tensor:
    """`fresh` with the trained values in the places `rows` and `columns`; what old rows hear of new columns is zero. None: all."""
    result = fresh.clone()
    rows = list(range(len(fresh))) if rows is None else rows
    if columns is None or trained.ndim == 1:
        result[rows] = trained
        return result
    result[rows] = 0
    result[torch.tensor(rows)[:, None], torch.tensor(columns)] = trained
    return result


def widened(network: nn.Module, state: dict[str, Tensor], places: dict[str, tuple[list[int] | None, list[int] | None]]) -> dict[str, Tensor]:
    """The trained state for a network whose layers `places` have more rows, columns or both, and whose constants are its own."""
    result = {}
    for name, fresh in network.state_dict().items():
        layer, trained = name.rpartition(".")[0], state.get(name, fresh)
        result[name] = spread(trained, fresh, *places[layer]) if layer in places else trained
    return result


def autoencoder(state: dict, side: int = SIDE) -> dict:
    old: VaeConfig = state["config"]
    config = replace(old, latent_channels=old.latent_channels + side**2 - 1, luminance_side=side)
    latent = list(range(old.latent_channels))
    places = {"post_quant_conv": (latent, latent), "decoder.conv_in": (None, latent)}
    return {"average": widened(Vae(config), state["average"], places), "config": config, "scaling_factor": state["scaling_factor"]}


def unets(state: dict, channels: int) -> dict:
    denoiser, encoder = state["configs"]
    old = denoiser.out_channels
    wider = replace(denoiser, in_channels=2 * channels, out_channels=channels), replace(encoder, in_channels=channels, out_channels=channels)
    pair = nn.ModuleDict(dict(zip(("denoiser", "id_encoder"), map(UNet, wider))))
    for layer in filter(None, (pair["denoiser"].conv_out, pair["denoiser"].level_out)):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    latent = list(range(old))
    places = {"denoiser.conv_in": (None, latent + [channels + k for k in latent]), "id_encoder.conv_in": (None, latent),
              "denoiser.conv_out": (latent, None), "denoiser.level_out": (latent, None)}
    return {"average": widened(pair, state["average"], places), "configs": wider, "scaling_factor": state["scaling_factor"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vae", type=Path, required=True)
    parser.add_argument("--diffusion", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    drawing, answering = (torch.load(file, map_location="cpu", weights_only=False) for file in (options.vae, options.diffusion))
    wider = autoencoder(drawing)
    common.save(options.out / "vae.pt", **wider)
    common.save(options.out / "diffusion.pt", **unets(answering, wider["config"].latent_channels))


if __name__ == "__main__":
    main()
