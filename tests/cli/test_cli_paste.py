# SPDX-License-Identifier: Apache-2.0
"""How an edited face goes back into its picture: masks, policies, batches. With the tiny bundle."""
import numpy as np
import pytest
from PIL import Image


def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def changed(before, after) -> np.ndarray:
    return (pixels(before) != pixels(after)).any(axis=2)


def half_white(path, size=(512, 512)):
    mask = Image.new("L", size, 0)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    mask.save(path)
    return path


def test_a_user_s_mask_limits_the_change(tiny, sample, tmp_path):
    half_white(tmp_path / "mask.png")
    assert tiny.edit("--in", sample, "--au", "AU12=3", "--out", "free.png").code == 0
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--mask", "mask.png", "--out", "limited.png")
    assert result.code == 0, result.err
    limited = changed(sample, tmp_path / "limited.png")
    assert limited[:, :256].any() and not limited[:, 256:].any()
    assert (pixels(tmp_path / "limited.png")[:, :256] == pixels(tmp_path / "free.png")[:, :256]).all()


def test_a_folder_of_masks_is_matched_by_stem(tiny, sample, tmp_path):
    (tmp_path / "masks").mkdir()
    half_white(tmp_path / "masks" / "portrait.png")
    assert tiny.edit("--in", sample, "--au", "AU12=3", "--mask", "masks", "--out", "out.png").code == 0
    assert not changed(sample, tmp_path / "out.png")[:, 256:].any()


def test_a_mask_works_without_a_face(uncropped, portrait, tmp_path):
    half_white(tmp_path / "mask.png", (64, 64))
    result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--mask", "mask.png", "--out", "out.png")
    assert result.code == 0, result.err
    limited = changed(portrait, tmp_path / "out.png")
    assert limited[:, :32].any() and not limited[:, 32:].any()


@pytest.mark.parametrize("size, colour, said", [((100, 100), 255, "expected the picture's size, 512 x 512, got 100 x 100"),
                                                ((512, 512), 0, "black everywhere")])
def test_masks_that_do_not_fit_fail_the_item(tiny, sample, tmp_path, size, colour, said):
    Image.new("L", size, colour).save(tmp_path / "mask.png")
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--mask", "mask.png")
    assert result.code == 1 and said in result.err and "portrait.png" in result.err


def test_a_batch_equals_its_singles(embedded, sample, tmp_path):
    edits = ["AU12=3", "AU4=-2", "AU26=5"]
    flags = [word for edit in edits for word in ("--au", edit)]
    assert embedded.edit("--in", sample, *flags, "--batch-size", "3", "--out", "batch").code == 0
    assert embedded.edit("--in", sample, *flags, "--batch-size", "1", "--out", "single").code == 0
    names = sorted(file.name for file in (tmp_path / "batch").glob("*.png"))
    assert len(names) == 3
    for name in names:
        difference = np.abs(pixels(tmp_path / "batch" / name) - pixels(tmp_path / "single" / name))
        assert difference.max() <= 1, name


def test_transparency_stays(tiny, sample, tmp_path):
    picture = Image.open(sample).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(tmp_path / "clear.png")
    assert tiny.edit("--in", "clear.png", "--au", "AU12=3", "--out", "out.png").code == 0
    after = Image.open(tmp_path / "out.png")
    assert after.mode == "RGBA"
    assert (np.asarray(after)[..., 3] == np.asarray(picture)[..., 3]).all()


def classes_of(folder) -> np.ndarray:
    return np.asarray(Image.open(folder / "portrait_classes.png").convert("L"))


def test_policies_blank_their_classes(tiny, bundle, sample, tmp_path):
    """Every policy blanks what it names, and more classes never blank less."""
    blanked = {}
    for policy in ("paper", "keep", "release"):
        result = tiny("parse", "--bundle", bundle, "--in", sample, "--out", policy, "--mask-policy", policy)
        assert result.code == 0, result.err
        folder = tmp_path / policy
        crop, condition, contour = (pixels(folder / f"portrait_{part}.png") for part in ("crop", "condition", "contour"))
        blanked[policy] = (condition == contour).all(axis=2) & (crop.max(axis=2) > 8)
    assert not (blanked["paper"] & ~blanked["keep"]).any()
    assert not (blanked["keep"] & ~blanked["release"]).any()
    foreground = (classes_of(tmp_path / "release") > 0) & (pixels(tmp_path / "release" / "portrait_crop.png").max(axis=2) > 8)
    assert not (foreground & ~blanked["release"]).any(), "release blanks all but the background"


def test_parse_writes_a_mask_and_an_overlay(tiny, bundle, sample, tmp_path):
    assert tiny("parse", "--bundle", bundle, "--in", sample, "--out", "parsed").code == 0
    mask, overlay, crop = (pixels(tmp_path / "parsed" / f"portrait_{part}.png") for part in ("mask", "overlay", "crop"))
    assert mask.max() > 200 and not mask[0].any() and not mask[:, -1].any()
    inside = mask[..., 0] > 200
    assert overlay[..., 0][inside].mean() > crop[..., 0][inside].mean(), "reddened where it will change"


def test_parse_takes_every_face(tiny, bundle, sample, tmp_path):
    portrait = Image.open(sample).convert("RGB").resize((200, 200), Image.Resampling.LANCZOS)
    pair = Image.new("RGB", (420, 200), (128, 128, 128))
    pair.paste(portrait, (0, 0))
    pair.paste(portrait, (220, 0))
    pair.save(tmp_path / "pair.png")
    result = tiny("parse", "--bundle", bundle, "--in", "pair.png", "--out", "parsed", "--face", "all")
    assert result.code == 0, result.err
    assert len(result.paths) == 12 and "parsed/pair_face2_mask.png" in result.paths
    again = tiny("parse", "--bundle", bundle, "--in", "pair.png", "--out", "second", "--face", "2")
    assert len(again.paths) == 6 and "second/pair_mask.png" in again.paths
