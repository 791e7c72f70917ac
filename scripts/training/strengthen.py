# SPDX-License-Identifier: Apache-2.0
"""UNets that hear some action units louder: OUT is the checkpoint with its denoiser's inputs for them multiplied.

What is learnt from a squared error makes changes smaller than they should be where it is unsure, of some units more than of others.
Measured on people that the training never saw, that can be taken back, at some cost: what else an edit changes grows, too.
"""
import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # checkpoints hold configurations by their module's name
from portraits.action_units import NAMES  # noqa: E402
from training import common  # noqa: E402

WEIGHT = "denoiser.au_aug_mlp.weight"  # [time channels, action units]: the only place where variations come in


def strengthened(state: dict[str, Tensor], gains: Tensor) -> dict[str, Tensor]:
    """The weights of a denoiser that says of a variation what that of `state` says of `gains` [12] times it."""
    return state | {WEIGHT: state[WEIGHT] * gains.to(state[WEIGHT].dtype)}


def gain(text: str) -> tuple[str, float]:
    """AU15=1.2"""
    name, _, value = text.partition("=")
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(NAMES)} and a factor, as AU15=1.2, got {text}")
    return name, float(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="diffusion.pt")
    parser.add_argument("gains", type=gain, nargs="+", metavar="AU=FACTOR", help="the others stay as they are")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    loaded = torch.load(options.checkpoint, map_location="cpu", weights_only=False)
    asked = dict(options.gains)
    gains = torch.tensor([asked.get(name, 1.0) for name in NAMES])
    common.save_average(options.out, loaded, strengthened(loaded["average"], gains))


if __name__ == "__main__":
    main()
