# SPDX-License-Identifier: Apache-2.0
"""`bench`: what it says must be consistent with itself and with what was asked; nothing here depends on how fast a machine is."""
import copy
import json
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

STAGES = ["load", "cold", "read", "detect", "parse", "encode", "reference", "reconstruct", "step", "sample",
          "decode", "blend", "write"]
ONCE = {"load", "cold"}


@pytest.fixture
def bench(tiny, bundle):
    """With the tiny bundle and one timed run, if nothing else is said; float32, as `auto` depends on the processor."""
    def run(*arguments):
        repeat = [] if "--repeat" in arguments else ["--repeat", 1]
        return tiny("bench", "--bundle", bundle, "--device", "cpu", "--dtype", "float32", *repeat, *arguments)
    return run


@pytest.fixture
def measured(bench):
    def run(*arguments) -> dict:
        result = bench("--json", *arguments)
        assert result.code == 0, result.err
        return json.loads(result.out)
    return run


def test_every_stage_of_a_portrait_is_timed(measured, sample):
    report = measured("--in", sample, "--repeat", 2, "--steps", 3)
    [row] = report["rows"]
    assert list(row["stages"]) == STAGES
    for name, spread in row["stages"].items():
        assert spread["count"] == (1 if name in ONCE else 6 if name == "step" else 2), name
        assert 0 <= spread["min"] <= spread["median"] <= spread["max"], name
    parts = sum(row["stages"][name]["min"] for name in STAGES if name not in {*ONCE, "step"})
    assert 0 < parts <= row["total"]["max"], "stages don't overlap"
    assert row["stages"]["sample"]["min"] >= row["stages"]["step"]["min"] * 3
    assert row["stages"]["cold"]["median"] > row["stages"]["load"]["median"]
    assert row["images_per_second"] == pytest.approx(1 / row["total"]["median"])
    assert (row["width"], row["height"], row["steps"], row["batch"]) == (64, 64, 3, 1)
    assert row["peak_host_bytes"] > 50e6 and row["peak_device_bytes"] is None
    assert row["step_floor"] == pytest.approx(row["flop_per_step"] / row["matrix_product_flops"])
    assert report["bundle"]["name"] == "test@1" and len(report["bundle"]["sha256"]) == 64
    assert report["device"] == "cpu" and report["dtype"] == "float32" and report["sampler"] == "ddim" and report["guidance"] == 2
    assert report["processor"] and report["processors"] >= 1


def test_without_a_picture_the_sample_portrait_is_measured(measured, sample):
    assert measured("--steps", 1)["input"] == sample.name


def test_each_list_is_an_axis(measured):
    rows = measured("--batch", "1,2,4", "--steps", "2,1", "--size", "64,128", "--threads", 1)["rows"]
    settings = [(row["batch"], row["steps"], row["width"]) for row in rows]
    assert settings == [(1, 2, 64), (2, 2, 64), (4, 2, 64), (1, 1, 64), (1, 2, 128)]
    flop = [row["flop_per_step"] for row in rows]
    assert flop[2] == pytest.approx(4 * flop[0]) and flop[1] == pytest.approx(2 * flop[0]), "proportional to the batch"
    assert flop[3] == flop[0], "a step is a step"
    assert flop[4] > 4 * flop[0], "four times the pixels, and attention grows faster"
    for row in rows:
        assert "detect" not in row["stages"], "--size needs no face"
        assert row["images_per_second"] == pytest.approx(row["batch"] / row["total"]["median"])


def test_without_guidance_a_step_is_half_the_arithmetic(measured):
    guided, alone = (measured("--size", 64, "--steps", 1, "--guidance", scale)["rows"][0]["flop_per_step"] for scale in (2, 1))
    assert guided == pytest.approx(2 * alone)


def test_condition_and_portrait_as_they_are(measured, portrait, condition):
    [row] = measured("--in", portrait, "--crop", "none", "--condition", condition, "--steps", 1)["rows"]
    assert "detect" not in row["stages"] and (row["width"], row["height"]) == (64, 64)


def test_edits_of_one_portrait_against_one_by_one(measured, sample):
    reuse = measured("--in", sample, "--steps", 1, "--reuse", 5)["reuse"]
    assert (reuse["edits"], reuse["batch"]) == (5, 4)
    assert reuse["ratio"] == pytest.approx(reuse["together"]["median"] / reuse["apart"]["median"])
    assert reuse["together"]["count"] == reuse["apart"]["count"] == 1


def test_the_table_names_stages_or_rows(bench):
    one = bench("--steps", 1).out
    assert all(stage in one for stage in STAGES) and "pictures a second" in one and "GFLOP" in one
    several = bench("--steps", "1,2", "--size", 64).out
    assert "pictures/s" in several and "64x64" in several


