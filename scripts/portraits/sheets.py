# SPDX-License-Identifier: Apache-2.0
"""Contact sheets to look at, and the sample portraits of docs/samples."""
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .action_units import NAMES
from .identity import sample_portrait

# The million seeds from here on are never trained on; those from 13,000,000 on are the judge's.
HELD_OUT = 9_000_000
# Seed, and how much of a smile (AU12; half of it as AU6), chosen by eye for a natural look.
SAMPLES = [(4, 0.0), (62, 0.8), (61, 0.5), (18, 0.5), (21, 0.0), (20, 0.6)]
SAMPLE_SIZE = 512
COMBINATIONS = {
    "6+12": {"AU6": 4, "AU12": 4},
    "6+12+25": {"AU6": 5, "AU12": 5, "AU25": 5},
    "1+2+5+25+26": {"AU1": 5, "AU2": 5, "AU5": 5, "AU25": 4, "AU26": 5},
    "1+4+15": {"AU1": 4, "AU4": 3, "AU15": 4},
    "4+9+17": {"AU4": 5, "AU9": 4, "AU17": 4},
    "4+5+25": {"AU4": 5, "AU5": 5, "AU25": 4},
}


def intensities(units):
    """{"AU12": 3} as the vector of twelve."""
    return np.array([units.get(name, 0) for name in NAMES], float)


def _labelled(pixels, text):
    image = Image.fromarray(pixels)
    ImageDraw.Draw(image).text((4, 3), text, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(image)


def save_sheet(path, tiles, columns):
    tiles = list(tiles)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    Image.fromarray(np.vstack(rows)).save(path)


def people_sheet(renderer, start_seed, people):
    for seed in range(start_seed, start_seed + people):
        yield _labelled(renderer.render(sample_portrait(seed)).rgb, str(seed))


def action_unit_sheet(renderer, seed):
    """One person: neutral, each unit at 5, and some combinations."""
    person = replace(sample_portrait(seed), pose=(0.0, 8.0, 0.0), body_yaw=4.0, half_height=13.0, noise=1.0)
    shown = {"neutral": {}} | {name: {name: 5} for name in NAMES} | COMBINATIONS
    for label, units in shown.items():
        yield _labelled(renderer.render(replace(person, action_units=intensities(units))).rgb, label)


def sample_portraits():
    """Six people as docs/samples shows them: calm pose, clean picture, hair and shoulders in view."""
    for seed, smile in SAMPLES:
        person = sample_portrait(HELD_OUT + seed)
        yield replace(
            person,
            action_units=intensities({"AU12": smile, "AU6": smile / 2}),
            pose=tuple(angle * 0.5 for angle in person.pose),
            half_height=15.0,
            shift_x=0.0,
            shift_y=-0.8,
            noise=1.0,
            blur=0.0,
        )


def save_samples(renderer, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number, portrait in enumerate(sample_portraits(), 1):
        name = "portrait.png" if number == 1 else f"portrait-{number}.png"
        Image.fromarray(renderer.render(portrait).rgb).save(Path(folder) / name, optimize=True)
