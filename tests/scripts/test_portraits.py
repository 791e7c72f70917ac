# SPDX-License-Identifier: Apache-2.0
"""The portrait renderer: its pure parts, and pictures where the shapes and a GL context are there."""
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")
pytest.importorskip("moderngl")

from portraits import action_units, assets, background, bake_masks, dataset, edit_set  # noqa: E402
from portraits import geometry, gl, labels, raster, sheets  # noqa: E402
from portraits.identity import sample_portrait  # noqa: E402
from portraits.renderer import Picture, Renderer  # noqa: E402
from portraits.view import View  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(os.environ.get("MAGICFACE_ASSETS") or ROOT.parent / "shared/assets")
SIZE = 96
SHAPE_NAMES = [
    shape + side
    for shape in ("browDown", "browInnerUp", "browOuterUp", "cheekRaiser", "cheekSquint", "eyeSquint", "eyeWide")
    + ("mouthFrown", "mouthLowerDown", "mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer")
    for side in ("_L", "_R")
] + ["jawOpen", "mouthShrugLower", "mouthShrugUpper"]


def weights(**units):
    return dict(zip(SHAPE_NAMES, action_units.shape_weights(sheets.intensities(units), SHAPE_NAMES)))


# Action units


def test_every_unit_moves_something_and_nothing_moves_at_zero():
    assert not any(weights().values())
    assert set(action_units.SHAPES) == set(action_units.NAMES)
    for name in action_units.NAMES:
        assert any(weights(**{name: 3.0}).values()), name


@pytest.mark.parametrize("name", action_units.NAMES)
def test_units_act_alike_on_both_sides_and_grow(name):
    weak, strong = weights(**{name: 1.0}), weights(**{name: 4.0})
    for shape in SHAPE_NAMES:
        if shape.endswith("_L"):
            assert strong[shape] == strong[shape[:-2] + "_R"]
        assert abs(strong[shape]) >= abs(weak[shape])


def test_opposing_units_are_damped_together():
    alone_up, alone_down = weights(AU1=5)["browInnerUp_L"], weights(AU4=5)["browDown_L"]
    both = weights(AU1=5, AU4=5)
    assert both["browInnerUp_L"] < alone_up and both["browDown_L"] < alone_down
    assert weights(AU25=5, AU17=5)["mouthLowerDown_L"] < weights(AU25=5)["mouthLowerDown_L"]
    assert weights(AU26=5, AU17=5)["jawOpen"] < weights(AU26=5)["jawOpen"]


def test_sums_stay_within_limits():
    everything = weights(**dict.fromkeys(action_units.NAMES, 50.0))
    assert max(everything.values()) <= action_units.HIGHEST + 1e-6
    assert min(everything.values()) >= action_units.LOWEST - 1e-6


def test_lip_seal_closes_parted_lips():
    landmarks = np.arange(68)
    person, shape = np.zeros((68, 3), "f4"), np.zeros((68, 3), "f4")
    person[action_units.UPPER_INNER_LIP, 1] = 0.12
    shape[action_units.LOWER_INNER_LIP, 1] = -1.0  # weight 1 lowers the lip by a centimetre
    sealed = person + action_units.lip_seal(person, shape, landmarks) * shape
    gap = sealed[action_units.UPPER_INNER_LIP, 1] - sealed[action_units.LOWER_INNER_LIP, 1]
    assert np.allclose(gap, action_units.LIP_GAP, atol=1e-5)


# Labels