def test_compare_gives_ratios(bench, measured, tmp_path):
    before = measured("--size", 64, "--steps", 1)
    half = copy.deepcopy(before)
    for spread in [*half["rows"][0]["stages"].values(), half["rows"][0]["total"]]:
        spread["median"] *= 1000
    half["rows"][0]["peak_host_bytes"] *= 2
    half["dtype"] = "bfloat16"
    (tmp_path / "before.json").write_text(json.dumps(half))
    compared = measured("--size", 64, "--steps", 2, "--compare", "before.json")["compared"]
    assert compared["differences"] == {"dtype": {"earlier": "bfloat16", "now": "float32"}, "steps": {"earlier": 1, "now": 2}}
    [row] = compared["rows"]
    for pair in [*row["stages"].values(), row["total"], row["peak_host_bytes"]]:
        assert pair["ratio"] == pytest.approx(pair["earlier"] / pair["now"])
    assert row["total"]["earlier"] == half["rows"][0]["total"]["median"]
    text = bench("--size", 64, "--steps", 1, "--compare", "before.json").out
    assert "dtype: bfloat16 earlier, float32 now" in text and "earlier / now" in text


def test_compare_names_what_else_differs(bench, measured, tmp_path, sample):
    """The automatic crop and --size make the same pixels here; the face networks run for one of them only."""
    before = measured("--in", sample, "--steps", 1)
    assert (before["low_memory"], before["cuda_graphs"], before["crop"], before["condition"]) == (False, False, "auto", None)
    (tmp_path / "before.json").write_text(json.dumps(before))
    Image.open(sample).convert("RGB").resize((64, 64)).save(tmp_path / "c.png")
    flags = ["--in", sample, "--compare", "before.json", "--steps"]
    compared = measured(*flags, 1, "--size", 64, "--low-memory", "--crop", "none", "--condition", "c.png")["compared"]
    assert compared["differences"] == {
        "low_memory": {"earlier": False, "now": True}, "crop": {"earlier": "auto", "now": "none"},
        "condition": {"earlier": None, "now": "c.png"}, "face_networks": {"earlier": True, "now": False}}
    text = bench(*flags, "1,2", "--size", 64).out
    assert "no setting was measured both times" in text
    for name in ("low_memory", "cuda_graphs", "crop", "condition"):
        del before[name]
    (tmp_path / "before.json").write_text(json.dumps(before))
    compared = measured(*flags, 1)["compared"]
    assert {name: pair["earlier"] for name, pair in compared["differences"].items()} == dict.fromkeys(("low_memory", "cuda_graphs", "crop"))
    assert len(compared["rows"]) == 1, "a file of an earlier version is compared"


def test_only_settings_of_both_are_compared(measured, tmp_path):
    (tmp_path / "before.json").write_text(json.dumps(measured("--size", 64, "--steps", "1,2")))
    compared = measured("--size", 64, "--steps", "2,3", "--compare", "before.json")["compared"]
    assert [row["steps"] for row in compared["rows"]] == [2] and compared["differences"] == {}


def test_plots_are_drawn_along_the_lists(bench, tmp_path):
    result = bench("--size", "64,128", "--batch", "1,2", "--steps", 1, "--plot", "scaling.svg")
    assert result.code == 0, result.err
    words = [node.text for node in ElementTree.parse(tmp_path / "scaling.svg").iter() if node.tag.endswith("text")]
    assert words.count("batch") == words.count("pixels a side") == 2 and words.count("threads") == 0
    assert sum("floor" in word for word in words) == 1
    again = bench("--size", 64, "--batch", "1,2", "--steps", 1, "--plot", "scaling.svg")
    assert again.code == 1 and "--overwrite" in again.err
    assert bench("--size", 64, "--batch", "1,2", "--steps", 1, "--plot", "scaling.png").code == 0
    assert Image.open(tmp_path / "scaling.png").size[0] > 600


@pytest.mark.parametrize(("flags", "words"), [
    (["--batch", "0"], ["--batch"]),
    (["--batch", "1,x"], ["--batch"]),
    (["--threads", "-1"], ["--threads"]),
    (["--steps", "5,0"], ["--steps", "1 to 999"]),
    (["--size", "63"], ["--size", "multiples of"]),
    (["--repeat", "0"], ["--repeat"]),
    (["--warmup", "0"], ["--warmup"]),
    (["--reuse", "12", "--size", "64"], ["--reuse", "--size"]),
    (["--sampler", "unipcc"], ["--sampler", "unipc"]),
    (["--dtype", "int8"], ["--dtype"]),
    (["--crop", "some"], ["--crop"]),
    (["--condition", "c.png"], ["--condition", "--crop none"]),
    (["--compare", "gone.json"], ["--compare", "gone.json"]),
    (["--compare", "list.json"], ["--compare", "list.json"]),
    (["--plot", "x.svg"], ["--plot", "two values"]),
    (["--plot", "x.pdf", "--steps", "1,2"], ["--plot", ".svg or .png"]),
])
def test_wrong_usage_is_found_before_a_model_is_loaded(tiny, bundle, tmp_path, flags, words):
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow" / "bundle.json").write_bytes((bundle / "bundle.json").read_bytes())
    (tmp_path / "list.json").write_text("[]")
    result = tiny("bench", "--bundle", "hollow", *flags)
    assert result.code == 2 and all(word in result.err for word in words), result.err
    assert len(result.err.splitlines()) == 1


def test_a_missing_picture_is_no_input(tiny, bundle):
    result = tiny("bench", "--bundle", bundle, "--in", "gone.png")
    assert result.code == 3 and "gone.png" in result.err
