# SPDX-License-Identifier: Apache-2.0
"""One seed, one person: face, skin, hair, clothes, and the light, camera and background of a picture.

The order in which random numbers are drawn is part of the result: a seed names the same person for good.
"""
from dataclasses import dataclass

import numpy as np

from .background import make_background
from .raster import hsv_colour

SKIN_TONES = np.array(
    [[228, 188, 166], [222, 176, 146], [212, 162, 130], [198, 150, 118], [162, 116, 88], [124, 84, 62], [86, 58, 44]],
    float,
)
HAIR_COLOURS = [[18, 15, 14], [34, 24, 20], [62, 40, 27], [92, 60, 38], [140, 98, 58]]
HAIR_COLOURS += [[186, 146, 96], [112, 52, 28], [150, 148, 146], [70, 68, 68]]
HAIR_SHARES = {False: [3, 3, 3, 2, 2, 1.5, 0.7, 0.8, 0.4], True: [6, 4, 1.5, 0.2, 0, 0, 0, 0.5, 0.4]}
IRIS_COLOURS = [[58, 36, 20], [84, 54, 28], [110, 84, 44], [88, 100, 70], [88, 112, 138], [112, 128, 138]]
IRIS_SHARES = {False: [3, 2, 1.5, 1, 1.5, 1], True: [6, 2, 0.3, 0.05, 0.05, 0.02]}
# A crude two-way switch of presentation decides hair, lips, lashes and beard.
FEMININE_HAIR = ["bob01", "bob02", "bob02", "long01", "ponytail01", "long01", "ponytail01", "afro01"]
MASCULINE_HAIR = ["short01", "short01", "short02", "short03", "short04", "short04", "cap", "cap", "bald", "afro01"]
# Height at the middle, slope to the front and slope to the sides.
NECKLINES = [(-12.3, 0.3, 0.0), (-13.5, 0.35, 0.25), (-17.0, 0.35, 0.8)]


@dataclass
class Portrait:
    """Everything one picture is made of. Colours are linear RGB, lengths cm, angles degrees."""

    seed: int
    identity: np.ndarray  # coefficients of the face model's components
    action_units: np.ndarray  # twelve intensities
    pose: tuple  # pitch, yaw, roll
    body_yaw: float
    gaze: dict  # extra shape weights: gaze, and how open the eyes are at rest

    skin_depth: float  # place among SKIN_TONES
    skin: np.ndarray
    lips: np.ndarray
    iris: np.ndarray
    sclera: np.ndarray
    pupil: float
    age: float
    freckles: float
    blush: float
    beard: float
    mottling: float
    oiliness: float
    skin_seed: np.ndarray

    hair_style: str  # a mesh, or "cap" (buzz cut) or "bald"
    hair: np.ndarray
    hair_tips: np.ndarray
    scalp_hair: float  # strength of the hair painted on the scalp
    hairline_shift: float
    raggedness: float
    fringe_height: float
    hair_seed: float
    gloss: float
    curl: float
    brow_colour: np.ndarray
    brow_strength: float
    brow_layer: int
    lashes: float
    eye_occlusion: float

    focal_length: float  # in half heights of the picture
    half_height: float  # of the picture at the head
    shift_x: float
    shift_y: float

    light_direction: np.ndarray
    light: np.ndarray
    sky: np.ndarray
    ground: np.ndarray
    rim_direction: np.ndarray
    rim: np.ndarray
    exposure: float

    cloth: np.ndarray
    cloth_print: np.ndarray
    cloth_pattern: int
    neckline: tuple
    cloth_thickness: float

    background: np.ndarray
    noise_seed: int
    noise: float
    blur: float
    white_balance: np.ndarray


def linear(colour):
    """8-bit sRGB to linear light (gamma 2.2)."""
    return (np.asarray(colour, float) / 255.0) ** 2.2


def _head(random):
    identity = random.normal(0, 1, 100) * random.uniform(0.55, 0.95)
    pose = tuple(
        float(np.clip(random.normal(mean, spread), -limit, limit))
        for mean, spread, limit in ((2, 6, 12), (0, 13, 25), (0, 4, 8))
    )
    return dict(
        identity=np.clip(identity, -2.2, 2.2).astype("f4"),
        action_units=np.zeros(12),
        pose=pose,
        body_yaw=pose[1] * random.uniform(0, 0.6) + random.normal(0, 6),
    )


def _skin_and_hair_colours(random, feminine):
    depth = random.uniform(0, 5.99)
    lighter = int(depth)
    tone = SKIN_TONES[lighter] * (1 - depth + lighter) + SKIN_TONES[lighter + 1] * (depth - lighter)
    tone = tone * (1 + random.normal(0, 0.02, 3) * [0.4, 1, 1.3])
    skin = linear(np.clip(tone, 0, 250))
    makeup = random.uniform(0, 0.75 if feminine else 0.4)
    lipstick = np.array([176, 62, 70]) * makeup * np.clip(tone.mean() / 190, 0.45, 1)
    lips = linear(tone * np.array([0.94, 0.70, 0.70]) * (1 - makeup) + lipstick)

    dark = depth > 2.8
    shares = np.array(HAIR_SHARES[dark])
    hair = np.array(HAIR_COLOURS[random.choice(9, p=shares / shares.sum())], float) * random.uniform(0.8, 1.2)
    hair = hair * 0.72 + hair.mean() * 0.28
    tips = np.clip(hair * random.uniform(1, 1.35) * [1.05, 1, 0.95], 0, 235)
    brows = np.clip(hair * 0.75 * 0.7 + tone * 0.08, 0, 255)
    shares = np.array(IRIS_SHARES[dark])
    iris = linear(np.array(IRIS_COLOURS[random.choice(6, p=shares / shares.sum())]) * random.uniform(0.65, 1))
    return dark, dict(
        skin_depth=depth,
        skin=skin,
        lips=lips,
        hair=linear(hair),
        hair_tips=linear(tips),
        brow_colour=linear(brows),
        iris=iris,
        sclera=linear([226, 218, 210]),
        pupil=random.uniform(0.28, 0.5),
    )