def test_classes_map_by_name_to_the_parser_order():
    own = ["background", "skin", "nose", "eye_g", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear", "r_ear", "mouth"]
    own += ["u_lip", "l_lip", "hair", "hat", "ear_r", "neck_l", "neck", "cloth"]
    converted = labels.to_parser_order(np.arange(19, dtype=np.uint8))
    assert [labels.PARSER_CLASSES[number] for number in converted] == own


def test_the_shaders_name_the_classes_alike():
    source = (ROOT / "scripts/portraits/shaders/surface.glsl").read_text()
    for constant in ("HAIR_CLASS = 13u", "NECK_CLASS = 17u", "CLOTH_CLASS = 18u", "MOUTH_CLASS = 10u"):
        assert constant in source
    assert bake_masks.NECK == 17


# People and backgrounds


def test_backgrounds_repeat_and_differ():
    first, again, other = (background.make_background(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.shape == (background.SIZE, background.SIZE, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_every_kind_of_background_can_be_drawn():
    pictures = [background.make_background(np.random.default_rng(seed)) for seed in range(24)]
    assert all(picture.std() > 0 for picture in pictures)


def test_a_seed_names_one_person():
    first, again, other = sample_portrait(7), sample_portrait(7), sample_portrait(8)
    for field in first.__dataclass_fields__:
        assert np.array_equal(getattr(first, field), getattr(again, field)), field
    assert not np.array_equal(first.identity, other.identity)


def test_seeds_keep_their_meaning():
    """Rendered training sets and committed samples depend on the order of random numbers."""
    person = sample_portrait(sheets.HELD_OUT + 4)
    assert person.hair_style == "ponytail01"
    assert person.skin_depth == pytest.approx(3.702091096, abs=1e-9)
    assert person.noise_seed == 104480377


def test_people_are_neutral_within_limits_and_varied():
    people = [sample_portrait(seed) for seed in range(40)]
    assert not any(person.action_units.any() for person in people)
    assert all(np.abs(person.identity).max() <= 2.2 for person in people)
    assert all(abs(person.pose[1]) <= 25 for person in people)
    assert len({person.hair_style for person in people}) > 5


def test_expressions_keep_the_person():
    portraits = list(dataset.sample_expressions(11, 6))
    again = list(dataset.sample_expressions(11, 6))
    for portrait, repeated in zip(portraits, again):
        assert np.array_equal(portrait.action_units, repeated.action_units)
        assert np.array_equal(portrait.identity, portraits[0].identity)
        assert portrait.pose == portraits[0].pose
        assert 0 <= portrait.action_units.min() and portrait.action_units.max() <= 5
        assert np.count_nonzero(portrait.action_units) <= 6
    assert len({portrait.noise_seed for portrait in portraits}) == 6


def test_half_of_the_expressions_move_one_muscle():
    changed = []
    for seed in range(40):
        first, *others = (portrait.action_units for portrait in dataset.sample_expressions(seed, 4))
        changed += [np.count_nonzero(first != other) for other in others]
    assert 0.4 < np.mean(np.array(changed) == 1) < 0.8


def test_edit_sets_hold_what_was_intended():
    before, *edits = edit_set.portraits_of(7, 3)
    assert not before.variation.any()
    units = before.portrait.action_units
    for edit in edits:
        intended = edit.portrait.action_units
        assert np.array_equal(intended, np.clip(units + edit.variation, 0, 5)) and not np.array_equal(intended, units)
        assert edit.portrait.background is before.portrait.background
    single = [edit for edit in edits if np.count_nonzero(edit.variation) == 1]
    assert len(edits) - len(single) == 3
    assert {(int(np.argmax(edit.variation)), edit.variation.max()) for edit in single} >= {(k, 5.0) for k in range(12) if units[k] < 5}


# Geometry


def test_rotations_have_the_stated_signs():
    nose = np.array([0, 0, 1.0])
    assert (geometry.rotation(10, 0, 0) @ nose)[1] < 0
    assert (geometry.rotation(0, 10, 0) @ nose)[0] > 0
    assert (geometry.rotation(0, 0, 10) @ np.array([1.0, 0, 0]))[1] > 0
    turned = geometry.rotation(10, 20, 30)
    assert np.allclose(turned @ turned.T, np.eye(3), atol=1e-6) and np.linalg.det(turned) == pytest.approx(1, abs=1e-5)


def test_projection_puts_the_centre_in_the_middle_and_keeps_the_scale():
    portrait = replace(sample_portrait(3), pose=(0.0, 0.0, 0.0), body_yaw=0.0, half_height=14.0)
    view = View(portrait, 200)
    above = view.centre + [0, 14, 0]
    right = view.centre + [7, 0, 0]
    pixels, depth = view.project(np.stack([view.centre, above, right]))
    assert np.allclose(pixels, [[100, 100], [100, 0], [150, 100]], atol=0.01)
    assert view.distance(depth[0]) == pytest.approx(portrait.focal_length * 14.0, rel=1e-3)


def test_points_follow_the_head_or_the_body():
    view = View(replace(sample_portrait(3), pose=(0.0, 20.0, 0.0), body_yaw=0.0), 100)
    points = np.array([[0, 0, 8.0], [0, -30.0, 8.0]])
    placed = view.place(points, geometry.head_weight(points))
    assert placed[0, 0] > 1 and np.allclose(placed[1], points[1], atol=1e-5)


def test_triangles_and_normals_of_quads():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = geometry.triangles(np.array([[0, 1, 2, 3], [0, 1, 2, 2]]))
    assert faces.tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3]]
    assert np.allclose(geometry.vertex_normals(vertices, faces), [0, 0, 1])


# Drawing without an image library


def test_drawing_covers_what_it_should():
    canvas = np.zeros((40, 40), np.float32)
    raster.fill_polygon(canvas, np.array([[10, 10], [30, 10], [30, 20], [10, 20]], float))
    assert canvas[10:21, 10:31].all() and canvas.sum() == 11 * 21
    canvas[:] = 0
    raster.draw_line(canvas, (5, 5), (25, 5), 1, 0.5)
    assert np.allclose(canvas[5, 5:26], 0.5) and canvas.sum() == pytest.approx(10.5)
    raster.fill_circle(canvas, (20, 20), 3, 1.0)
    assert canvas[20, 17:24].all() and not canvas[20, 24]
    raster.fill_ellipse(canvas, (20, 30), (6, 2), 90, 1.0)
    assert canvas[35, 20] and not canvas[30, 25]


def test_filters_keep_what_is_even():
    even = np.full((30, 30, 3), 0.25, np.float32)
    assert np.allclose(raster.blur(even, 4.0), 0.25)
    assert np.allclose(raster.enlarge_cubic(even[:5, :5], 64), 0.25)
    squares = np.repeat(np.repeat(np.arange(4, dtype=np.uint8).reshape(2, 2), 3, 0), 3, 1)[..., None]
    assert raster.shrink(squares, 3)[..., 0].tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    "hsv, rgb", [((0, 255, 255), (255, 0, 0)), ((60, 255, 100), (0, 100, 0)), ((10, 0, 77), (77, 77, 77))]
)
def test_hsv_colours(hsv, rgb):
    assert tuple(raster.hsv_colour(*hsv)) == rgb


# Reading shapes


def test_obj_groups_and_triangles(tmp_path):
    path = tmp_path / "shape.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\ng body\nf 1/1 2/2 3/3 4/4\ng other\nf 1 2 3\n")
    vertices, faces, groups = assets.load_obj(path)
    assert vertices.shape == (4, 3) and groups.tolist() == ["body", "other"]
    assert faces.tolist() == [[0, 1, 2, 3], [0, 1, 2, 2]]


