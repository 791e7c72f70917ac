# SPDX-License-Identifier: Apache-2.0
"""Renders people under several expressions into memory-mapped arrays, resumably.

Rows of one person follow one another: row = person * expressions + expression.
"""
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from .background import make_background
from .identity import sample_portrait

CHECKPOINT_PEOPLE = 25
DONE = "done"  # holds the number of valid rows
# The random numbers of expressions must not be those that made the person.
EXPRESSION_SEED_OFFSET = 10_000_000
ACTIVE_UNIT_SHARES = [0.12, 0.2, 0.25, 0.2, 0.13, 0.1]  # of 0 to 5 active units
EDITED_UNIT_SHARES = [0.8, 0.1, 0.1]  # of 1 to 3 units


class DatasetMismatch(Exception):
    pass


def layout(size):
    """Name to shape of a row and type."""
    return {
        "rgb": ((size, size, 3), "u1"),
        "cls": ((size, size), "u1"),  # face parser's order
        "lm": ((68, 2), "f4"),  # pixels
        "jaw": ((17, 2), "f4"),  # pixels, neutral expression
        "au": ((12,), "f4"),  # 0 to 5
        "pose": ((3,), "f4"),  # pitch, yaw, roll in radians
        "person": ((), "i4"),  # seed
    }


def sample_action_units(random):
    """Up to five active units; a third of the faces show them strongly, for the far end is rare otherwise."""
    intensities = np.zeros(12)
    count = random.choice(6, p=ACTIVE_UNIT_SHARES)
    active = random.choice(12, count, replace=False)
    intensities[active] = random.uniform(0.5, 5, count)
    if count and random.random() < 0.3:
        intensities[active] = np.maximum(intensities[active], 4)
    return intensities


def change_one_unit(random, intensities):
    """The same face but for one unit, which comes, goes or changes."""
    changed = intensities.copy()
    unit = random.integers(12)
    changed[unit] = 0 if changed[unit] > 0 and random.random() < 0.5 else random.uniform(0.5, 5)
    return changed


def edit(random, intensities):
    """The same face but for one unit, seldom two or three, moved by up to 7 and clipped to 0 to 5, as people ask for edits."""
    edited = intensities.copy()
    for unit in random.choice(12, random.choice([1, 2, 3], p=EDITED_UNIT_SHARES), replace=False):
        falls = edited[unit] > 0 and random.random() < 0.5
        edited[unit] += random.uniform(1, 7) * (-1 if falls else 1)
    return np.clip(edited, 0, 5)


def sample_expressions(seed, count, edited_share=0.0):
    """One person as `count` portraits: same pose and light, half of them before another background. `edited_share` of the
    expressions are edits of the first one; half of the others differ from it in a single unit: a model must learn to
    move one muscle and leave the others. Closer than a person's own framing: eyes and brows are small."""
    random = np.random.default_rng(seed + EXPRESSION_SEED_OFFSET)
    person = sample_portrait(seed)
    person = replace(person, half_height=random.uniform(12.0, 14.5), shift_y=random.normal(-1.0, 0.5))
    first = sample_action_units(random)
    for index in range(count):
        if index == 0:
            intensities = first
        elif edited_share and random.random() < edited_share:
            intensities = edit(random, first)
        elif random.random() < 0.5:
            intensities = change_one_unit(random, first)
        else:
            intensities = sample_action_units(random)
        noise_seed = int(random.integers(1 << 30))
        background = person.background if random.random() < 0.5 else make_background(random)
        yield replace(person, action_units=intensities, noise_seed=noise_seed, background=background)


def open_arrays(folder, rows, size, start_seed):
    """The arrays of a folder, and how many rows are already valid."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / DONE
    valid = int(done.read_text()) if done.exists() else 0
    arrays = {}
    for name, (shape, kind) in layout(size).items():
        path, full_shape = folder / f"{name}.npy", (rows, *shape)
        if not valid:
            arrays[name] = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=full_shape)
            continue
        arrays[name] = np.lib.format.open_memmap(path, mode="r+")
        if arrays[name].shape != full_shape or arrays[name].dtype != kind:
            raise DatasetMismatch(f"{path} holds {arrays[name].shape}, not {full_shape}: other settings?")
    if valid and arrays["person"][0] != start_seed:
        raise DatasetMismatch(f"{folder} starts at seed {arrays['person'][0]}, not {start_seed}")
    return arrays, valid


def _checkpoint(folder, arrays, rows):
    """Pictures first: the count must never promise more than is on the disk."""
    for array in arrays.values():
        array.flush()
    unfinished = Path(folder) / (DONE + ".tmp")
    unfinished.write_text(str(rows))
    unfinished.replace(Path(folder) / DONE)


def render_dataset(renderer, folder, start_seed, people, expressions, edited_share=0.0, report=print):
    arrays, valid = open_arrays(folder, people * expressions, renderer.size, start_seed)
    first = valid // expressions
    started = time.monotonic()
    for person in range(first, people):
        seed = start_seed + person
        for index, portrait in enumerate(sample_expressions(seed, expressions, edited_share)):
            picture, row = renderer.render(portrait), person * expressions + index
            arrays["rgb"][row] = picture.rgb
            arrays["cls"][row] = picture.classes
            arrays["lm"][row] = picture.landmarks
            arrays["jaw"][row] = picture.neutral_jaw
            arrays["au"][row] = portrait.action_units
            arrays["pose"][row] = np.radians(portrait.pose)
            arrays["person"][row] = seed
        rendered = person + 1 - first
        if rendered % CHECKPOINT_PEOPLE == 0 or person + 1 == people:
            _checkpoint(folder, arrays, (person + 1) * expressions)
            speed = rendered * expressions / (time.monotonic() - started)
            report(f"{person + 1} of {people} people, {speed:.1f} pictures/s")
