# SPDX-License-Identifier: Apache-2.0
"""Textures in the face's UV space: colour regions, wrinkle heights, class map.

Point lists are in thousandths of the texture, for the image-left half of the face; most are mirrored.
"""
import numpy as np
from scipy.interpolate import LinearNDInterpolator

from .assets import FACE_VERTICES, PART_OF_POLYGONS
from .raster import blur, draw_polyline, fill_polygon

SIZE = 1024
SKIN, NOSE, LEFT_EAR, RIGHT_EAR, UPPER_LIP, LOWER_LIP, NECK = 1, 2, 8, 9, 11, 12, 17
OUTER_LIP = slice(48, 60)  # landmarks


def pixels(points):
    return np.asarray(points, float) * SIZE / 1000


def region(points, softness=0.0, mirrored=True):
    mask = np.zeros((SIZE, SIZE), np.float32)
    fill_polygon(mask, np.asarray(points, float))
    if mirrored:
        mask = np.maximum(mask, mask[:, ::-1])
    return blur(mask, softness) if softness else mask


def groove(points, width, depth=1.0, softness=None):
    """A mirrored soft line of the given greatest height."""
    mask = np.zeros((SIZE, SIZE), np.float32)
    draw_polyline(mask, np.asarray(points, float), max(1, int(width)))
    mask = blur(np.maximum(mask, mask[:, ::-1]), softness or width * 0.8)
    return depth * mask / max(mask.max(), 1e-6)


def arc(start, control, end, count=24):
    """A quadratic Bezier curve, in pixels."""
    t = np.linspace(0, 1, count)[:, None]
    start, control, end = (np.array(point) for point in (start, control, end))
    return pixels((1 - t) ** 2 * start + 2 * t * (1 - t) * control + t * t * end)


def smooth_outline(points, steps):
    """Closed Catmull-Rom curve through the points."""
    outline = []
    for i in range(len(points)):
        before, here, there, after = (points[(i + k) % len(points)] for k in (-1, 0, 1, 2))
        for t in np.linspace(0, 1, steps, endpoint=False):
            square = (2 * before - 5 * here + 4 * there - after) * t * t
            cube = (-before + 3 * here - 3 * there + after) * t**3
            outline.append(0.5 * (2 * here + (there - before) * t + square + cube))
    return np.array(outline)


def vertex_uv(model):
    """Each face vertex's place in the texture (v upwards); one of them at seams."""
    uv = np.zeros((len(model.vertices), 2), np.float32)
    last = PART_OF_POLYGONS[0][1]
    uv[model.faces[:last].ravel()] = model.uv[model.uv_faces[:last].ravel()]
    return uv


def landmark_pixels(model):
    return vertex_uv(model)[model.landmarks] * [SIZE, -SIZE] + [0, SIZE]


def bake_regions(landmarks):
    """Colour regions (lips, beard, blush, under the eyes) and surface regions (lid crease, oily zone)."""
    lips = region(smooth_outline(landmarks[OUTER_LIP], 6), 3.2, mirrored=False)
    beard_line = [(105, 430), (150, 420), (185, 520), (250, 585), (335, 615), (372, 560), (405, 515)]
    beard_line += [(470, 480), (500, 476), (500, 860), (330, 830), (200, 740), (120, 600)]
    beard = region(pixels(beard_line), 14) * (1 - lips)
    cheeks = [(170, 400), (260, 370), (350, 400), (370, 460), (300, 520), (200, 500)]
    nose_tip = [(440, 380), (500, 360), (560, 380), (575, 455), (500, 475), (425, 455)]
    chin = [(430, 680), (500, 670), (570, 680), (560, 740), (440, 740)]
    blush = region(pixels(cheeks), 38) + 0.7 * region(pixels(nose_tip), 14) + 0.5 * region(pixels(chin), 25)
    bag = [(300, 292), (350, 300), (408, 292), (395, 322), (350, 335), (305, 318)]
    lid = [(290, 278), (330, 262), (370, 262), (402, 280), (365, 245), (320, 243)]
    around_eye = region(pixels(bag), 9) + 0.7 * region(pixels(lid), 9)
    forehead = [(330, 40), (500, 30), (500, 200), (340, 160)]
    nose_ridge = [(465, 200), (500, 200), (500, 430), (450, 430), (470, 300)]
    oily = region(pixels(forehead), 40) + region(pixels(nose_ridge), 12)
    crease = groove(arc((300, 268), (345, 250), (405, 276)), 3, 1, 3)
    crease += 0.5 * groove(arc((312, 296), (350, 304), (400, 296)), 3, 1, 4)
    nothing = np.zeros_like(lips)
    return {
        "colour_regions": np.stack([lips, beard, blush, around_eye], -1),
        "surface_regions": np.stack([crease, oily, nothing, nothing], -1),
    }


