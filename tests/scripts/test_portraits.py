# SPDX-License-Identifier: Apache-2.0
"""The portrait renderer: pictures, where the shapes and a GL context are there."""
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")
pytest.importorskip("moderngl")

from portraits import action_units, dataset, gl, labels, sheets  # noqa: E402
from portraits.identity import sample_portrait  # noqa: E402
from portraits.renderer import Renderer  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(os.environ.get("MAGICFACE_ASSETS") or ROOT.parent / "shared/assets")
SIZE = 96


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def renderer(cache):
    if not (ASSETS / "ict_facekit/face_model.npz").exists():
        pytest.skip(f"no shapes in {ASSETS}; set MAGICFACE_ASSETS")
    os.environ.setdefault("LP_NUM_THREADS", "0")
    try:
        gl.create_context().release()
    except Exception as error:  # whatever the missing driver makes of it
        pytest.skip(f"no OpenGL through EGL: {error}")
    return Renderer(ASSETS, cache, SIZE)


@pytest.fixture(scope="module")
def person():
    return replace(sample_portrait(sheets.HELD_OUT + 4), half_height=13.0, shift_y=-1.0, pose=(0.0, 0.0, 0.0))


def expressed(renderer, person, **units):
    return renderer.render(replace(person, action_units=sheets.intensities(units)))


def test_the_same_seed_gives_the_same_picture(renderer, person):
    first = expressed(renderer, person, AU12=3)
    expressed(renderer, sample_portrait(1), AU26=5)  # nothing of another person may remain
    second = expressed(renderer, person, AU12=3)
    assert np.array_equal(first.rgb, second.rgb) and np.array_equal(first.classes, second.classes)
    assert np.array_equal(first.landmarks, second.landmarks)


def test_held_out_people_differ(renderer):
    pictures = [renderer.render(sample_portrait(sheets.HELD_OUT + seed)).rgb.astype(int) for seed in range(3)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(pictures[a] - pictures[b]).mean() > 10


def test_classes_are_the_parsers(renderer, person):
    classes = expressed(renderer, person, AU25=5, AU26=5).classes
    assert classes.max() <= 18
    names = {labels.PARSER_CLASSES[number] for number in np.unique(classes)}
    expected = {"background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "nose", "mouth", "u_lip", "l_lip"}
    assert expected | {"neck", "cloth", "hair"} <= names
    assert not names & {"eye_g", "ear_r", "neck_l", "hat"}


def middle_of(classes, name):
    rows, columns = np.nonzero(classes == labels.PARSER_CLASSES.index(name))
    return np.array([columns.mean(), rows.mean()])


def test_left_is_the_images_left(renderer, person):
    classes = expressed(renderer, person).classes
    for part in ("brow", "eye"):
        assert middle_of(classes, f"l_{part}")[0] < middle_of(classes, f"r_{part}")[0]


def test_landmarks_and_picture_turn_the_same_way(renderer, person):
    for yaw in (-20.0, 20.0):
        picture = renderer.render(replace(person, pose=(0.0, yaw, 0.0)))
        assert np.abs(middle_of(picture.classes, "nose") - picture.landmarks[27:36].mean(0)).max() < 4
        eye_middle = picture.landmarks[36:48].mean(0)
        assert np.sign(picture.landmarks[30, 0] - eye_middle[0]) == np.sign(yaw)


def test_eye_landmarks_are_visible_and_on_the_eyes(renderer, person):
    picture = expressed(renderer, person)
    assert picture.visible[36:48].all()
    for name, which in (("l_eye", slice(36, 42)), ("r_eye", slice(42, 48))):
        assert np.abs(middle_of(picture.classes, name) - picture.landmarks[which].mean(0)).max() < 3


def test_au26_lowers_the_chin_and_au12_widens_the_mouth(renderer, person):
    neutral, open_jaw = expressed(renderer, person), expressed(renderer, person, AU26=5)
    smile = expressed(renderer, person, AU12=5)
    assert open_jaw.landmarks[8, 1] > neutral.landmarks[8, 1] + 1.5

    def width(picture):
        return picture.landmarks[54, 0] - picture.landmarks[48, 0]

    assert width(smile) > width(neutral) + 1


def test_the_neutral_jaw_does_not_move_with_the_expression(renderer, person):
    neutral = expressed(renderer, person)
    assert np.allclose(neutral.neutral_jaw, neutral.landmarks[labels.JAW], atol=1e-3)
    for units in ({"AU26": 5}, {"AU25": 5, "AU17": 4}, {"AU12": 5}):
        assert np.allclose(expressed(renderer, person, **units).neutral_jaw, neutral.neutral_jaw, atol=1e-3)


def test_every_action_unit_changes_the_picture(renderer, person):
    neutral = expressed(renderer, person).rgb.astype(int)
    for name in action_units.NAMES:
        change = np.abs(expressed(renderer, person, **{name: 5}).rgb - neutral)
        assert change.max() > 20, name


@pytest.mark.parametrize("style", ["bob02", "long01", "ponytail01", "afro01", "short01", "cap", "bald"])
def test_hair_styles(renderer, person, style):
    picture = renderer.render(replace(person, hair_style=style, scalp_hair=0.12 if style == "bald" else 0.93))
    hair = (picture.classes == labels.PARSER_CLASSES.index("hair")).mean()
    assert hair < 0.01 if style == "bald" else hair > 0.03


def test_the_script_writes_the_layout(renderer, cache, tmp_path):
    import render_portraits

    arguments = ["--assets", str(ASSETS), "--cache", str(cache), "--size", "48", "--expressions", "2"]
    arguments += ["--out", str(tmp_path / "set"), "--sheet", str(tmp_path / "sheet.png"), "--people", "2"]
    render_portraits.main(arguments)
    assert (tmp_path / "set/done").read_text() == "4" and (tmp_path / "sheet.png").stat().st_size > 1000
    for name, (shape, kind) in dataset.layout(48).items():
        array = np.load(tmp_path / f"set/{name}.npy")
        assert array.shape == (4, *shape) and array.dtype == np.dtype(kind), name
    assert np.load(tmp_path / "set/rgb.npy").std(axis=(1, 2, 3)).min() > 5