def _beard(random):
    return float(random.choice([0, random.uniform(0.12, 0.35), random.uniform(0.5, 1)], p=[0.45, 0.35, 0.2]))


def _skin_details(random, depth, feminine):
    return dict(
        age=float(random.beta(1.3, 2.2)),
        freckles=random.uniform(0.4, 1.0) if random.random() < (0.3 if depth < 2 else 0.08) else 0.0,
        blush=random.uniform(0.15, 0.6),
        beard=0.0 if feminine else _beard(random),
        brow_strength=random.uniform(0.6, 1.0),
        mottling=random.uniform(0.3, 0.7),
        oiliness=random.uniform(0.2, 1.0),
        brow_layer=int(random.integers(0, 12)),
        skin_seed=random.random(3),
    )


def _hair(random, dark, feminine):
    style = str(random.choice(FEMININE_HAIR if feminine else MASCULINE_HAIR))
    if style == "afro01" and not dark:
        style = "short04"
    return dict(
        hair_style=style,
        scalp_hair={"bald": 0.12, "cap": 0.85}.get(style, 0.93),
        hairline_shift=0.0 if style in ("cap", "bald") else -0.4,
        raggedness=random.uniform(1.2, 3.0),
        fringe_height=random.uniform(5.8, 8.2),
        hair_seed=float(random.random()),
        gloss=random.uniform(0.5, 1.3),
        curl=random.uniform(0, 1.5),
        lashes=random.uniform(0.35, 0.65) if feminine else random.uniform(0.15, 0.35),
        eye_occlusion=0.55,
    )


def _camera(random):
    return dict(
        focal_length=random.uniform(3.8, 9.0),
        half_height=random.uniform(13.2, 16.8),
        shift_x=random.normal(0, 0.5),
        shift_y=random.normal(0, 0.6),
    )


def _light(random, depth):
    azimuth, elevation = random.uniform(-1.2, 1.2), random.uniform(0.1, 0.9)
    level = np.cos(elevation)
    direction = np.array([np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level])
    warmth, key = random.normal(0, 0.09), random.uniform(1.0, 2.2)
    ambient = random.uniform(0.3, 0.75)
    ground = ambient * random.uniform(0.3, 0.7) * np.array([1.05, 0.95, 0.88])
    rim = random.choice([0, 0.4, 1.2]) * np.array([1.0, 1, 1 + random.normal(0, 0.15)])
    exposure = 0.46 / (key * 0.55 + ambient * 0.6) * random.uniform(0.8, 1.2)
    return dict(
        light_direction=direction,
        light=key * np.array([1 + warmth, 1, 1 - warmth]),
        sky=ambient * np.array([1 - warmth * 0.6, 1, 1 + warmth * 0.6 + 0.05]),
        ground=ground,
        rim_direction=np.array([-np.sign(azimuth + 1e-3), 0.4, -0.5]),
        rim=rim,
        exposure=exposure * (1 + 0.12 * max(depth - 2, 0)),
    )


def _cloth_colour(random):
    return linear(hsv_colour(random.uniform(0, 180), random.beta(1.2, 2) * 220, random.uniform(20, 235)))


def _clothes(random):
    return dict(
        cloth=_cloth_colour(random),
        cloth_print=_cloth_colour(random),
        cloth_pattern=int(random.choice([0, 0, 0, 1, 2, 3])),
        neckline=NECKLINES[random.integers(0, 3)],
        cloth_thickness=random.uniform(0.8, 1.2),
    )


def _surroundings(random):
    return dict(
        background=make_background(random),
        noise_seed=int(random.integers(1 << 30)),
        noise=random.uniform(1.0, 5.0),
        blur=random.choice([0, 0, 0.4, 0.6]),
        white_balance=(1 + random.normal(0, 0.025, 3)).astype("f4"),
    )


def _gaze(random):
    """A small random gaze, and eyes that are wide open to a varying degree, so that AU5 starts from there."""
    sideways, upwards = random.normal(0, 0.2, 2)
    right, left = ("In", "Out") if sideways > 0 else ("Out", "In")
    vertical, amount = ("Up", upwards * 0.5) if upwards > 0 else ("Down", -upwards)
    gaze = {f"eyeLook{right}_L": abs(sideways), f"eyeLook{left}_R": abs(sideways)}
    gaze |= {f"eyeLook{vertical}_{side}": amount for side in "LR"}
    return gaze | dict.fromkeys(("eyeWide_L", "eyeWide_R"), random.uniform(0, 0.25))


def sample_portrait(seed):
    """A neutral portrait of the person `seed` stands for."""
    random = np.random.default_rng(seed)
    feminine = bool(random.random() < 0.5)
    parts = _head(random)
    dark, colours = _skin_and_hair_colours(random, feminine)
    parts |= colours
    parts |= _skin_details(random, parts["skin_depth"], feminine)
    parts |= _hair(random, dark, feminine)
    parts |= _camera(random)
    parts |= _light(random, parts["skin_depth"])
    parts |= _clothes(random)
    parts |= _surroundings(random)
    return Portrait(seed=seed, gaze=_gaze(random), **parts)
