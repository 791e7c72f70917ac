# SPDX-License-Identifier: Apache-2.0
"""`estimate`: tables of action units with OpenFace's and LibreFace's columns, and JSON."""
import csv
import json
import math
import shutil

import pytest
from PIL import Image

UNITS = [1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26]
FIRST = ["file", "face", "confidence", "box_x", "box_y", "box_width", "box_height"]


@pytest.fixture
def estimate(tiny, bundle):
    def run(*arguments, **keywords):
        return tiny("estimate", "--bundle", bundle, *arguments, **keywords)
    return run


def test_openface_columns(estimate, sample, tmp_path):
    shutil.copy(sample, tmp_path / "a, b.png")
    result = estimate("--in", "a, b.png", "--in", sample)
    assert result.code == 0, result.err
    header, first, second = csv.reader(result.out.splitlines())
    assert header == [*FIRST, *(f"AU{unit:02}_r" for unit in UNITS), "pose_Rx", "pose_Ry", "pose_Rz"]
    assert first[0] == "a, b.png" and second[0] == str(sample) and first[1:] == second[1:]
    row = dict(zip(header, first))
    assert row["face"] == "1" and 0.6 < float(row["confidence"]) <= 1 and float(row["box_width"]) > 48
    assert all(0 <= float(row[f"AU{unit:02}_r"]) <= 5 for unit in UNITS)


def test_libreface_columns_have_the_same_values_and_degrees(estimate, sample):
    openface = next(csv.DictReader(estimate("--in", sample).out.splitlines()))
    libreface = next(csv.DictReader(estimate("--in", sample, "--columns", "libreface").out.splitlines()))
    assert list(libreface) == [*FIRST, *(f"au_{unit}_intensity" for unit in UNITS), "pitch", "yaw", "roll"]
    assert [libreface[f"au_{unit}_intensity"] for unit in UNITS] == [openface[f"AU{unit:02}_r"] for unit in UNITS]
    [record] = estimate("--in", sample, "--json").objects
    for angle in ("pitch", "yaw", "roll"):
        assert float(libreface[angle]) == pytest.approx(math.degrees(record["pose"][angle]), abs=0.001)


def test_landmarks_are_columns_when_asked_for(estimate, sample):
    row = next(csv.DictReader(estimate("--in", sample, "--landmarks").out.splitlines()))
    assert list(row)[-136:] == [f"{axis}_{i}" for axis in "xy" for i in range(68)]
    assert all(math.isfinite(float(row[name])) for name in list(row)[-136:])


def test_json(estimate, sample):
    [record] = estimate("--in", sample, "--json", "--landmarks").objects
    assert list(record) == ["file", "face", "confidence", "box", "au", "pose", "landmarks"]
    assert record["file"] == str(sample) and record["face"] == 1
    assert list(record["au"]) == [f"AU{unit}" for unit in UNITS] and len(record["box"]) == 4
    assert set(record["pose"]) == {"pitch", "yaw", "roll"} and len(record["landmarks"]) == 68
    [short] = estimate("--in", sample, "--json").objects
    assert short["landmarks"] is None and short["au"] == record["au"]


def test_folders_globs_and_a_file_without_face(estimate, sample, make_picture, tmp_path):
    (tmp_path / "in").mkdir()
    shutil.copy(sample, tmp_path / "in" / "b.png")
    shutil.copy(sample, tmp_path / "in" / "a.png")
    make_picture(tmp_path / "in" / "dot.png", 3, (3, 3))
    result = estimate("--in", "in", "--in", "in/*.png")
    rows = list(csv.DictReader(result.out.splitlines()))
    assert result.code == 1 and "dot.png" in result.err
    assert [row["file"] for row in rows] == ["in/a.png", "in/b.png"]


def test_a_file_appears_whole_and_is_kept(estimate, sample, tmp_path):
    assert estimate("--in", sample, "--out", "tables/aus.csv").paths == ["tables/aus.csv"]
    table = (tmp_path / "tables" / "aus.csv").read_text()
    assert table == estimate("--in", sample).out
    (tmp_path / "tables" / "aus.csv").write_text("mine")
    again = estimate("--in", sample, "--out", "tables/aus.csv")
    assert again.code == 1 and "--overwrite" in again.err and (tmp_path / "tables" / "aus.csv").read_text() == "mine"
    assert estimate("--in", sample, "--out", "tables/aus.csv", "--overwrite").code == 0
    assert (tmp_path / "tables" / "aus.csv").read_text() == table
    assert [file.name for file in (tmp_path / "tables").iterdir()] == ["aus.csv"]


def test_the_name_tells_json(estimate, sample, tmp_path):
    assert estimate("--in", sample, "--out", "aus.json").code == 0
    assert json.loads((tmp_path / "aus.json").read_text())["face"] == 1
    assert estimate("--in", sample, "--out", "aus.csv", "--json").code == 2


def test_wrong_columns_and_folders_are_usage_errors(estimate, sample, tmp_path):
    result = estimate("--in", sample, "--columns", "opnface")
    assert result.code == 2 and "openface or libreface" in result.err
    for json_flags in (["--json"], ["--out", "aus.json"]):
        result = estimate("--in", sample, "--columns", "openface", *json_flags)
        assert result.code == 2 and "--columns" in result.err, "JSON has no columns"
    assert estimate("--in", sample, "--out", str(tmp_path)).code == 2


def test_pose_has_openface_s_signs_in_its_columns(program, sample, tmp_path):
    """A head that turns its nose to the picture's right, and leans counter-clockwise in a second picture."""
    portrait = Image.open(sample).convert("RGB")
    portrait.rotate(25, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128)).save(tmp_path / "leaning.png")
    pictures = ["--in", sample, "--in", "leaning.png"]
    plain, leaning = program("estimate", *pictures, "--json", "--landmarks").objects
    table = list(csv.DictReader(program("estimate", *pictures).out.splitlines()))
    points = plain["landmarks"]
    eyes = sum(points[i][0] for i in range(36, 48)) / 12
    assert math.copysign(1, plain["pose"]["yaw"]) == math.copysign(1, points[30][0] - eyes), "towards the nose"
    assert plain["pose"]["yaw"] > 0.1
    assert float(table[0]["pose_Ry"]) == pytest.approx(-plain["pose"]["yaw"], abs=0.02)
    assert leaning["pose"]["roll"] == pytest.approx(math.radians(25), abs=0.15)
    assert float(table[1]["pose_Rz"]) == pytest.approx(-leaning["pose"]["roll"], abs=0.1)
