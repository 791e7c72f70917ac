# SPDX-License-Identifier: Apache-2.0
"""The portrait renderer: expressions, class names, people, backgrounds and edit sets, before anything is drawn."""
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")
pytest.importorskip("moderngl")

from portraits import action_units, background, bake_masks, dataset, edit_set, labels, sheets  # noqa: E402
from portraits.identity import sample_portrait  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
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


def test_edited_expressions_keep_the_other_muscles():
    changed, highest = [], 0
    for seed in range(40):
        first, *others = (portrait.action_units for portrait in dataset.sample_expressions(seed, 4, edited_share=1.0))
        assert all(0 <= other.min() and other.max() <= 5 for other in others)
        changed += [np.count_nonzero(first != other) for other in others]
        highest += sum((other == 5).any() for other in others)
        assert np.array_equal(first, next(dataset.sample_expressions(seed, 1)).action_units)  # the person is the seed's either way
    assert max(changed) <= 3 and 0.65 < np.mean(np.array(changed) == 1) < 0.9
    assert highest > 20


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
