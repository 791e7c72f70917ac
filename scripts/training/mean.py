# SPDX-License-Identifier: Apache-2.0
"""The mean of several trainings of one network: OUT is the first checkpoint with the mean of their averages.

Between an autoencoder's decoder and the one that `train_decoder.py` made of it lies one that has a part of what each is better at;
between UNets and what short trainings make of them lies a steadier one than any of them.
"""
import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # checkpoints hold configurations by their module's name
from training import common  # noqa: E402


def mean(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Of floating values; counters are the first's."""
    return {name: sum(state[name] for state in states) / len(states) if value.is_floating_point() else value for name, value in states[0].items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    loaded = [torch.load(file, map_location="cpu", weights_only=False) for file in options.checkpoints]
    common.save_average(options.out, loaded[0], mean([state["average"] for state in loaded]))


if __name__ == "__main__":
    main()
