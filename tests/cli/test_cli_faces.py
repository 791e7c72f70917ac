# SPDX-License-Identifier: Apache-2.0
"""Commands that look for a face: `edit` with a crop, `parse`, on a sample portrait with the tiny bundle."""
import numpy as np
import pytest
from PIL import Image


def test_edit_keeps_the_picture_s_size_and_surroundings(tiny, sample, tmp_path):
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--json")
    assert result.code == 0, result.err
    [record] = result.objects
    assert len(record["au_before"]) == len(record["au_after"]) == 12
    before, after = (np.asarray(Image.open(file).convert("RGB")).astype(int) for file in (sample, tmp_path / record["output"]))
    assert before.shape == after.shape
    changed = (before != after).any(axis=2)
    assert 0.01 < changed.mean() < 0.9, "the face changes, the rest stays"
    assert not changed[0].any() and not changed[:, 0].any() and not changed[:, -1].any()


def test_composite_none_gives_the_model_s_picture(tiny, sample, tmp_path):
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--composite", "none", "--out", "raw.png")
    assert result.code == 0, result.err
    assert Image.open(tmp_path / "raw.png").size == (64, 64)


def test_composite_none_of_a_source_as_large_as_the_crop_has_no_alpha(embedded, sample, tmp_path):
    small = Image.open(sample).convert("RGB").resize((128, 128))
    small.putalpha(Image.linear_gradient("L").resize(small.size))
    small.save(tmp_path / "small.png")
    result = embedded.edit("--in", "small.png", "--au", "AU12=3", "--composite", "none", "--out", "raw.png")
    assert result.code == 0, result.err
    assert Image.open(tmp_path / "raw.png").mode == "RGB", "the crop is another picture, though as large"


@pytest.mark.parametrize("composite", ["auto", "none"])
def test_a_picture_of_no_numbers_is_a_failed_item(tiny, sample, tmp_path, composite):
    result = tiny.edit("--in", sample, "--au", "AU12=1e39", "--au", "AU12=3", "--composite", composite)
    assert result.code == 1 and result.paths == ["portrait_AU12+3.png"]
    assert "aren't numbers" in result.err and "--dtype float32" in result.err


def test_no_face_and_tiny_pictures_are_failed_items(tiny, sample, make_picture, tmp_path):
    Image.new("RGB", (300, 300), (90, 120, 80)).save(tmp_path / "flat.png")  # the detector sees faces in some noise
    make_picture(tmp_path / "dot.png", 3, (3, 3))
    result = tiny.edit("--in", "flat.png", "--in", "dot.png", "--in", sample, "--au", "AU12=3")
    assert result.code == 1 and result.paths == ["portrait_AU12+3.png"]
    assert sum("error:" in line and "face" in line for line in result.err.splitlines()) == 2, result.err


def test_parse_writes_its_pictures_once(tiny, bundle, sample, tmp_path):
    result = tiny("parse", "--bundle", bundle, "--in", sample, "--out", "parsed")
    assert result.code == 0, result.err
    names = [f"portrait_{part}.png" for part in ("crop", "condition", "classes", "contour", "mask", "overlay")]
    assert result.paths == [f"parsed/{name}" for name in names]
    assert sorted(file.name for file in (tmp_path / "parsed").iterdir()) == sorted(names)
    for name in names:
        assert Image.open(tmp_path / "parsed" / name).size == (64, 64)
    assert np.asarray(Image.open(tmp_path / "parsed" / "portrait_classes.png")).max() < 19
    again = tiny("parse", "--bundle", bundle, "--in", sample, "--out", "parsed")
    assert again.code == 1 and "--overwrite" in again.err


@pytest.mark.parametrize("command", ["estimate", "parse"])
def test_no_input_and_failed_items(tiny, bundle, sample, command):
    assert tiny(command, "--bundle", bundle, "--in", "gone.png").code == 3
    result = tiny(command, "--bundle", bundle, "--in", "gone.png", "--in", sample)
    assert result.code == 1 and "gone.png" in result.err and result.out