def test_hair_binding(tmp_path):
    path = tmp_path / "hair.mhclo"
    path.write_text(
        "x_scale 0 1 2.0\ny_scale 0 1 1.0\nz_scale 0 1 1.0\nverts 0\nmaterial m.mhmat\n"
        "0 1 2 0.5 0.5 0 1.0 0 0\n2\ndelete_verts 5\n"
    )
    body = np.array([[0, 0, 0], [4, 0, 0], [0, 6, 0]], np.float32)
    assert assets.load_hair_on_body(path, body).tolist() == [[4, 0, 0], [0, 6, 0]]


def test_missing_shapes_say_where_to_get_them(tmp_path):
    command = [sys.executable, ROOT / "scripts/render_portraits.py", "--assets", tmp_path, "--out", tmp_path / "out"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "face_model.npz is missing" in ended.stderr and "ICT-FaceKit" in ended.stderr


def test_opencv_is_not_needed():
    blocked = "import sys; sys.modules['cv2'] = None; import portraits.renderer, portraits.dataset, portraits.sheets"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    subprocess.run([sys.executable, "-c", blocked], check=True, env=environment)


# Data sets


class FlatRenderer:
    """Stands in for the renderer: the grey value counts the pictures."""

    def __init__(self, size=8, stop_after=None):
        self.size, self.count, self.stop_after = size, 0, stop_after

    def render(self, portrait):
        if self.count == self.stop_after:
            raise KeyboardInterrupt
        self.count += 1
        grey = int(portrait.noise_seed % 251)
        return Picture(
            rgb=np.full((self.size, self.size, 3), grey, np.uint8),
            classes=np.ones((self.size, self.size), np.uint8),
            landmarks=np.zeros((68, 2)),
            visible=np.ones(68, bool),
            neutral_jaw=np.zeros((17, 2)),
        )


def read_all(folder):
    return {name: np.load(folder / f"{name}.npy") for name in dataset.layout(8)}


def test_an_interrupted_data_set_is_continued(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "CHECKPOINT_PEOPLE", 2)
    dataset.render_dataset(FlatRenderer(), tmp_path / "whole", 50, 5, 2, report=lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        dataset.render_dataset(FlatRenderer(stop_after=7), tmp_path / "parts", 50, 5, 2, report=lambda _: None)
    assert (tmp_path / "parts/done").read_text() == "4"
    resumed = FlatRenderer()
    dataset.render_dataset(resumed, tmp_path / "parts", 50, 5, 2, report=lambda _: None)
    assert resumed.count == 6 and (tmp_path / "parts/done").read_text() == "10"
    whole, parts = read_all(tmp_path / "whole"), read_all(tmp_path / "parts")
    for name in whole:
        assert np.array_equal(whole[name], parts[name]), name
    assert whole["person"].tolist() == [50, 50, 51, 51, 52, 52, 53, 53, 54, 54]
    assert np.abs(whole["pose"]).max() < 0.5  # radians


def test_a_data_set_of_other_settings_is_refused(tmp_path):
    dataset.render_dataset(FlatRenderer(), tmp_path, 50, 2, 2, report=lambda _: None)
    with pytest.raises(dataset.DatasetMismatch):
        dataset.render_dataset(FlatRenderer(), tmp_path, 51, 2, 2, report=lambda _: None)
    with pytest.raises(dataset.DatasetMismatch):
        dataset.render_dataset(FlatRenderer(size=9), tmp_path, 50, 2, 2, report=lambda _: None)


# Pictures


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
