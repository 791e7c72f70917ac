# SPDX-License-Identifier: Apache-2.0
"""`edit`: which files appear, and that the same command gives the same bytes."""
import os
import signal
import subprocess

import numpy as np
import pytest
from PIL import Image

THREE_EDITS = ["--au", "AU4=-6", "--au", "AU12=2.5,AU1=1", "--au", "AU26=5"]


def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_one_path_per_output_and_nothing_else_appears(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=2.5,AU4=-6", "--out", "made")
    assert result.code == 0, result.err
    assert result.paths == ["made/me_AU4-6_AU12+2.5.png"]
    assert {file.name for file in (tmp_path / "made").iterdir()} == {"me_AU4-6_AU12+2.5.png", "records.jsonl"}
    assert Image.open(tmp_path / result.paths[0]).size == (64, 64)


def test_current_folder_is_the_default(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=1")
    assert result.paths == ["me_AU12+1.png"] and (tmp_path / "me_AU12+1.png").is_file()


@pytest.mark.parametrize("sampler", ["unipc", "ddim", "ddpm", "dpmpp_2m", "euler"])
def test_same_command_same_bytes(uncropped, portrait, tmp_path, sampler):
    for folder in ("one", "two"):
        result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--sampler", sampler, "--seed", 7, "--out", folder)
        assert result.code == 0, result.err
    one, two = (next((tmp_path / folder).glob("*.png")).read_bytes() for folder in ("one", "two"))
    assert one == two


def test_seed_and_edit_change_the_picture(uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU12=3", "--seed", 7, "--out", "a.png")
    uncropped.edit("--in", portrait, "--au", "AU12=3", "--seed", 8, "--out", "b.png")
    uncropped.edit("--in", portrait, "--au", "AU12=-9", "--seed", 7, "--out", "c.png")
    a, b, c = (pixels(tmp_path / name) for name in ("a.png", "b.png", "c.png"))
    assert (a != b).any() and (a != c).any()


def test_less_start_noise_makes_seeds_alike(uncropped, portrait, tmp_path):
    def apart(scale: float) -> float:
        for seed in (7, 8):
            result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--noise-scale", scale, "--seed", seed, "--out", f"{scale}/{seed}.png")
            assert result.code == 0, result.err
        return float(np.abs(pixels(tmp_path / f"{scale}/7.png") - pixels(tmp_path / f"{scale}/8.png")).mean())

    assert apart(0) == 0 < apart(0.25) < apart(1)


def test_batching_keeps_the_draws(uncropped, portrait, tmp_path):
    for folder, size in (("single", 1), ("batch", 3)):
        uncropped.edit("--in", portrait, *THREE_EDITS, "--batch-size", size, "--sampler", "ddpm", "--out", folder)
    for file in (tmp_path / "single").glob("*.png"):
        assert np.abs(pixels(file) - pixels(tmp_path / "batch" / file.name)).max() <= 2


def test_low_memory_gives_the_same_bytes(uncropped, portrait, make_picture, tmp_path):
    inputs = ["--in", portrait, "--in", make_picture(tmp_path / "given" / "you.png", 3), "--batch-size", 1, "--au", "AU12=3"]
    assert uncropped.edit(*inputs, "--out", "plain").code == 0
    assert uncropped.edit(*inputs, "--out", "low", "--low-memory").code == 0
    plain = {file.name: file.read_bytes() for file in (tmp_path / "plain").glob("*.png")}
    assert len(plain) == 2 and plain == {file.name: file.read_bytes() for file in (tmp_path / "low").glob("*.png")}


def test_ten_portraits_and_three_edits_with_one_broken(uncropped, make_picture, tmp_path):
    for number in range(10):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    result = uncropped.edit("--in", "in", *THREE_EDITS, "--out", "thirty")
    assert result.code == 0 and len(result.paths) == 30
    assert sorted(result.paths) == sorted(f"thirty/{file.name}" for file in (tmp_path / "thirty").glob("*.png"))

    (tmp_path / "in" / "p5.png").write_bytes((tmp_path / "in" / "p5.png").read_bytes()[:200])
    result = uncropped.edit("--in", "in", *THREE_EDITS, "--out", "fewer")
    assert result.code == 1 and len(result.paths) == 27 and "p5.png" in result.err
    assert len(list((tmp_path / "fewer").glob("*.png"))) == 27


def test_existing_output_is_a_failed_item(uncropped, portrait, tmp_path):
    target = tmp_path / "me_AU12+1.png"
    target.write_bytes(b"mine")
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--au", "AU12=2")
    assert result.code == 1 and result.paths == ["me_AU12+2.png"] and "--overwrite" in result.err
    assert "--resume" not in uncropped.edit("--in", portrait, "--au", "AU12=1").err, "no records, nothing to go on with"
    assert target.read_bytes() == b"mine"
    assert uncropped.edit("--in", portrait, "--au", "AU12=1", "--overwrite").code == 0
    assert Image.open(target).size == (64, 64)


def test_pattern_and_format(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--seed", 9, "--format", "jpg",
                            "--output-pattern", "{stem}-{seed}-{index}-{face}")
    assert result.paths == ["me-9-1-1.jpg"]


def test_failed_items_don_t_stop_the_others(uncropped, portrait, make_picture, tmp_path):
    make_picture(tmp_path / "odd.png", 2, (60, 64))
    (tmp_path / "text.png").write_text("not a picture")
    result = uncropped.edit("--in", "odd.png", "--in", "text.png", "--in", "missing.png", "--in", portrait, "--au", "AU1=1")
    assert result.code == 1 and result.paths == ["me_AU1+1.png"]
    errors = result.err.splitlines()
    for name in ("odd.png", "text.png", "missing.png"):
        assert sum(name in line for line in errors) == 1, result.err


def test_condition_folder_is_matched_by_stem(tiny, make_picture, tmp_path):
    for name in ("a.png", "b.png"):
        make_picture(tmp_path / "in" / name, 1)
    make_picture(tmp_path / "conditions" / "a.png", 2)
    result = tiny.edit("--in", "in", "--au", "AU1=1", "--crop", "none", "--condition", "conditions")
    assert result.code == 1 and result.paths == ["a_AU1+1.png"] and "b.png" in result.err


def test_release_spellings(uncropped, tiny, portrait, condition, tmp_path):
    result = tiny("edit", *tiny.flags[:2], "--img_path", portrait, "--bg_path", condition, "--au_test", "AU4+AU1",
                  "--AU_variation", "4+2", "--inference_steps", 2)
    assert result.code == 0, result.err
    assert result.paths == ["edited_images/me.png"]
    uncropped.edit("--in", portrait, "--au", "AU1=2,AU4=4", "--composite", "none", "--out", "same.png")
    assert (pixels(tmp_path / "edited_images" / "me.png") == pixels(tmp_path / "same.png")).all()


def test_release_spellings_keep_what_ours_say(hollow):
    release = [*hollow.flags, "--img_path", "given/condition.png", "--au_test", "AU4", "--AU_variation", "4", "--dry-run"]
    assert hollow("edit", *release, "--out", "mine").paths == ["mine/condition.png"]
    assert hollow("edit", *release, "--output-pattern", "{stem}_{edit}").paths == ["edited_images/condition_AU4+4.png"]
    both = hollow("edit", *release, "--out", "mine", "--saved_path", "theirs")
    assert both.code == 2 and "--out and --saved_path" in both.err


def test_interrupt_stops_between_steps(uncropped, portrait, tmp_path):
    command = [uncropped.path, "edit", *uncropped.flags[:2], *uncropped.flags[4:], "--steps", "60", "--batch-size", "1",
               "--in", portrait, *THREE_EDITS, "--out", "cut"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as running:
        first = running.stdout.readline().strip()
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=120)
    assert running.returncode == 75
    assert [f"cut/{file.name}" for file in (tmp_path / "cut").glob("*.png")] == [first]
    assert not list((tmp_path / "cut").glob("*.part"))