def _forehead_lines(random):
    total = 0
    for k, (y, depth) in enumerate([(60, 0.6), (88, 0.9), (116, 1.0), (142, 0.8)]):
        line = arc((290 + k * 8, y + 16), (400, y - 8 + k * 2), (500, y + 6), 40)
        total = total + groove(line + random.normal(0, 1.2, (40, 1)).cumsum(0) * 0.6, 4, depth)
    return total


def _crows_feet():
    total = 0
    for shift, depth in [(-4, 0.7), (2, 1.0), (8, 0.9), (14, 0.6)]:
        line = arc((292, 278 + shift), (265, 275 + shift * 2.2), (238, 268 + shift * 4.2))
        total = total + groove(line, 3, depth)
    total += 0.9 * groove(arc((312, 300), (350, 318), (400, 305)), 4)
    return total + 0.5 * groove(arc((300, 318), (345, 338), (390, 325)), 5)


def _bunny_lines():
    lines = [(262, 0.8), (282, 1.0), (304, 0.8)]
    total = sum(groove(arc((458, y), (440, y + 10), (425, y + 26)), 3.5, depth) for y, depth in lines)
    return total + 0.8 * groove(arc((455, 250), (500, 243), (545, 250)), 4)


def bake_wrinkles(lips, random):
    """Heights of the lines that expressions and age bring out."""
    frown = groove(arc((480, 160), (473, 188), (481, 222)), 4, 0.8, 6)
    frown += groove(arc((458, 176), (452, 190), (460, 208)), 3, 0.3, 5)
    frown += 0.5 * groove(arc((470, 232), (485, 238), (500, 238)), 4)
    smile = groove(arc((418, 425), (365, 480), (352, 560)), 7, 1, 8)
    smile += 0.25 * groove(arc((330, 420), (300, 480), (305, 560)), 10, 1, 14)
    forehead = _forehead_lines(random)

    chin_outline = [(440, 660), (500, 655), (560, 660), (560, 735), (440, 735)]
    bumps = random.normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    chin = np.clip(blur(bumps, 7) * 16, -1, 1) * region(pixels(chin_outline), 12)
    marionette = groove(arc((388, 565), (372, 600), (378, 650)), 7, 1, 8)
    grain = random.normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    lip_lines = np.clip(blur(grain, 2.2, sigma_y=12) * 9, -1, 1) * lips
    return {
        "upper_wrinkles": np.stack([forehead, frown, _crows_feet(), smile], -1),
        "lower_wrinkles": np.stack([_bunny_lines(), chin / 2 + 0.5, marionette, lip_lines / 2 + 0.5], -1),
    }


def bake_class_map(model, landmarks):
    """Class of every texel of the face, in the renderer's own order."""
    row, column = np.mgrid[0:SIZE, 0:SIZE]
    in_space = LinearNDInterpolator(vertex_uv(model)[FACE_VERTICES], model.vertices[FACE_VERTICES])
    texels = np.stack([(column + 0.5) / SIZE, 1 - (row + 0.5) / SIZE], -1)
    x, y, z = np.moveaxis(np.nan_to_num(in_space(texels.reshape(-1, 2)).reshape(SIZE, SIZE, 3)), -1, 0)

    classes = np.full((SIZE, SIZE), SKIN, np.uint8)
    nose = [(500, 262), (470, 275), (455, 330), (432, 390), (412, 420), (412, 455), (433, 468), (470, 468)]
    classes[region(pixels(nose + [(500, 468)])) > 0] = NOSE
    lips = region(smooth_outline(landmarks[OUTER_LIP], 6), mirrored=False) > 0.5
    upper = row < 570 * SIZE / 1000
    classes[lips & upper], classes[lips & ~upper] = UPPER_LIP, LOWER_LIP
    ears = (np.abs(x) > 6.6) & (z < 3.1) & (y < 4.2) & (y > -3.2)
    ears &= (column < 0.135 * SIZE) | (column > 0.865 * SIZE)
    classes[ears & (column < SIZE / 2)], classes[ears & (column >= SIZE / 2)] = LEFT_EAR, RIGHT_EAR
    jaw_height = np.interp(z, [-5, 0, 2, 4, 6, 8, 12], [-3.2, -3.6, -4.8, -6.6, -8.0, -8.9, -9.2])
    under_jaw = (y < -8.6 + 0.02 * x**2) | (y < jaw_height)
    classes[under_jaw & (row > 0.55 * SIZE) & ~ears] = NECK
    return classes
