# SPDX-License-Identifier: Apache-2.0
"""Weights and images by rule, so that reference outputs need no weight files.

Every tensor of a state dict is a function of (seed, its published name, its shape) alone. Filling a re-implementation
with these values and running it on `smooth_image` must give the numbers stored beside this file.
"""
import zlib

import numpy as np


def tensor(seed: int, name: str, shape: tuple[int, ...], gain: float = 1.0) -> np.ndarray:
    """Value of one state-dict entry.

    Args:
        seed: reference seed; seed 1 is the published set.
        name: the published parameter name, e.g. "down_blocks.0.resnets.0.conv1.weight".
        shape: the published shape.
        gain: factor on matrices and kernels (ndim >= 2), stated per network where it is not 1.
    Returns:
        float32 array of `shape` (int64 zero for "num_batches_tracked").
    """
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    rng = np.random.Generator(np.random.PCG64(zlib.crc32(f"{seed}:{name}".encode())))
    x = rng.standard_normal(shape, dtype=np.float32)
    if len(shape) >= 2:
        return (gain * x / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    if name.endswith(".running_var"):
        return (1 + 0.1 * np.abs(x)).astype(np.float32)
    if name.endswith(".weight"):
        return (1 + 0.1 * x).astype(np.float32)
    return (0.1 * x).astype(np.float32)


def state_dict(seed: int, keys: list, gain: float = 1.0) -> dict:
    """Fill a list of [name, shape, ...] rows (the format of every keys.json here) with torch tensors."""
    import torch

    return {row[0]: torch.tensor(tensor(seed, row[0], tuple(row[1]), gain)) for row in keys}


def smooth_image(seed: int, height: int, width: int) -> np.ndarray:
    """A deterministic RGB picture, float32 (3, height, width) in [0, 1]: a few sine waves per channel."""
    rng = np.random.Generator(np.random.PCG64(seed))
    y, x = np.meshgrid(np.arange(height) / height, np.arange(width) / width, indexing="ij")
    planes = []
    for _ in range(3):
        plane = np.zeros((height, width))
        for _ in range(6):
            fy, fx = rng.uniform(-6, 6, 2)
            plane += rng.uniform(0.2, 1.0) * np.sin(2 * np.pi * (fy * y + fx * x + rng.uniform()))
        planes.append((plane - plane.min()) / (plane.max() - plane.min()))
    return np.stack(planes).astype(np.float32)
