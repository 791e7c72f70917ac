# SPDX-License-Identifier: Apache-2.0
"""`eval` with tables of other programs in which some pictures have no values, or of pictures in which we see no face."""
import json
import re

import numpy as np
import pytest
from eval_files import UNITS, method, write_pairs, write_table
from PIL import Image

OPENFACE = ["file", "success", *(f"AU{unit[2:]:0>2}_r" for unit in UNITS), "pose_Rx", "pose_Ry", "pose_Rz"]


@pytest.fixture
def two_edits(faces):
    """Pairs of a portrait with an edit, and with another one."""
    return write_pairs(faces / "pairs.csv", *({"source": "me.png", "edited": name, "AU12": 2} for name in ("made.png", "copy.png")))


def test_an_openface_row_without_success_has_no_pose(evaluate, faces, two_edits):
    rows = (["me.png", 1, *[1] * 12, 0.2, 0.1, 0.05], ["made.png", 0, *[0] * 15], ["copy.png", 1, *[2] * 12, 0.2, 0.1, 0.35])
    write_table(faces / "t.csv", OPENFACE, *rows)
    result = evaluate(two_edits, "--au-table", "t.csv", "--pose-table", "t.csv", "--json")
    assert result.code == 1
    figures = method(result)["figures"]
    assert figures["pose_rmse"]["value"] == pytest.approx(0.3 / 3 ** 0.5), "zeros of a face that wasn't read are no pose"
    failed, fine = method(result)["items"]
    assert not {"pose_rmse", "au_mse"} & set(failed["figures"]) and {"pose_rmse", "au_mse"} <= set(fine["figures"])
    for flag in ("--au-table", "--pose-table"):
        assert sum(flag in problem and "made.png" in problem for problem in failed["problems"]) == 1
    assert fine["problems"] == []


@pytest.mark.parametrize("gap", ["failed", "header", "nothing", "empty", "nan"])
def test_a_picture_without_values_in_a_folder_costs_its_own_pairs_only(evaluate, faces, two_edits, gap):
    tables = faces / "tables"
    tables.mkdir()
    for name, value in (("me", 1), ("made", 2), ("copy", 3)):
        write_table(tables / f"{name}.csv", OPENFACE[1:], [1, *[value] * 12, 0, 0, value])
    values = {"failed": [0, *[0] * 15], "empty": [1, "", *[1] * 14], "nan": [1, *[1] * 14, "nan"]}
    write_table(tables / "made.csv", OPENFACE[1:], *([values[gap]] if gap in values else []))
    if gap == "nothing":
        (tables / "made.csv").write_text("")
    result = evaluate(two_edits, "--au-table", "tables", "--pose-table", "tables", "--json")
    assert result.code == 1, result.err
    failed, fine = method(result)["items"]
    assert {"pose_rmse", "au_mse"} <= set(fine["figures"]) and fine["problems"] == []
    missing = {"empty": {"au_mse"}, "nan": {"pose_rmse"}}.get(gap, {"au_mse", "pose_rmse"})
    assert {"au_mse", "pose_rmse"} - set(failed["figures"]) == missing
    assert len(failed["problems"]) == len(missing) and all("made.png" in problem for problem in failed["problems"])


def test_a_gap_in_a_table_of_vectors_is_one_picture_s(evaluate, faces, two_edits):
    write_table(faces / "v.csv", ["file", "a", "b"], ["me.png", 1, 2], ["made.png", "", 2], ["copy.png", 1, 4])
    result = evaluate(two_edits, "--identity-table", "v.csv", "--json")
    assert result.code == 1
    assert method(result)["figures"]["identity_l2"]["value"] == pytest.approx(2)
    assert [len(item["problems"]) for item in method(result)["items"]] == [1, 0]


@pytest.fixture
def faceless(faces):
    """A source and an edit in which the bundle sees no face, tables of everything, and a mask."""
    for name, grey in (("flat", 128), ("flatter", 140)):
        Image.new("RGB", (96, 96), (grey,) * 3).save(faces / f"{name}.png")
    Image.fromarray(np.pad(np.full((40, 40), 255, np.uint8), 28)).save(faces / "mask.png")
    write_table(faces / "t.csv", OPENFACE, ["flat.png", 1, *[1] * 12, 0, 0, 0.1], ["flatter.png", 1, *[2] * 12, 0, 0, 0.4], ["me.png", 1, *[1] * 12, 0, 0, 0])
    write_table(faces / "v.csv", ["file", "a"], ["flat.png", 1], ["flatter.png", 3], ["me.png", 2])
    return faces


TABLES = ["--au-table", "t.csv", "--pose-table", "t.csv", "--identity-table", "v.csv"]


def test_what_tables_and_a_mask_say_needs_no_face(evaluate, faceless):
    row = {"source": "flat.png", "edited": "flatter.png", "AU12": 2, "mask": "mask.png", "truth": "flatter.png"}
    result = evaluate(write_pairs(faceless / "p.csv", row), *TABLES, "--json")
    assert result.code == 0, result.err
    figures = {key: figure["value"] for key, figure in method(result)["figures"].items()}
    expected = {"au_mse": (11 + 1) / 12, "identity_l2": 2, "pose_rmse": 0.3 / 3 ** 0.5, "background_rmse": 12 / 255, "psnr": 100}
    assert {key: figures[key] for key in expected} == pytest.approx(expected)


def test_an_edit_without_a_face_keeps_the_figures_of_tables(evaluate, faceless):
    pairs = write_pairs(faceless / "p.csv", {"source": "me.png", "edited": "flat.png", "AU12": 2})
    [item] = method(evaluate(pairs, *TABLES, "--json"))["items"]
    assert {"au_mse", "identity_l2", "pose_rmse"} <= set(item["figures"])
    assert len(item["problems"]) == 1 and "no background" in item["problems"][0], "its size is another"
    [item] = method(evaluate(pairs, *TABLES[:2], "--json"))["items"]
    assert "au_mse" in item["figures"] and not {"identity_l2", "pose_rmse"} & set(item["figures"])
    assert "no face found in the edited picture" in item["problems"]


@pytest.mark.parametrize("tables", [TABLES, TABLES[:2], []], ids=["all", "one", "none"])
def test_what_needs_a_face_in_the_source_is_one_problem(evaluate, faceless, tables):
    result = evaluate(write_pairs(faceless / "p.csv", {"source": "flat.png", "edited": "flatter.png", "AU12": 2}), *tables, "--json")
    [item] = method(result)["items"]
    assert result.code == 1 and item["problems"] == ["flat.png: no face found in the source"]
    missing = {"au_mse", "identity_l2", "pose_rmse"} - set(item["figures"])
    assert missing == {6: set(), 2: {"identity_l2", "pose_rmse"}, 0: {"au_mse", "identity_l2", "pose_rmse"}}[len(tables)]
    assert "background_rmse" not in item["figures"]


def test_a_mask_that_is_given_is_not_the_parser_s(evaluate, faceless):
    rows = [{"source": "me.png", "edited": name, "AU12": 2, "mask": "me.png"} for name in ("made.png", "copy.png")]
    estimators = json.loads(evaluate(write_pairs(faceless / "p.csv", *rows), "--json").out)["estimators"]
    assert estimators["face_mask"] == "column mask"
    del rows[1]["mask"]
    estimators = json.loads(evaluate(write_pairs(faceless / "p.csv", *rows), "--json").out)["estimators"]
    assert re.fullmatch(r"test@1 face_parser [0-9a-f]{8}, column mask", estimators["face_mask"])
