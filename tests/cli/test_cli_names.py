# SPDX-License-Identifier: Apache-2.0
"""Names and environments that trip programs: UTF-8, spaces, leading dashes, lists, globs, a comma locale."""
import subprocess

import pytest


@pytest.mark.parametrize("name", ["Zoë Ünïcode 肖像.png", "two  spaces .png", "quote'\"s.png", "#1 & {2} %d.png", "[a].png"])
def test_unusual_names(uncropped, make_picture, tmp_path, name):
    make_picture(tmp_path / "in" / name, 1)
    result = uncropped.edit("--in", f"in/{name}", "--au", "AU12=1", "--out", "öut put")
    assert result.code == 0, result.err
    assert result.paths == [f"öut put/{name[:-4]}_AU12+1.png"]
    assert (tmp_path / result.paths[0]).is_file()
    found = uncropped.edit("--in", "in", "--au", "AU12=1", "--json").objects
    assert found[0]["input"] == f"in/{name}"


def test_names_that_begin_with_a_dash(uncropped, make_picture, tmp_path):
    for name in ("-me.png", "--json.png"):
        make_picture(tmp_path / name, 1)
    result = uncropped.edit("--au", "AU12=1", "--out", "made", "--", "-me.png", "--json.png")
    assert result.code == 0, result.err
    assert result.paths == ["made/-me_AU12+1.png", "made/--json_AU12+1.png"]


def test_several_names_without_a_flag(uncropped, make_picture, tmp_path):
    """What a shell makes of `magicface edit --au AU1=1 *.png`."""
    for name in ("a.png", "b.png"):
        make_picture(tmp_path / name, 1)
    result = uncropped.edit("--au", "AU1=1", "a.png", "b.png")
    assert result.code == 0, result.err
    assert result.paths == ["a_AU1+1.png", "b_AU1+1.png"]


def test_globs_and_lists(uncropped, make_picture, tmp_path):
    for name in ("b.png", "a.png", "c.jpg"):
        make_picture(tmp_path / "in" / name, 1)
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    glob = uncropped.edit("--in", "in/*.png", "--au", "AU1=1", "--out", "glob")
    assert glob.paths == ["glob/a_AU1+1.png", "glob/b_AU1+1.png"]
    listed = uncropped.edit("--in", "-", "--au", "AU1=1", "--out", "list", stdin="in/c.jpg\n\nin/a.png\r\n")
    assert listed.paths == ["list/c_AU1+1.jpg", "list/a_AU1+1.png"]
    folder = uncropped.edit("in", "--in", "in/a.png", "--au", "AU1=1", "--out", "folder")
    assert len(folder.paths) == 3, "each picture once"


def comma_locale() -> str | None:
    names = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    return next((name for name in names if name.lower().startswith(("de_", "fr_", "es_", "it_", "nl_"))), None)


def test_another_edit_of_a_folder_leaves_out_what_the_first_one_made(uncropped, make_picture, tmp_path):
    for seed, name in enumerate(("a", "b")):
        make_picture(tmp_path / "people" / f"{name}.png", seed)
    at_home = {"cwd": tmp_path / "people"}
    first = uncropped.edit("--in", ".", "--au", "AU12=3", "--compare", "--grid", "sheet.png", **at_home)
    assert first.code == 0 and len(first.paths) == 5, first.err
    second = uncropped.edit("--in", ".", "--au", "AU4=3", **at_home)
    assert second.paths == ["a_AU4+3.png", "b_AU4+3.png"]
    assert "that earlier runs made, left out: 5" in second.err
    again = uncropped.edit("--in", "a_AU12+3.png", "--au", "AU4=3", **at_home)
    assert again.paths == ["a_AU12+3_AU4+3.png"], "what is named is meant"


@pytest.mark.parametrize("out", ["film.gif", "phone.HEIC", "-"])
def test_out_that_would_become_a_folder_by_mistake(uncropped, portrait, tmp_path, out):
    result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--out", out)
    assert result.code == 2 and f"--out {out}: " in result.err and not (tmp_path / out).exists()


def test_comma_locale(uncropped, portrait):
    name = comma_locale()
    if name is None:
        pytest.skip("no locale with a decimal comma is generated here")
    result = uncropped.edit("--in", portrait, "--au", "AU12=2.5", "--guidance", "1.5", "--json", LC_ALL=name)
    assert result.code == 0, result.err
    record = result.objects[0]
    assert record["au"] == {"AU12": 2.5} and record["guidance"] == 1.5
    assert record["output"] == "me_AU12+2.5.png"


def test_unwritable_output_folder(uncropped, portrait, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "file/inside")
    assert result.code == 2 and "file" in result.err and result.out == "", "the records' file is opened first"
