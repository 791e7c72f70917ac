# SPDX-License-Identifier: Apache-2.0
"""What is said about an edit: JSON objects, the text in the PNG, quiet and log."""
from PIL import Image

FIELDS = ["input", "output", "status", "error", "face", "edit", "au", "target", "au_before", "au_after", "seed", "sampler", "steps",
          "guidance", "noise_scale", "bundle", "seconds", "stages", "warnings"]


def test_object_per_edit(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU4=-6,AU12=2.5", "--seed", 5, "--json", "--out", "./made")
    assert result.code == 0, result.err
    [record] = result.objects
    assert list(record) == FIELDS
    assert record["input"] == str(portrait) and record["output"] == "./made/me_AU4-6_AU12+2.5.png"
    assert record["status"] == "ok" and record["error"] is None
    assert record["au"] == {"AU4": -6, "AU12": 2.5}
    assert record["au_before"] is None and record["au_after"] is None, "no face was looked for"
    assert (record["seed"], record["sampler"], record["steps"], record["guidance"]) == (5, "ddim", 2, 2.0)
    assert record["bundle"] == "test@1" and record["seconds"] > 0 and record["warnings"] == []


def test_failed_items_are_objects_too(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--in", "gone.png", "--au", "AU1=1", "--au", "AU2=1", "--json")
    assert result.code == 1
    assert [record["status"] for record in result.objects] == ["ok", "ok", "failed", "failed"]
    assert all(record["error"] for record in result.objects if record["status"] == "failed")


def test_values_beyond_the_range_warn(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU12=11", "--json")
    assert result.code == 0 and "AU12" in result.err
    assert "AU12" in result.objects[0]["warnings"][0]


def test_png_carries_its_parameters(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=2.5", "--seed", 5, "--guidance", 1.5, "--sampler", "unipc", "--noise-scale", 0.5)
    text = Image.open(tmp_path / result.paths[0]).text["parameters"]
    edit, settings = text.split("\n")
    assert edit == "AU12+2.5"
    pairs = dict(pair.split(": ") for pair in settings.split(", "))
    assert pairs["Steps"] == "2" and pairs["Sampler"] == "unipc" and pairs["CFG scale"] == "1.5" and pairs["Start noise"] == "0.5"
    assert pairs["Seed"] == "5" and pairs["Size"] == "64x64" and pairs["Model"] == "test@1"


def test_quiet_and_stderr(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU12=11", "--quiet")
    assert result.code == 0 and result.err == ""
    loud = uncropped.edit("--in", portrait, "--in", "gone.png", "--au", "AU12=1", "--quiet")
    assert loud.code == 1 and "gone.png" in loud.err and len(loud.paths) == 1
    assert "\r" not in loud.err and "\x1b" not in loud.err, "progress and colours are for terminals"
