# SPDX-License-Identifier: Apache-2.0
"""Eyebrows: twelve layers of hair strokes (first channel) over a brow region (second channel)."""
import numpy as np

from .bake_masks import SIZE
from .raster import blur, draw_line, fill_polygon

COUNT = 12
ROWS = (int(0.12 * SIZE), int(0.26 * SIZE))  # only this band of the texture is kept
SAMPLES = 200
BROW_LANDMARKS = slice(17, 22)


def _centre_line(landmarks, random):
    """The brow's own line: the landmarks with a random height, arch and ends, smoothed by a cubic."""
    line = landmarks[BROW_LANDMARKS].copy()
    line[:, 1] += random.normal(0, 3) + 4
    arch = random.normal(0, 5)
    line[1:4, 1] -= arch * np.array([0.6, 1, 0.4])
    line[0] += [random.normal(2, 6), random.normal(2, 4)]
    line[4, 0] += random.normal(4, 5)
    knots, t = np.linspace(0, 1, 5), np.linspace(0, 1, SAMPLES)
    x, y = (np.polyval(np.polyfit(knots, line[:, axis], 3), t) for axis in (0, 1))
    return t, x, y


def _draw_stroke(strokes, along, x, y, thickness, mirrored, random):
    at = random.integers(0, SAMPLES)
    width = thickness[at]
    offset = np.clip(random.normal(0, 0.33) * width, -0.55 * width, 0.5 * width)
    lean = np.interp(along[at], [0, 0.3, 0.8, 1], [2.95, 2.85, 2.6, 1.9]) + random.normal(0, 0.16)
    # Hairs of the lower edge grow upwards and those of the upper edge downwards, except near the nose.
    lean += (0.35 if offset > 0 else -0.15) * (along[at] < 0.9)
    length = random.uniform(9, 19)
    start = np.array([x[at], y[at] + offset])
    end = start + length * np.array([np.cos(lean), -np.sin(lean)])
    if mirrored:
        start[0], end[0] = SIZE - start[0], SIZE - end[0]
    strength = random.uniform(0.5, 1)
    draw_line(strokes, start, end, 1 if random.random() < 0.7 else 2, strength)


def bake_brow(landmarks, seed):
    random = np.random.default_rng(seed)
    strokes, area = np.zeros((2, SIZE, SIZE), np.float32)
    along, x, y = _centre_line(landmarks, random)
    profile = np.interp(along, [0, 0.12, 0.5, 0.85, 1], [0.12, 0.35, 0.75, 1.0, 0.75])
    thickness = profile * random.uniform(13, 25)
    for mirrored in (False, True):
        for _ in range(int(random.uniform(380, 700))):
            _draw_stroke(strokes, along, x, y, thickness, mirrored, random)
        upper = np.stack([x, y - thickness * 0.62 - 2], 1)
        lower = np.stack([x, y + thickness * 0.5], 1)
        outline = np.concatenate([upper, lower[::-1]])
        if mirrored:
            outline[:, 0] = SIZE - outline[:, 0]
        fill_polygon(area, outline)
    soft = np.clip(blur(strokes, 0.9) * 0.8 + blur(area, 5) * 0.35, 0, 1)
    return np.stack([soft, area], -1)[ROWS[0] : ROWS[1]]


def bake_brows(landmarks):
    return np.stack([(bake_brow(landmarks, seed) * 255).astype(np.uint8) for seed in range(COUNT)])
