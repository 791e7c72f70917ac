# SPDX-License-Identifier: Apache-2.0
"""`eval` with tables of other programs in which some pictures have no values, or of pictures in which we see no face."""
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
