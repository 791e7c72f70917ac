# SPDX-License-Identifier: Apache-2.0
"""People before and after known edits: the truth that a bundle's editing is judged against.

Rows as in `dataset`, and with them `variation` (what was changed, 12 numbers) and `before` (the row of the portrait
that was edited; its own row for a portrait).
"""
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .dataset import layout, sample_expressions
from .identity import Portrait

LEVELS = (-5.0, -2.5, 2.5, 5.0)
COMBINATION_SEED_OFFSET = 20_000_000


@dataclass(frozen=True)
class Edited:
    """A person with an intended expression, and its variation from the starting one."""

    portrait: Portrait
    variation: np.ndarray


def _combination(random, units):
    """Two to four units up or down; down only where there is something to take away."""
    variation = np.zeros(12)
    for unit in random.choice(12, random.integers(2, 5), replace=False):
        down = units[unit] > 0.5 and random.random() < 0.5
        variation[unit] = random.uniform(-5, -1) if down else random.uniform(1, 5)
    return variation


def portraits_of(seed, combinations):
    """The portrait under a random expression, then each single edit that changes something, then combinations."""
    random = np.random.default_rng(seed + COMBINATION_SEED_OFFSET)
    (before,) = sample_expressions(seed, 1)
    units = before.action_units
    variations = [level * np.eye(12)[unit] for unit in range(12) for level in LEVELS]
    variations += [_combination(random, units) for _ in range(combinations)]
    result = [Edited(before, np.zeros(12))]
    for variation in variations:
        intended = np.clip(units + variation, 0, 5)
        if not np.array_equal(intended, units):
            result.append(Edited(replace(before, action_units=intended), variation))
    return result


def render_edit_set(renderer, folder, start_seed, people, combinations, report=print):
    """Render and save everything at once: a set of 40 people is small."""
    rows = {name: [] for name in (*layout(renderer.size), "variation", "before")}
    for person in range(people):
        first = len(rows["rgb"])
        for edited in portraits_of(start_seed + person, combinations):
            picture, portrait = renderer.render(edited.portrait), edited.portrait
            values = (picture.rgb, picture.classes, picture.landmarks, picture.neutral_jaw, portrait.action_units,
                      np.radians(portrait.pose), start_seed + person, edited.variation, first)
            for name, value in zip(rows, values):
                rows[name].append(value)
        report(f"{person + 1} of {people} people")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {name: kind for name, (_, kind) in layout(renderer.size).items()} | {"variation": "f4", "before": "i4"}
    for name, values in rows.items():
        np.save(folder / f"{name}.npy", np.stack(values).astype(kinds[name]))
    (folder / "done").write_text(str(len(rows["rgb"])))
