# SPDX-License-Identifier: Apache-2.0
"""Losses on pictures that a generator has drawn: the picture's own, and a reader's.

What a squared error on latents asks for where an answer is unsure is the mean of all that it may be; drawn, that is one colour
between teeth, lips and dark. These losses ask what it looks like.
"""
import argparse

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.demo_face import Trunk
from training import common, reader as reading

FEATURE_WEIGHT = 0.15
COLOUR_WEIGHT = 2.0  # of what is wrong beside brightness: a little blue on lips is seen at once
TOLD = ("picture", "features", "readings")


def picture_loss(made: Tensor, image: Tensor, weight: Tensor, trunk: Trunk | None) -> Tensor:
    """Weighted L1 on pixels, on their colours and on their differences, and on the trunk's features. `made` is in [-1, 1]."""
    error = made - (2 * image - 1)
    across = (error[..., 1:] - error[..., :-1]).abs() * weight[..., 1:]
    along = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    tint = (error - error.mean(1, keepdim=True)).abs() * weight
    loss = (error.abs() * weight).mean() + COLOUR_WEIGHT * tint.mean() + across.mean() + along.mean()
    if trunk is not None:
        with torch.no_grad():
            wanted = trunk(image)
        loss = loss + FEATURE_WEIGHT * reading.feature_distance(trunk(made / 2 + 0.5), wanted)
    return loss


class Drawing:
    """Both together, for a training with the options below."""

    def __init__(self, options: argparse.Namespace, device: torch.device, trunk: Trunk | None = None) -> None:
        self.picture_weight, self.reader_weight, self.trunk, self.device = options.picture_weight, options.reader_weight, trunk, device
        self.reader = reading.load(options.reader, device)

    @property
    def asks(self) -> bool:
        """False if no loss was asked for, so that nothing needs to be drawn."""
        return bool(self.picture_weight or self.reader)

    def loss(self, made: Tensor, image: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Of pictures `made` [B, 3, S, S] in [-1, 1], whose truth is `image` in [0, 1]: the loss, and its parts [3] as in TOLD.

        `weight` [B, 1, S/8, S/8], or of every pixel [B, 1, S, S], says how much each piece counts.
        """
        pixels = F.interpolate(weight, size=image.shape[2:], mode="bilinear")
        picture = picture_loss(made, image, pixels, self.trunk)
        with common.autocast(self.device):
            read = reading.compare(self.reader, made / 2 + 0.5, image)
        loss = self.picture_weight * picture + self.reader_weight * reading.loss(read)
        return loss, torch.cat([picture.detach()[None], read.detach()])


def spelled(told: list[Tensor]) -> str:
    """Names and means of several steps' losses."""
    return ", ".join(f"{name} {value:.3f}" for name, value in zip(TOLD, torch.stack(told).mean(0).tolist()))


def add_options(parser: argparse.ArgumentParser, picture_weight: float, reader_weight: float) -> None:
    reading.add_options(parser, weight=reader_weight)
    parser.add_argument("--picture-weight", type=float, default=picture_weight, help="weight of the distance of pixels and their differences")
