# SPDX-License-Identifier: Apache-2.0
"""What the figures of an evaluation mean, on numbers known beforehand."""
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from evaluation import figures  # noqa: E402


def test_directions_compare_the_strongest_edits() -> None:
    before, variation = torch.full((12,), 2.0), torch.zeros(4, 12)
    variation[0, 0], variation[1, 0], variation[2, 3], variation[3, :2] = 5, -5, 5, 5
    after = torch.full((4, 12), 2.0)
    after[0, 0], after[1, 0], after[2, 3] = 4, 1, 1.5
    result = figures.directions(before, after, variation)
    assert result[0] == 3 and result[3] == -0.5  # no decrease of the fourth unit: the portrait stands for it


def test_every_change_that_was_asked_for_has_a_direction() -> None:
    variation = torch.zeros(3, 12)
    variation[0, 0], variation[1, :2], variation[2, 0] = 3, torch.tensor([-2.0, 2.0]), 0.3
    before, after = (figures.Readings(torch.full((count, 12), 1.0), torch.eye(3)[[0] * count], torch.zeros(count, 3)) for count in (1, 3))
    after.au[0, 0], after.au[1, 0], after.au[1, 1] = 1.1, 1.5, 4  # up, up though down was asked for, up
    found = figures.Figures()
    figures.add_edits(found, "edit", before, after, variation)
    assert found.values["edit right way"] == [1, 0, 1], "the third edit asks for too little to have one"


def test_a_perfect_edit_has_no_error() -> None:
    before = figures.Readings(torch.full((1, 12), 4.0), torch.eye(3)[:1], torch.zeros(1, 3))
    variation = 3 * torch.eye(12)[:2]
    after = figures.Readings(figures.intended(before.au, variation), torch.eye(3)[[0, 0]], torch.zeros(2, 3))
    found = figures.Figures()
    figures.add_edits(found, "edit", before, after, variation)
    assert after.au.max() == 5 and all(found.mean(f"edit {name}") == 0 for name in ("au", "untouched", "identity", "pose"))


def test_pooled_iou_weighs_classes_alike() -> None:
    truth, predicted = np.zeros((2, 4, 4), int), np.zeros((2, 4, 4), int)
    truth[0, 0], predicted[0, 0, :2], predicted[1, 3, 3] = 1, 1, 2  # half of class 1 found, and a class that isn't there
    counts = np.stack([figures.class_counts(predicted[k], truth[k], 3) for k in range(2)])
    assert figures.pooled_iou(counts) == pytest.approx((27 / 30 + 2 / 4) / 2)


def test_a_class_of_a_few_pixels_says_little_of_a_parser() -> None:
    counts = np.array([[900, 1000, 1000], [0, 0, 2 * figures.SMALLEST_CLASS - 1], [0, 5, 0]])
    assert figures.overlaps(counts, 2).tolist() == [900 / 1100]
    assert figures.overlaps(counts).tolist() == [900 / 1100, 0]  # counted together, all that is there
