# SPDX-License-Identifier: Apache-2.0
"""Blurred backgrounds: a gradient, with shapes, out-of-focus lights or clouds before it."""
import numpy as np

from .raster import blur, enlarge_cubic, fill_circle, fill_ellipse, fill_rectangle, hsv_colour

SIZE = 128
PLAIN, SHAPES, LIGHTS, CLOUDS = range(4)


def _colour(random):
    return hsv_colour(random.uniform(0, 180), random.beta(1.4, 3) * 200, random.uniform(25, 235))


def _shapes(picture, random):
    for _ in range(random.integers(4, 12)):
        x, y = random.integers(-20, SIZE + 20, 2)
        radius = random.integers(6, 50)
        covered = picture.copy()
        if random.random() < 0.5:
            # int() and not //: towards zero, also left of and above the picture.
            corner = int(x - radius * 0.6), int(y - radius)
            opposite = int(x + radius * 0.6), int(y + radius)
            fill_rectangle(covered, corner, opposite, _colour(random))
        else:
            axes = int(radius), int(radius * random.uniform(0.4, 1))
            degrees = random.uniform(0, 180)
            fill_ellipse(covered, (x, y), axes, degrees, _colour(random))
        picture = covered * 0.7 + picture * 0.3
    return blur(picture, random.uniform(3, 9))


def _lights(picture, random):
    lights = np.zeros_like(picture)
    for _ in range(random.integers(10, 40)):
        centre = random.integers(0, SIZE, 2)
        radius = int(random.integers(2, 8))
        fill_circle(lights, centre, radius, _colour(random) * random.uniform(0.3, 0.9))
    return picture * 0.5 + blur(lights, 1.2) * 0.7


def _clouds(picture, random):
    grids = [(cells, random.normal(0, 1, (cells, cells, 3))) for cells in (3, 6, 12, 24)]
    clouds = sum(enlarge_cubic(grid, SIZE) / cells**0.6 for cells, grid in grids)
    return blur(picture + clouds * random.uniform(8, 28), 2)


def make_background(random):
    """[SIZE, SIZE, 3] 8-bit RGB, bottom row first as textures are."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype("f4") / SIZE
    angle = random.uniform(0, 2 * np.pi)
    along = np.clip(np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.5, 0, 1)[..., None]
    picture = _colour(random) * (1 - along) + _colour(random) * along * (0.5 + 0.5 * random.random())
    kind = random.integers(0, 4)
    if kind != PLAIN:
        picture = {SHAPES: _shapes, LIGHTS: _lights, CLOUDS: _clouds}[int(kind)](picture, random)
    return np.clip(picture, 0, 255).astype("u1")[::-1].copy()
