# SPDX-License-Identifier: Apache-2.0
"""The figures of edits. Every figure of an edit is also taken of the true render of what was intended: its floor.

Action units are intensities of 0 to 5; pictures are [N, 3, S, S] in [0, 1]; angles are radians.
"""
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from evaluation.bundle import READERS, Bundle

HIGHEST = 5.0
LEAST_ASKED = 0.5  # of a change that has a direction, as in `magicface eval`
SMALLEST_CLASS = 20  # pixels of a picture, an ear's rim or the slit of a mouth: smaller ones say little of a parser


@dataclass
class Readings:
    """What the bundle's networks say of N pictures."""

    au: Tensor
    identity: Tensor
    pose: Tensor

    def __getitem__(self, some: slice) -> "Readings":
        return Readings(self.au[some], self.identity[some], self.pose[some])


@torch.no_grad()
def read(bundle: Bundle, pictures: Tensor) -> Readings:
    return Readings(*(bundle.read(name, pictures) for name in READERS))


@dataclass
class Figures:
    """Measurements of many edits, each one a list that `summary` averages."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, values: Tensor | np.ndarray | float) -> None:
        flat = np.atleast_1d(np.asarray(values, dtype=np.float64)).reshape(-1)
        self.values.setdefault(name, []).extend(flat.tolist())

    def mean(self, name: str) -> float:
        return float(np.mean(self.values[name]))

    def root_mean(self, name: str) -> float:
        """For squared errors."""
        return float(np.sqrt(np.mean(self.values[name])))


def intended(before: Tensor, variation: Tensor) -> Tensor:
    """The paper's clip(before + variation, 0, 5)."""
    return (before + variation).clamp(0, HIGHEST)


def add_edits(figures: Figures, who: str, before: Readings, after: Readings, variation: Tensor) -> None:
    """Figures of the N readings `after` edits of one portrait; `who` is "edit" or "floor"."""
    wanted = intended(before.au, variation)
    figures.add(f"{who} au", (after.au - wanted).square().mean(1))
    asked = wanted - before.au
    meant = asked.abs() >= LEAST_ASKED
    figures.add(f"{who} right way", ((after.au - before.au) * asked > 0)[meant].float())
    figures.add(f"{who} untouched", (after.au - before.au).abs()[variation == 0])
    figures.add(f"{who} identity", 1 - after.identity @ before.identity[0])
    figures.add(f"{who} pose", (after.pose - before.pose).square())


def directions(before: Tensor, after: Tensor, variation: Tensor) -> Tensor:
    """For every unit, estimated intensity after the strongest increase minus that after the strongest decrease.

    Where nothing could be taken away, the portrait itself [12] stands for the decrease."""
    result = []
    for unit in range(variation.shape[1]):
        single = (variation != 0).sum(1) == 1
        change = torch.where(single, variation[:, unit], torch.zeros(len(variation)))
        up, down = int(change.argmax()), int(change.argmin())
        low = after[down, unit] if change[down] < 0 else before[unit]
        # A unit that is at its highest already has no increase.
        result.append(after[up, unit] - low if change[up] > 0 else before[unit] - low)
    return torch.stack(result)


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Decibels per picture."""
    return -10 * torch.log10((a - b).square().mean((1, 2, 3)))


def background_squares(pictures: Tensor, portrait: Tensor, blanked: np.ndarray) -> Tensor:
    """Mean squared difference per picture where the condition image isn't blank."""
    kept = torch.from_numpy(~blanked)
    return (pictures - portrait).square().mean(1)[:, kept].mean(1)


def class_counts(predicted: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """Pixels of every class [classes, 3]: right, predicted, true."""
    return np.array([[((predicted == k) & (truth == k)).sum(), (predicted == k).sum(), (truth == k).sum()] for k in range(classes)])


def overlaps(counts: np.ndarray, pictures: int = 0) -> np.ndarray:
    """Intersection over union of every class that is there; counts [classes, 3]. With the number of `pictures` that were counted,
    of those with SMALLEST_CLASS true pixels a picture or more."""
    right, predicted, true = counts[counts[:, 2] >= max(1, SMALLEST_CLASS * pictures)].T
    return right / (predicted + true - right)


def pooled_iou(counts: np.ndarray) -> float:
    """Mean over the classes that are there of the intersection over union of all pictures together; counts [N, classes, 3]."""
    return float(overlaps(counts.sum(0)).mean())
