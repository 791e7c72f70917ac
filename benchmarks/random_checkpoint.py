# SPDX-License-Identifier: Apache-2.0
"""Write checkpoints with random weights in the published layout: time and memory don't depend on what weights say.

    python benchmarks/random_checkpoint.py --model sd15 --out DIR
    python scripts/export_magicface.py --magicface DIR --stable-diffusion DIR --prompt-embeds DIR/prompt_embeds.npy --out BUNDLE
"""
import argparse
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from networks.unet import UNet, UNetConfig  # noqa: E402
from networks.vae import Vae, VaeConfig  # noqa: E402

PROMPT_TOKENS = 77
MODELS = {  # channels of the UNets by level, channels of the prompt, channels of the autoencoder by level
    "sd15": ((320, 640, 1280, 1280), 768, (128, 256, 512, 512)),
    "small": ((64, 96, 128, 128), 64, (32, 64, 96, 96)),
    "tiny": ((32, 64, 64, 64), 32, (32, 32, 64, 64)),
}
GAIN = 0.7  # below 1, so that values stay finite through a whole network in half precision


def random_state(network: type[nn.Module], config: UNetConfig | VaeConfig, seed: int) -> dict[str, Tensor]:
    """Kernels of unit gain, norms that do nothing, no biases."""
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in network(config).state_dict().items()}
    generator, state = torch.Generator().manual_seed(seed), {}
    for name, shape in shapes.items():
        if len(shape) >= 2:
            state[name] = torch.randn(shape, generator=generator) * (GAIN / math.sqrt(math.prod(shape[1:])))
        else:
            state[name] = torch.ones(shape) if "norm" in name and name.endswith("weight") else torch.zeros(shape)
    return state


def write_part(folder: Path, state: dict[str, Tensor], config: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file(state, folder / "diffusion_pytorch_model.safetensors")


def write_checkpoints(out: Path, model: str, seed: int) -> None:
    """denoising_unet/, ID_enc/, vae/ and prompt_embeds.npy."""
    widths, prompt, vae_widths = MODELS[model]
    for part, channels, action_units in (("denoising_unet", 8, 12), ("ID_enc", 4, 0)):
        config = UNetConfig(in_channels=channels, block_out_channels=widths, cross_attention_dim=prompt, action_units=action_units)
        written = {"in_channels": channels, "block_out_channels": widths, "cross_attention_dim": prompt, "attention_head_dim": 8,
                   "layers_per_block": 2, "norm_num_groups": 32}  # fmt: skip
        write_part(out / part, random_state(UNet, config, seed), written)
    vae = {"block_out_channels": vae_widths, "layers_per_block": 2, "latent_channels": 4, "norm_num_groups": 32}
    write_part(out / "vae", random_state(Vae, VaeConfig(block_out_channels=vae_widths), seed), vae)
    embeds = np.random.default_rng(seed).standard_normal((1, PROMPT_TOKENS, prompt))
    np.save(out / "prompt_embeds.npy", embeds.astype(np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=MODELS, default="sd15", help="sizes; sd15 are the published ones, 7.2 GB (default)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_checkpoints(options.out, options.model, options.seed)
    print(options.out)


if __name__ == "__main__":
    main()
