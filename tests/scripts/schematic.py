# SPDX-License-Identifier: Apache-2.0
"""A face made of a few lines, for tests that need landmarks but no picture of anybody."""
import numpy as np


def points() -> np.ndarray:
    """68 landmarks of a schematic face in a 96-pixel picture."""
    angle = np.linspace(np.pi, 0, 17)
    jaw = np.stack([48 + 28 * np.cos(angle), 45 + 35 * np.sin(angle)], 1)
    rest = np.stack([np.linspace(30, 66, 51), np.linspace(32, 66, 51)], 1)
    result = np.concatenate([jaw, rest])
    result[36:42], result[42:48], result[30], result[48], result[54] = (38, 42), (58, 42), (48, 54), (40, 66), (56, 66)
    return result
