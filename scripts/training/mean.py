# SPDX-License-Identifier: Apache-2.0
"""The mean of two trainings of one network: OUT is the first checkpoint with the mean of both averages.

Between an autoencoder's decoder and the one that `train_decoder.py` made of it lies one that has a part of what each is better at.
"""
import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # checkpoints hold configurations by their module's name
from training import common  # noqa: E402


def mean(first: dict[str, Tensor], second: dict[str, Tensor]) -> dict[str, Tensor]:
    """Of floating values; counters are the first's."""
    return {name: (value + second[name]) / 2 if value.is_floating_point() else value for name, value in first.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    first, second = (torch.load(file, map_location="cpu", weights_only=False) for file in (options.first, options.second))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    common.save(options.out, **first | {"average": mean(first["average"], second["average"])})


if __name__ == "__main__":
    main()
