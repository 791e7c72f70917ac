# SPDX-License-Identifier: Apache-2.0
"""The reader: action units and identity of what the generator draws, while the generator trains.

A squared error on latents or pixels says little about a mouth's corner, a brow's lines or a likeness; the difference between what
is read in a drawn and in the true picture says exactly that. The reader never leaves the training, and it is never the judge:
what it learnt from may be shared with the generator, the judge's renders may not.
"""
import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.demo_face import FaceNetworks
from training import common

UNITS = 12
# Of 1 - cosine beside squared intensities: a drawn face is some 0.01 and 0.2 away.
IDENTITY_WEIGHT = 10.0
FEATURE_WEIGHT = 1.5  # of what the trunk sees, beside readings
ZOOM, SHIFT, CONTRAST = 0.12, 0.08, 0.25  # how far two pictures are changed alike before they are compared


def changed_alike(drawn: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
    """Both pictures of every pair mirrored, zoomed, shifted, brightened and contrasted by the same random amounts.

    A network that draws learns quickly to please one network that always looks the same way; less so if the view changes.
    """
    count, device = drawn.shape[0], drawn.device
    zoom = 1 + ZOOM * (2 * torch.rand(count, device=device) - 1)
    theta = torch.zeros(count, 2, 3, device=device)
    theta[:, 0, 0], theta[:, 1, 1] = torch.where(torch.rand(count, device=device) < 0.5, -zoom, zoom), zoom
    theta[:, :, 2] = SHIFT * (2 * torch.rand(count, 2, device=device) - 1)
    grid = F.affine_grid(theta, list(drawn.shape), align_corners=False)
    gain = 1 + CONTRAST * (2 * torch.rand(count, 1, 1, 1, device=device) - 1)
    offset = 0.1 * (2 * torch.rand(count, 1, 1, 1, device=device) - 1)
    drawn, true = (gain * F.grid_sample(p.float(), grid, padding_mode="border", align_corners=False) + offset for p in (drawn, true))
    return drawn, true


class Reader(nn.Module):
    """A checkpoint of `train_face.py --judge`, held as it is; pictures are [B, 3, S, S] in [0, 1]."""

    def __init__(self, file: Path, device: torch.device) -> None:
        super().__init__()
        self.networks = common.load_average(file, FaceNetworks, device)[0].to(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """The trunk's features, level by level, and readings [B, 12 + N]: intensities, then the identity's unit vector.

        Unlike in the estimator's own training, where the landmarks lie counts, too: a brow that moves is what a unit is.
        """
        networks = self.networks
        block = networks.trunk.block
        if block > 1:  # it learnt from pictures with so many more pixels than the generator makes
            pictures = F.interpolate(pictures, scale_factor=block, mode="bilinear", align_corners=False)
        size, pictures = pictures.shape[3], pictures.contiguous(memory_format=torch.channels_last)
        one, two, four = networks.trunk(pictures)
        units = networks.action_units(pictures, one, two, four, networks.points(two, size))
        return (one, two, four), torch.cat([units.float(), networks.identity(four).float()], 1)

    def differences(self, drawn: Tensor, true: Tensor) -> Tensor:
        """Between drawn and true pictures, changed alike: of features and of readings [2].

        Wanted is what is read in the true pictures, not the known truth: the reader's own errors on a person cancel out.
        """
        drawn, true = changed_alike(drawn, true)
        with torch.no_grad():
            wanted, readings = self(true)
        features, found = self(drawn)
        squares = (found - readings).square()
        # Of unit vectors the squared distance is twice 1 - cosine.
        read = squares[:, :UNITS].mean() + IDENTITY_WEIGHT * squares[:, UNITS:].sum(1).mean() / 2
        return torch.stack([feature_distance(features, wanted), read])


def feature_distance(found: tuple[Tensor, ...], wanted: tuple[Tensor, ...]) -> Tensor:
    """Mean distance of features, level by level, relative to the size of those wanted."""
    return sum((a.float() - b.float()).abs().mean() / b.float().abs().mean() for a, b in zip(found, wanted)) / len(wanted)


def compare(reader: Reader | None, drawn: Tensor, true: Tensor) -> Tensor:
    """The reader's differences [2]; zeros without a reader."""
    return reader.differences(drawn, true) if reader else torch.zeros(2, device=drawn.device)


def loss(differences: Tensor) -> Tensor:
    """The reader's part of a loss, before its weight."""
    return FEATURE_WEIGHT * differences[0] + differences[1]


def add_options(parser: argparse.ArgumentParser, weight: float) -> None:
    """Options of a training that may have a reader."""
    parser.add_argument("--reader", type=Path, help="faces.pt of train_face.py --judge, on other persons than the judge's: reads what is drawn")
    parser.add_argument("--reader-weight", type=float, default=weight, help="weight of the reader's distance")


def load(file: Path | None, device: torch.device) -> Reader | None:
    return Reader(file, device) if file else None
