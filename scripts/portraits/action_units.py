# SPDX-License-Identifier: Apache-2.0
"""Action units (intensity 0 to 5) to the weights of the face model's expression shapes."""
import numpy as np

NAMES = ("AU1", "AU2", "AU4", "AU5", "AU6", "AU9", "AU12", "AU15", "AU17", "AU20", "AU25", "AU26")

# Weight of each shape, on both sides of the face, at intensity 5.
SHAPES = {
    "AU1": {"browInnerUp": 1.35},
    "AU2": {"browOuterUp": 1.1},
    "AU4": {"browDown": 1.35},
    "AU5": {"eyeWide": 1.3},
    "AU6": {"cheekSquint": 1.0, "cheekRaiser": 0.6},  # no eyeSquint: the person would look asleep
    "AU9": {"noseSneer": 1.0, "mouthUpperUp": -0.3},  # the sneer alone bares the upper teeth
    "AU12": {"mouthSmile": 1.0},
    "AU15": {"mouthFrown": 0.85},
    "AU17": {"mouthShrugLower": 1.0, "mouthShrugUpper": 0.3},
    "AU20": {"mouthStretch": 1.0, "mouthSmile": 0.15},  # without the smile it reads as AU15
    "AU25": {"mouthLowerDown": 0.45, "mouthUpperUp": 0.35, "jawOpen": 0.06},
    "AU26": {"jawOpen": 0.5},
}
LOWEST, HIGHEST = -0.35, 1.4  # sums beyond these fold the surface
LIP_GAP = 0.02  # of a closed mouth, cm
UPPER_INNER_LIP, LOWER_INNER_LIP = [61, 62, 63], [67, 66, 65]  # landmarks


def _share(weight):
    return max(0, min(1, weight))


def damp(weights, names):
    """Limits sums of shapes that would fold or over-stretch the surface. Changes and returns `weights`."""
    np.clip(weights, LOWEST, HIGHEST, out=weights)
    at = names.index
    chin_raised = _share(weights[at("mouthShrugLower")])
    for side in ("_L", "_R"):
        # Opposites share the surface: brows up and down, mouth corners up and down.
        for raising, lowering in (("browInnerUp", "browDown"), ("mouthSmile", "mouthFrown")):
            up, down = at(raising + side), at(lowering + side)
            both = min(max(weights[up], 0), max(weights[down], 0))
            weights[up] -= 0.25 * both
            weights[down] -= 0.25 * both
        cheek = weights[at("cheekSquint" + side)]
        if cheek + weights[at("eyeSquint" + side)] > 0:
            weights[at("eyeWide" + side)] *= 1 - 0.35 * min(1, cheek)
        if weights[at("mouthUpperUp" + side)] > 0:
            weights[at("mouthUpperUp" + side)] *= 1 - 0.4 * _share(weights[at("noseSneer" + side)])
        # AU17 lifts what AU25 lowers.
        weights[at("mouthLowerDown" + side)] *= 1 - 0.5 * chin_raised
        weights[at("mouthStretch" + side)] *= 1 - 0.4 * _share(weights[at("mouthSmile" + side)])
    weights[at("jawOpen")] *= 1 - 0.25 * chin_raised
    return weights


def shape_weights(intensities, names, extra=()):
    """Weights of all shapes in `names` for twelve intensities. `extra`: shape name to an added weight, for
    what is no action unit here (gaze, how open the eyes are at rest)."""
    weights = np.zeros(len(names), "f4")
    for unit, intensity in zip(NAMES, intensities):
        if intensity <= 0:
            continue
        for shape, full in SHAPES[unit].items():
            for index, name in enumerate(names):
                if name in (shape, shape + "_L", shape + "_R"):
                    weights[index] += full * intensity / 5.0
    for name, weight in dict(extra).items():
        weights[names.index(name)] += weight
    return damp(weights, names)


def lip_seal(neutral, lower_lip_shape, landmarks):
    """Weight of mouthLowerDown (negative lifts) that closes this person's lips at rest: the identity
    components part them in many people.

    neutral: the person's vertices; lower_lip_shape: what weight 1 adds to them."""

    def gap(points):
        heights = points[landmarks, 1]
        return (heights[UPPER_INNER_LIP] - heights[LOWER_INNER_LIP]).mean()

    return np.clip((LIP_GAP - gap(neutral)) / gap(lower_lip_shape), -0.6, 0.6)


def wrinkle_strengths(intensities, age):
    """How deep each line is, two groups of four as the wrinkle textures hold them: forehead, frown, crow's
    feet, smile; nose, chin, marionette, lips."""
    au = dict(zip(NAMES, np.array(intensities) / 5.0))
    upper = [
        max(au["AU1"], au["AU2"]) + 0.25 * age,
        au["AU4"] * 0.85 + 0.5 * au["AU9"] + 0.25 * age,
        au["AU6"] + 0.3 * age,
        0.9 * au["AU12"] + 0.5 * au["AU9"] + 0.35 * au["AU6"] + 0.3 * age + 0.3 * au["AU20"],
    ]
    lower = [au["AU9"], au["AU17"] * 1.2 + 0.3 * au["AU15"], 0.8 * au["AU15"] + 0.25 * age, 0]
    return np.array(upper), np.array(lower)
