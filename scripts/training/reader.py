# SPDX-License-Identifier: Apache-2.0
"""The reader: action units and identity of what the generator draws, while the generator trains.

A squared error on latents or pixels says little about a mouth's corner, a brow's lines or a likeness; the difference between what
is read in a drawn and in the true picture says exactly that. The reader never leaves the training, and it is never the judge:
what it learnt from may be shared with the generator, the judge's renders may not.
"""
import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from networks.demo_face import FaceNetworks
from training import common

UNITS = 12
# Of 1 - cosine beside squared intensities: a drawn face is some 0.01 and 0.2 away.
IDENTITY_WEIGHT = 10.0


class Reader(nn.Module):
    """Pictures [B, 3, S, S] in [0, 1] to readings [B, 12 + N]: intensities, then the identity's unit vector; by a checkpoint of
    `train_face.py --judge`, held as it is."""

    def __init__(self, file: Path, device: torch.device) -> None:
        super().__init__()
        self.networks = common.load_average(file, FaceNetworks, device)[0].to(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> Tensor:
        found = self.networks(pictures.contiguous(memory_format=torch.channels_last), ("au_estimator", "identity"))
        return torch.cat([found["au_estimator"].float(), found["identity"].float()], 1)

    def distance(self, drawn: Tensor, wanted: Tensor) -> Tensor:
        """How far the readings of drawn pictures are from the readings `wanted`.

        Wanted is what was read in the true pictures, not the known truth: the reader's own errors on a person cancel out.
        """
        squares = (self(drawn) - wanted).square()
        # Of unit vectors the squared distance is twice 1 - cosine.
        return squares[:, :UNITS].mean() + IDENTITY_WEIGHT * squares[:, UNITS:].sum(1).mean() / 2


def add_options(parser: argparse.ArgumentParser, weight: float) -> None:
    """Options of a training that may have a reader."""
    parser.add_argument("--reader", type=Path, help="faces.pt of train_face.py --judge, on other persons than the judge's: reads what is drawn")
    parser.add_argument("--reader-weight", type=float, default=weight, help="weight of the reader's distance")


def load(file: Path | None, device: torch.device) -> Reader | None:
    return Reader(file, device) if file else None
