# SPDX-License-Identifier: Apache-2.0
"""The condition image: the picture without its face, plus the neutral jaw's contour.

The same steps and numbers as in the program, which reads them from the bundle's manifest (`manifest`). The mask reaches
down over where a jaw could open to, so that it doesn't tell the target's expression.
"""
import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

CLASSES = ("background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "l_ear", "r_ear", "ear_r", "nose", "mouth",
           "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat")
BLANKED = ("skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "nose", "mouth", "u_lip", "l_lip")
COLOURS = ((255, 0, 127), (254, 9, 121), (254, 21, 113), (254, 34, 105), (254, 43, 99), (253, 56, 91), (252, 68, 83),
           (251, 77, 77), (250, 89, 69), (249, 100, 61), (248, 112, 53), (247, 120, 47), (245, 131, 39), (243, 142, 31),
           (242, 149, 25), (240, 159, 17), (238, 169, 9))
TEMPLATE = ((92.5892, 103.3926), (163.0636, 103.0028), (128.0504, 143.4732), (99.0986, 184.731), (157.4598, 184.4082))
CANVAS = 256
RADIUS = 2
JAW_REACH = 0.22
DILATION_AT_128 = 3


def dilation(size: int) -> int:
    """The mask's growth in pixels at this image size."""
    return round(DILATION_AT_128 * size / 128)


def manifest(size: int) -> dict:
    """The `condition` entry of bundle.json."""
    return {
        "classes": list(CLASSES), "blanked": list(BLANKED), "dilation": dilation(size), "jaw_reach": JAW_REACH,
        "contour_points": len(COLOURS), "colours": [list(c) for c in COLOURS], "radius": RADIUS, "canvas": CANVAS,
        "template": [list(p) for p in TEMPLATE],
    }


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Least-squares rotation, scale and shift from source to target points, as a 2x3 matrix."""
    a, b = source - source.mean(0), target - target.mean(0)
    scale = (a**2).sum()
    cosine, sine = (a * b).sum() / scale, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / scale
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    return np.concatenate([matrix, (target.mean(0) - matrix @ source.mean(0))[:, None]], 1)


def five_points(landmarks: np.ndarray) -> np.ndarray:
    """Eye centres, nose tip and mouth corners of 68 landmarks, in the order of the picture's left and right."""
    return np.stack([landmarks[36:42].mean(0), landmarks[42:48].mean(0), landmarks[30], landmarks[48], landmarks[54]])


def jaw_region(jaw: np.ndarray, height: int, width: int) -> np.ndarray:
    """The closed jaw curve and where it may open to."""
    across = jaw[16] - jaw[0]
    down = np.array([-across[1], across[0]])
    length = np.linalg.norm(across)
    if down @ (jaw[8] - (jaw[0] + jaw[16]) / 2) < 0:
        down = -down
    shifted = jaw + down / max(length, 1e-6) * JAW_REACH * length
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    for polygon in (jaw, np.concatenate([jaw, shifted[::-1]])):
        draw.polygon([tuple(p) for p in np.rint(polygon).tolist()], fill=1)
    return np.asarray(image) > 0


def mask(labels: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """True where the condition image is blank."""
    blanked = np.isin(labels, [CLASSES.index(name) for name in BLANKED])
    reach = 2 * dilation(labels.shape[1]) + 1
    return ndimage.maximum_filter(blanked, size=reach) | jaw_region(jaw, *labels.shape)


def contour(jaw: np.ndarray, points: np.ndarray, height: int, width: int) -> np.ndarray:
    """The coloured dots, drawn on the aligned canvas and warped back: uint8 [height, width, 3]."""
    matrix = similarity(points, np.array(TEMPLATE))
    placed = np.rint(jaw @ matrix[:, :2].T + matrix[:, 2]).astype(int)
    # One pixel of black around the canvas stands for the black border of the warp.
    canvas = np.zeros((CANVAS + 2, CANVAS + 2, 3), np.float32)
    rows, columns = np.mgrid[:CANVAS, :CANVAS]
    for (x, y), colour in zip(placed, COLOURS):
        canvas[1:-1, 1:-1][(columns - x) ** 2 + (rows - y) ** 2 <= RADIUS**2] = colour
    # Affine maps between pixel grids are linear in rows and columns; scipy wants (row, column) order.
    swapped = matrix[::-1, [1, 0, 2]]
    planes = [
        ndimage.affine_transform(canvas[..., c], swapped[:, :2], swapped[:, 2] + 1, (height, width), order=1)
        for c in range(3)
    ]
    return np.rint(np.stack(planes, -1)).astype(np.uint8)


def condition_image(picture: np.ndarray, labels: np.ndarray, jaw: np.ndarray, points: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3] picture to its condition image; `jaw` is the neutral jaw and `points` the five points."""
    blank = np.where(mask(labels, jaw)[..., None], 0, picture).astype(np.int32)
    return np.clip(blank + contour(jaw, points, *labels.shape), 0, 255).astype(np.uint8)
