# SPDX-License-Identifier: Apache-2.0
"""Rendered portraits on disk: reading them, the face box, and crops.

A folder holds `rgb`, `cls`, `lm`, `jaw`, `au`, `pose`, `person` as .npy arrays and `done`, the number of valid rows.
Consecutive rows are one person at one pose under several expressions, as many for every person of a folder.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

BOX_FRACTION = 0.68
EXPRESSIONS = 4  # of a person whom the generator learns from
ARRAYS = ("rgb", "cls", "lm", "jaw", "au", "pose", "person")
EDIT_ARRAYS = ("variation", "before")


@dataclass
class Portraits:
    """Memory-mapped arrays of one folder, how many rows of them are valid, and how many are one person's."""

    arrays: dict[str, np.ndarray]
    rows: int
    expressions: int = EXPRESSIONS

    def __getattr__(self, name: str) -> np.ndarray:
        if name in (*ARRAYS, *EDIT_ARRAYS):
            return self.arrays[name]
        raise AttributeError(name)

    @property
    def persons(self) -> int:
        return self.rows // self.expressions


def load(folder: Path) -> Portraits:
    """Open one folder; rows that the renderer has not finished are left out."""
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    rows = int((folder / "done").read_text().strip())
    person = arrays["person"]
    expressions = max(1, int((person[:rows] == person[0]).sum()))
    return Portraits(arrays, min(rows, len(person)) // expressions * expressions, expressions)


def load_edit_set(folder: Path) -> Portraits:
    """Open a folder of known edits: `variation` and `before` beside the usual arrays (portraits/edit_set.py)."""
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in (*ARRAYS, *EDIT_ARRAYS)}
    return Portraits(arrays, len(arrays["rgb"]))


def training_rows(portraits: Portraits, held_out: int) -> int:
    """Rows before the held-out persons, who are the last of the full array whether rendered yet or not."""
    return max(0, min(portraits.rows, len(portraits.arrays["rgb"]) - held_out * portraits.expressions))


def face_box(landmarks: np.ndarray) -> np.ndarray:
    """The face detector's box, from 68 landmarks [..., 68, 2]: centre x, centre y, width.

    The factors were fitted on detections in these renders.
    """
    jaw, brows = landmarks[..., :17, :], landmarks[..., 17:27, :]
    left, right = jaw[..., 0].min(-1), jaw[..., 0].max(-1)
    width = 1.092 * (right - left)
    top, bottom = brows[..., 1].min(-1), jaw[..., 1].max(-1)
    return np.stack([(left + right) / 2, (top + bottom) / 2 - 0.1167 * width, width], -1)


def crop_frame(box: np.ndarray) -> np.ndarray:
    """Square crop of a box [..., 3]: left, top, side in picture pixels."""
    side = box[..., 2] / BOX_FRACTION
    return np.stack([box[..., 0] - side / 2, box[..., 1] - side / 2, side], -1)


def jitter(box: np.ndarray, generator: np.random.Generator, scale: float, shift: float) -> np.ndarray:
    """Boxes as a detector scatters them: `scale` of the width, `shift` of the position, both as parts of the width."""
    count = box.shape[:-1]
    width = box[..., 2]
    moved = np.stack([box[..., i] + width * generator.uniform(-shift, shift, count) for i in (0, 1)], -1)
    return np.concatenate([moved, (width * generator.uniform(1 - scale, 1 + scale, count))[..., None]], -1)


def to_crop(points: np.ndarray, frame: np.ndarray, size: int) -> np.ndarray:
    """Picture points [..., N, 2] as the renderer gives them (a picture begins at 0, its first pixel's centre lies at 0.5) in crop
    pixels as the networks do (the first one's centre lies at 0)."""
    origin, side = frame[..., None, :2], frame[..., None, 2:]
    return (points - origin) * (size / side) - 0.5


def narrowed(points: np.ndarray, frame: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Where picture points [B, N, 2] lie in a frame that sees `width` [B] as much of the picture from left to right."""
    centre = frame[:, None, 0] + frame[:, None, 2] / 2
    return np.stack([centre + (points[..., 0] - centre) / width[:, None], points[..., 1]], -1)


def sample(pictures: Tensor, frames: Tensor, size: int, nearest: bool = False, angle: Tensor | None = None, smooth: bool = True,
           width: Tensor | None = None) -> Tensor:
    """Crop uint8 or float [B, C, H, W] to [B, C, size, size]; beyond the border the edge repeats.

    The crop is turned by `angle` [B] first and then narrowed, so that `width` [B] times as much is seen from left to right.
    Colour is sampled twice as finely and averaged, which is antialiasing enough for the sizes met here; without
    `smooth` it is not (quicker, and good enough where the picture will be damaged anyway).
    """
    batch, _, rows, columns = pictures.shape
    fine = 2 * size if smooth and not nearest else size
    theta = torch.zeros(batch, 2, 3, device=pictures.device)
    cosine = torch.ones(batch, device=pictures.device) if angle is None else angle.cos()
    sine = torch.zeros(batch, device=pictures.device) if angle is None else angle.sin()
    side = frames[:, 2]
    across = side / columns if width is None else side / columns * width
    theta[:, 0, 0], theta[:, 0, 1] = across * cosine, -across * sine
    theta[:, 1, 0], theta[:, 1, 1] = side / rows * sine, side / rows * cosine
    theta[:, 0, 2] = (2 * frames[:, 0] + side) / columns - 1
    theta[:, 1, 2] = (2 * frames[:, 1] + side) / rows - 1
    grid = F.affine_grid(theta, [batch, 1, fine, fine], align_corners=False)
    mode = "nearest" if nearest else "bilinear"
    result = F.grid_sample(pictures.float(), grid, mode=mode, padding_mode="border", align_corners=False)
    return F.avg_pool2d(result, 2) if fine > size else result


def pictures(portraits: Portraits, rows: np.ndarray, device: torch.device) -> Tensor:
    """RGB of some rows, float [B, 3, H, W] in [0, 1]."""
    values = torch.from_numpy(np.ascontiguousarray(portraits.rgb[rows]))
    return values.to(device).permute(0, 3, 1, 2).float() / 255


def to_bytes(images: Tensor) -> Tensor:
    """uint8 of values in [0, 1]."""
    return (images * 255).round().byte()


def classes(portraits: Portraits, rows: np.ndarray, device: torch.device) -> Tensor:
    """Class maps of some rows, float [B, 1, H, W]."""
    return torch.from_numpy(np.ascontiguousarray(portraits.cls[rows])).to(device)[:, None].float()
