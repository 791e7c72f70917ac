# SPDX-License-Identifier: Apache-2.0
"""The guide: a small network that tells, from two latents of one person, which action units changed and by how much.

The denoiser's training asks it whether a prediction shows the change that the true latent shows, and no other: a squared error
on latents says little about a mouth's corner. It never leaves the training, and it isn't the judge: it sees the generator's renders.
"""
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from training import common

GROUPS = 8


@dataclass(frozen=True)
class GuideConfig:
    """Channels and side of the latents; channels of the network at their size and at half of it."""

    latent_channels: int
    side: int
    widths: tuple[int, int] = (64, 128)
    hidden: int = 128


class Block(nn.Module):
    """Two normalised convolutions around which the input goes."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*(layer for _ in range(2) for layer in (
            nn.GroupNorm(GROUPS, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1))))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Guide(nn.Module):
    """Portrait and another latent of the same person [B, C, side, side], in the denoiser's scale, to the change of the
    12 intensities [B, 12]."""

    def __init__(self, config: GuideConfig) -> None:
        super().__init__()
        a, b = config.widths
        self.features = nn.Sequential(
            nn.Conv2d(2 * config.latent_channels, a, 3, padding=1), Block(a), Block(a),
            nn.Conv2d(a, b, 3, stride=2, padding=1), Block(b), Block(b), nn.GroupNorm(GROUPS, b), nn.SiLU())
        # Where it is matters as much as what it is: the map is flattened, not averaged.
        self.read = nn.Sequential(nn.Conv2d(b, 16, 1), nn.Flatten(), nn.Linear(16 * (config.side // 2) ** 2, config.hidden),
                                  nn.SiLU(), nn.Linear(config.hidden, 12))

    def forward(self, portrait: Tensor, other: Tensor) -> Tensor:
        return self.read(self.features(torch.cat([portrait, other - portrait], 1)))

    def distance(self, portrait: Tensor, predicted: Tensor, true: Tensor) -> Tensor:
        """Mean squared difference between what the guide reads in the predicted and in the true latent."""
        with torch.no_grad():
            wanted = self(portrait, true)
        return (self(portrait, predicted) - wanted).float().square().mean()


def load(path: Path, device: torch.device) -> Guide:
    """The averaged network of a checkpoint of train_guide.py, held as it is."""
    return common.load_average(path, Guide, device)[0].to(memory_format=torch.channels_last)
