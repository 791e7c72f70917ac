# SPDX-License-Identifier: Apache-2.0
"""The few drawing and filtering operations the renderer needs, in NumPy, SciPy and Pillow only.

Pixel centres lie at integer coordinates, shapes have hard edges and include their outline, blurs reflect
at the border without repeating the edge pixel: the conventions of the common image libraries.
"""
import math

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage


def blur(image, sigma, sigma_y=None):
    """Gaussian blur of the first two axes, cut off at four sigma."""
    sigmas = [sigma_y or sigma, sigma]
    radii = [(round(s * 8 + 1) | 1) // 2 for s in sigmas]
    return ndimage.gaussian_filter(image, sigmas, radius=radii, mode="mirror", axes=(0, 1))


def fill_polygon(image, points, value=1.0):
    """Sets the pixels inside a polygon, its outline included. points: [n, 2] as (x, y)."""
    mask = Image.new("1", image.shape[1::-1])
    corners = [tuple(point) for point in np.asarray(points, float) + 0.5]
    ImageDraw.Draw(mask).polygon(corners, fill=1)
    image[np.asarray(mask)] = value
    draw_polyline(image, list(points) + [points[0]], 1, value)


def draw_line(image, start, end, width, value):
    """One straight line; width 1 gives one pixel per step along the longer axis, more gives round ends."""
    (x0, y0), (x1, y1) = start, end
    height, breadth = image.shape[:2]
    if width <= 1:
        # One pixel a step along the longer axis, starting at the pixel that holds the start.
        steps = int(np.round(max(abs(x1 - x0), abs(y1 - y0))))
        direction = np.array([x1 - x0, y1 - y0]) / max(abs(x1 - x0), abs(y1 - y0), 1e-9)
        walked = np.arange(steps + 1)[:, None] * direction + (x0, y0)
        column, row = np.floor(walked + 0.5).astype(int).T
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < breadth)
        image[row[inside], column[inside]] = value
        return
    # Even widths, and a little more: the outline of the stroke belongs to it.
    reach = (width + width % 2) / 2 + 0.4
    left, right = max(0, int(min(x0, x1) - reach)), min(breadth, int(max(x0, x1) + reach) + 2)
    top, bottom = max(0, int(min(y0, y1) - reach)), min(height, int(max(y0, y1) + reach) + 2)
    if left >= right or top >= bottom:
        return
    rows, columns = np.ogrid[top:bottom, left:right]
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((columns - x0) * dx + (rows - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    distance = np.hypot(columns - x0 - along * dx, rows - y0 - along * dy)
    image[top:bottom, left:right][distance <= reach] = value


def draw_polyline(image, points, width, value=1.0):
    for start, end in zip(points[:-1], points[1:]):
        draw_line(image, start, end, width, value)


def fill_rectangle(image, corner, opposite, colour):
    """Sets a rectangle, both corners included."""
    (left, top), (right, bottom) = np.maximum(corner, 0), np.maximum(np.add(opposite, 1), 0)
    image[top:bottom, left:right] = colour


def fill_ellipse(image, centre, axes, degrees, colour):
    """Sets a filled ellipse; degrees turn from x towards y."""
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    x, y = columns - centre[0], rows - centre[1]
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    along, across = x * cosine + y * sine, y * cosine - x * sine
    # Half a pixel is added because the outline belongs to the shape.
    image[(along / (axes[0] + 0.5)) ** 2 + (across / (axes[1] + 0.5)) ** 2 <= 1] = colour


def fill_circle(image, centre, radius, colour):
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    inside = (columns - centre[0]) ** 2 + (rows - centre[1]) ** 2 <= radius * radius
    image[inside] = colour


def _cubic_weights(source, target, sharpness=-0.75):
    """[target, source] matrix of cubic convolution with repeated border pixels."""
    position = (np.arange(target) + 0.5) * source / target - 0.5
    first = np.floor(position).astype(int)
    weights = np.zeros((target, source))
    for offset in range(-1, 3):
        distance = np.abs(position - (first + offset))
        near = ((sharpness + 2) * distance - (sharpness + 3)) * distance**2 + 1
        far = ((sharpness * distance - 5 * sharpness) * distance + 8 * sharpness) * distance - 4 * sharpness
        column = np.clip(first + offset, 0, source - 1)
        np.add.at(weights, (np.arange(target), column), np.where(distance <= 1, near, far))
    return weights


def enlarge_cubic(image, size):
    """Cubic resize of a small [h, w, c] picture to size x size."""
    down, across = _cubic_weights(image.shape[0], size), _cubic_weights(image.shape[1], size)
    return np.einsum("yi,xj,ijc->yxc", down, across, image, optimize=True)


def shrink(image, factor):
    """Mean of factor x factor blocks of an 8-bit picture, rounded. The factor divides its size, and is below 16."""
    if factor == 1:
        return image.astype(np.float32)
    # Whole sub-pictures are added: summing over block axes takes ten times as long.
    offsets = [(dy, dx) for dy in range(factor) for dx in range(factor)]
    total = sum(image[dy::factor, dx::factor].astype(np.uint16) for dy, dx in offsets)
    return ((total + factor * factor // 2) // (factor * factor)).astype(np.float32)


def hsv_colour(hue, saturation, value):
    """8-bit RGB as float32 from hue in 0-180, saturation and value in 0-255, all cut to whole numbers."""
    hue, saturation, value = (float(int(x)) for x in (hue, saturation, value))
    sector, fraction = divmod(hue / 30.0, 1.0)
    s, v = saturation / 255.0, value / 255.0
    levels = [v, v * (1 - s), v * (1 - s * fraction), v * (1 - s * (1 - fraction))]
    order = [(0, 3, 1), (2, 0, 1), (1, 0, 3), (1, 2, 0), (3, 1, 0), (0, 1, 2)][int(sector) % 6]
    return np.array([round(levels[i] * 255.0) for i in order], np.float32)
