# SPDX-License-Identifier: Apache-2.0
"""`eval` and `eval plan`, with the tiny bundle on a sample portrait; figures against an independent NumPy/SciPy computation."""
import csv
import json
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from eval_files import UNITS, method, write_pairs
from PIL import Image
from scipy.ndimage import gaussian_filter

def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(float) / 255


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """As skimage.metrics.structural_similarity(gaussian_weights=True, use_sample_covariance=False, sigma=1.5, channel_axis=2,
    data_range=1) computes it."""
    def blur(x):
        return gaussian_filter(x, 1.5, truncate=3.5)

    values = []
    for x, y in zip(np.moveaxis(a, 2, 0), np.moveaxis(b, 2, 0)):
        mx, my = blur(x), blur(y)
        vx, vy, cov = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
        c1, c2 = 0.01 ** 2, 0.03 ** 2
        values.append((((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2)))[5:-5, 5:-5].mean())
    return float(np.mean(values))


def test_an_unedited_copy_has_background_pose_and_identity_of_exactly_0(evaluate, faces):
    result = evaluate(write_pairs(faces / "p.csv", {"source": "me.png", "edited": "copy.png", "AU12": 0}), "--json")
    assert result.code == 0, result.err
    figures = method(result)["figures"]
    for key in ("background_rmse", "pose_rmse", "identity_l2", "au_mse", "untouched"):
        assert figures[key]["value"] == 0, key
    assert "direction" not in figures, "nothing was meant to move"


def test_figures_agree_with_numpy(evaluate, tiny, bundle, faces):
    """Mask, truth and intensities come from files, so that every step is done twice."""
    mask = np.zeros(pixels(faces / "me.png").shape[:2], np.uint8)
    mask[40:200, 60:180] = 255
    Image.fromarray(mask).save(faces / "mask.png")
    rng = np.random.default_rng(1)
    before, after = rng.uniform(0, 5, (2, 12)).round(3)
    with (faces / "aus.csv").open("w") as file:
        file.write("file," + ",".join(f"AU{unit[2:]:0>2}_r" for unit in UNITS) + "\n")
        for name, values in (("me.png", before), ("made.png", after)):
            file.write(name + "," + ",".join(map(str, values)) + "\n")
    variation = np.array([3, 0, -2, 0, 0, 0, 4, 0, 0, 0, 0, -1.5])
    row = {"source": "me.png", "edited": "made.png", "mask": "mask.png", "truth": "me.png", **dict(zip(UNITS, variation))}
    result = evaluate(write_pairs(faces / "p.csv", row), "--au-table", "aus.csv", "--json")
    assert result.code == 0, result.err
    [item], figures = method(result)["items"], {key: value["value"] for key, value in method(result)["figures"].items()}

    a, b = pixels(faces / "me.png"), pixels(faces / "made.png")
    intended = np.clip(before + variation, 0, 5)
    meant = np.abs(intended - before) >= 0.5
    pose = [tiny("estimate", "--bundle", bundle, "--in", faces / name, "--json").objects[0]["pose"] for name in ("me.png", "made.png")]
    expected = {
        "au_mse": np.mean((after - intended) ** 2),
        "background_rmse": np.sqrt(np.mean((a - b)[mask == 0] ** 2)),
        "direction": np.mean(np.sign(after - before)[meant] == np.sign(intended - before)[meant]),
        "untouched": np.mean(np.abs(after - before)[variation == 0]),
        "psnr": -10 * np.log10(np.mean((a - b) ** 2)),
        "ssim": ssim(a, b),
        "pose_rmse": np.sqrt(np.mean([(pose[0][axis] - pose[1][axis]) ** 2 for axis in ("pitch", "yaw", "roll")])),
    }
    for key, value in expected.items():
        assert figures[key] == pytest.approx(value, abs=1e-6), key
        assert item["figures"][key] == pytest.approx(value, abs=1e-6), key
    for unit, error in zip(UNITS, (after - intended) ** 2):
        assert figures[f"au_mse/{unit}"] == pytest.approx(error, abs=1e-6)
    assert "aus.csv" in json.loads(result.out)["estimators"]["au"]


def test_tables_replace_identity_and_pose(evaluate, tiny, bundle, faces):
    """dlib's vectors by a CSV, OpenFace's pose in radians, others' in degrees: all the same figures by NumPy."""
    rng = np.random.default_rng(2)
    vectors, angles = rng.normal(0, 0.1, (2, 128)).round(6), rng.uniform(-0.3, 0.3, (2, 3)).round(6)
    names = ("me.png", "made.png")
    with (faces / "dlib.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", *range(128)], *([name, *vector] for name, vector in zip(names, vectors))])
    with (faces / "radians.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "pose_Rx", "pose_Ry", "pose_Rz"], *([name, *pose] for name, pose in zip(names, angles))])
    (faces / "degrees").mkdir()
    for name, pose in zip(names, np.degrees(angles)):
        (faces / "degrees" / name.replace("png", "csv")).write_text("frame,roll,pitch,yaw\n1," + ",".join(map(str, pose[[2, 0, 1]])) + "\n")
    pairs = write_pairs(faces / "p.csv", {"source": "me.png", "edited": "made.png", "AU12": 2})
    for table in ("radians.csv", "degrees"):
        result = evaluate(pairs, "--identity-table", "dlib.csv", "--pose-table", table, "--json")
        assert result.code == 0, result.err
        figures = method(result)["figures"]
        assert figures["identity_l2"]["value"] == pytest.approx(np.linalg.norm(vectors[0] - vectors[1]), abs=1e-9)
        assert figures["pose_rmse"]["value"] == pytest.approx(np.sqrt(np.mean((angles[0] - angles[1]) ** 2)), abs=1e-9)
        estimators = json.loads(result.out)["estimators"]
        assert re.fullmatch(r"table dlib\.csv [0-9a-f]{8}", estimators["identity"]) and table in estimators["pose"]
    shown = tiny("estimate", "--bundle", bundle, "--in", "me.png", "--in", "made.png", "--columns", "libreface")
    (faces / "ours.csv").write_text(shown.out)
    by_table, by_bundle = (method(evaluate(pairs, *flags, "--json"))["figures"]["pose_rmse"]["value"]
                           for flags in (["--pose-table", "ours.csv"], []))
    assert by_table == pytest.approx(by_bundle, abs=1e-3), "the tables of estimate are read, too"


def test_the_documented_dlib_snippet_runs_on_the_documented_protocol(make_picture, tmp_path, monkeypatch):
    """Beside a plan and records, with a picture of two faces and one of none; dlib's wrapper is made up."""
    for name in ("people/none.png", "people/two.JPG", "run/one.png"):
        make_picture(tmp_path / name, 1, (8, 8))
    for name in ("people/plan.jsonl", "run/records.jsonl"):
        (tmp_path / name).touch()
    places = {"none": [], "two": [(0, 2, 2, 0), (0, 8, 5, 3)], "one": [(1, 2, 3, 0)]}  # top, right, bottom, left

    def load(name: str) -> str:
        Image.open(name)  # raises for a plan
        return next(stem for stem in places if stem in name)

    monkeypatch.setitem(sys.modules, "face_recognition", types.SimpleNamespace(
        load_image_file=load, face_locations=places.get, face_encodings=lambda image, known: [np.full(128, sum(place)) for place in known]))
    monkeypatch.chdir(tmp_path)
    [snippet] = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(), re.S)
    exec(snippet, {})
    header, *rows = csv.reader((tmp_path / "dlib.csv").open())
    assert header == ["file", *map(str, range(128))]
    assert sorted((row[0], float(row[1]), len(row)) for row in rows) == [("people/two.JPG", 16, 129), ("run/one.png", 6, 129)]


@pytest.mark.parametrize(("flag", "text", "word"), [
    ("--identity-table", "file,a\nme.png,1\n", "made.png"), ("--identity-table", "name,a\nme.png,1\n", "a number"),
    ("--identity-table", "file\nme.png\n", "vector"), ("--identity-table", "file,a\nme.png,x\n", "expected a number, got 'x'"),
    ("--identity-table", "a,b\n1,2\n", "file, filename"),
    ("--pose-table", "file,pitch,yaw\nme.png,1,2\n", "LibreFace's own aren't angles"), ("--pose-table", "file,pitch,yaw,roll\nme.png,1,2\n", "4 fields"),
])
def test_wrong_tables_are_named(evaluate, faces, flag, text, word):
    (faces / "t.csv").write_text(text)
    pairs = write_pairs(faces / "p.csv", {"source": "me.png", "edited": "made.png", "AU12": 2})
    result = evaluate(pairs, flag, "t.csv")
    assert result.code in (1, 2) and word in result.err, result.err


def test_a_missing_row_costs_its_own_figure_only(evaluate, faces):
    """The source has no vector, the edited picture no angles: its intensities are measured all the same."""
    (faces / "v.csv").write_text("file,a\nmade.png,1\n")
    (faces / "p.csv").write_text("file,pitch,yaw,roll\nme.png,1,2,3\n")
    result = evaluate(write_pairs(faces / "pairs.csv", {"source": "me.png", "edited": "made.png", "AU12": 2}),
                      "--identity-table", "v.csv", "--pose-table", "p.csv", "--json")
    assert result.code == 1
    [item] = method(result)["items"]
    assert {"au_mse", "direction", "background_rmse"} <= set(item["figures"]) and not {"identity_l2", "pose_rmse"} & set(item["figures"])
    for picture, flag in (("me.png", "--identity-table"), ("made.png", "--pose-table")):
        [problem] = [problem for problem in item["problems"] if flag in problem]
        assert picture in problem
        [line] = [line for line in result.err.splitlines() if flag in line]
        assert line.count(".png") == 1 and f" {picture}: " in line, "one picture is named, the one without a row"


def test_the_estimator_s_intensities_are_those_of_estimate(evaluate, tiny, bundle, faces):
    result = evaluate(write_pairs(faces / "p.csv", {"source": "me.png", "edited": "made.png", "AU4": 2}), "--json")
    [item] = method(result)["items"]
    for name, key in (("me.png", "au_before"), ("made.png", "au_after")):
        [shown] = tiny("estimate", "--bundle", bundle, "--in", name, "--json").objects
        assert item[key] == pytest.approx(shown["au"], abs=6e-4)
    assert item["au_intended"]["AU4"] == pytest.approx(min(item["au_before"]["AU4"] + 2, 5))
    estimators = json.loads(result.out)["estimators"]
    assert re.fullmatch(r"test@1 au_estimator [0-9a-f]{8}", estimators["au"]) and estimators["pose"] and estimators["identity"]


def test_problems_are_counted_and_named(evaluate, faces):
    Image.new("RGB", Image.open(faces / "me.png").size, (128, 128, 128)).save(faces / "flat.png")
    Image.open(faces / "me.png").resize((200, 200)).save(faces / "small.png")
    names = ("copy.png", "gone.png", "flat.png", "small.png")
    result = evaluate(write_pairs(faces / "p.csv", *({"source": "me.png", "edited": name, "AU1": 1} for name in names)), "--json")
    assert result.code == 1
    assert method(result)["pairs"] == 4 and method(result)["problems"] == 3
    for name, reason in (("gone.png", ""), ("flat.png", "no face"), ("small.png", "200 x 200")):
        assert sum(name in line and reason in line for line in result.err.splitlines()) == 1, result.err
    gone, flat, small = method(result)["items"][1:]
    assert gone["figures"] == {}
    assert set(flat["figures"]) == {"background_rmse"}
    assert "au_mse" in small["figures"] and "background_rmse" not in small["figures"]


def test_order_of_rows_does_not_matter(evaluate, faces):
    edits = (("copy.png", 2), ("made.png", -1), ("copy.png", 4))
    rows = [{"source": "me.png", "edited": name, "AU12": value} for name, value in edits]
    first, second = (method(evaluate(write_pairs(faces / "p.csv", *order), "--json"))["figures"] for order in (rows, rows[::-1]))
    assert first.keys() == second.keys()
    for key in first:
        assert first[key] == pytest.approx(second[key], abs=1e-12)


def test_several_methods_side_by_side_in_every_format(evaluate, faces):
    for name in ("A", "B"):
        write_pairs(faces / f"{name}.csv", {"source": "me.png", "edited": "made.png" if name == "A" else "copy.png", "AU12": 2})
    files = [f"t.{extension}" for extension in ("txt", "md", "tex", "csv", "json", "svg", "png")]
    result = evaluate("A.csv", "Theirs=B.csv", *(part for file in files for part in ("--out", file)))
    assert result.code == 0, result.err
    assert result.out == (faces / "t.txt").read_text()
    assert re.search(r"^A +\d", result.out, re.M) and re.search(r"^Theirs +\d", result.out, re.M)
    assert "| Theirs |" in (faces / "t.md").read_text() and "Theirs &" in (faces / "t.tex").read_text()
    assert len(list(csv.reader((faces / "t.csv").open()))) > 20
    assert "<svg" in (faces / "t.svg").read_text() and Image.open(faces / "t.png").size[0] > 500
    again = evaluate("A.csv", "--out", "t.svg")
    assert again.code == 1 and "--overwrite" in again.err


def test_methods_of_different_edits_are_warned_of(evaluate, tmp_path):
    for name, text in (("me", "me"), ("copy", "me"), ("you", "you")):
        (tmp_path / f"{name}.png").write_text(text)
    edits = [{"source": f"{source}.png", "edited": "made.png", "AU12": value} for source, value in
             (("me", 1), ("me", 2), ("copy", 1), ("copy", 2), ("copy", 3), ("you", 2))]
    for name, rows in (("A", edits[:2]), ("Same", edits[2:4]), ("Other", edits[3:])):
        write_pairs(tmp_path / f"{name}.csv", *rows)
    warnings = [line for line in evaluate("A.csv", "Same.csv", "Other.csv").err.splitlines() if "expected the edits of" in line]
    assert len(warnings) == 1, warnings
    assert "Other: expected the edits of A, got 2 that it lacks, and none of 1 that it has" in warnings[0]


@pytest.mark.parametrize(("text", "word"), [
    ("source,edited,AU3\na.png,b.png,1\n", "AU3"), ("source,AU1\na.png,1\n", "edited"),
    ("source,edited,AU1,AU01\na.png,b.png,1,2\n", "AU1 and AU01"), ("source,edited,AU1,source\na.png,b.png,1,c.png\n", "source and source"),
    ("source,edited,AU1\na.png,b.png,much\n", "much"), ("source,edited,AU1\na.png,b.png\n", "3 fields"),
])
def test_a_wrong_csv_is_a_usage_error(evaluate, faces, text, word):
    (faces / "p.csv").write_text(text)
    result = evaluate("p.csv")
    assert result.code == 2 and word in result.err and len(result.err.splitlines()) == 1


def test_missing_inputs(evaluate, faces):
    assert evaluate("gone.csv").code == 3
    assert evaluate().code == 2
    write_pairs(faces / "p.csv", {"source": "me.png", "edited": "copy.png", "AU1": 0})
    assert evaluate("p.csv", "--out", "t.xlsx").code == 2
    assert evaluate("p.csv", "--truth", "gone").code == 3


def test_plan_is_the_paper_s_protocol(tiny, bundle, make_picture, tmp_path):
    for number in range(21):
        make_picture(tmp_path / "people" / f"{number:02}.png", number, (8, 8))
    result = tiny("eval", "plan", "--bundle", bundle, "--in", "people", "--out", "plan.jsonl")
    assert result.code == 0 and result.paths == ["plan.jsonl"] and "8940" in result.err
    lines = [json.loads(line) for line in (tmp_path / "plan.jsonl").read_text().splitlines()]
    assert len(lines) == 20 and all((tmp_path / line["input"]).is_file() for line in lines)
    edits = lines[0]["au"]
    assert all(line["au"] == edits for line in lines)
    single = [edit for edit in edits if len(edit) == 1]
    assert {(unit, value) for edit in single for unit, value in edit.items()} == {(u, v) for u in UNITS for v in (1, 2, 3, 4, 5)}
    combinations = [edit for edit in edits if len(edit) > 1]
    assert len(combinations) == len({json.dumps(edit) for edit in combinations}) == 387
    assert all(2 <= len(edit) <= 4 and all(0 < abs(value) <= 5 for value in edit.values()) for edit in combinations)


def test_plan_depends_on_the_seed_alone(tiny, bundle, make_picture, tmp_path):
    make_picture(tmp_path / "a.png", 1, (8, 8))
    plan = ["eval", "plan", "--bundle", bundle, "--in", "a.png", "--people", 1, "--combinations", 9, "--levels", "-3,3"]
    for name, seed in (("1", 5), ("2", 5), ("3", 6)):
        assert tiny(*plan, "--seed", seed, "--out", name).code == 0
    first, second, third = ((tmp_path / name).read_text() for name in "123")
    assert first == second != third
    assert len(json.loads(first)["au"]) == 24 + 9
    assert tiny(*plan, "--out", "1").code == 1, "an existing plan stays"
    assert tiny("eval", "plan", "--bundle", bundle, "--in", "a.png").code == 3, "20 people are asked for"


def test_a_target_s_intended_intensities_are_the_target(embedded, sample, tmp_path):
    """The record of a target says what was asked for; what the model was given depends on the face."""
    assert embedded.edit("--in", sample, "--target", "AU12=3", "--preset", "surprise", "--out", "run").code == 0
    result = embedded("eval", "run", "--json")
    assert result.code == 0, result.err
    target, preset = method(result)["items"]
    assert target["au_intended"]["AU12"] == pytest.approx(3, abs=2e-3)
    others = [unit for unit in UNITS if unit != "AU12"]
    assert all(target["au_intended"][unit] == pytest.approx(target["au_before"][unit]) for unit in others)
    assert len(preset["au"]) > 1
    assert embedded("report", "run").code == 0
    page = (tmp_path / "report.html").read_text()
    data = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    assert [item["edit"] for item in data["items"]] == ["AU12@3", "surprise"]
    assert data["items"][0]["readings"]["intended"]["AU12"] == pytest.approx(3, abs=2e-3)


def test_the_faces_that_were_edited_are_the_ones_that_are_measured(tiny, bundle, sample, evaluate, tmp_path):
    """Two faces side by side: --face 2 measures the second, --face all both."""
    first, second = (np.asarray(Image.open(path).convert("RGB").resize((512, 512))) for path in (sample, sample.with_name("portrait-2.png")))
    for name, pictures in (("two", (first, second)), ("one", (second,))):
        Image.fromarray(np.concatenate(pictures, 1)).save(tmp_path / f"{name}.png")
    assert [shown["face"] for shown in tiny("estimate", "--bundle", bundle, "--in", "two.png", "--json").objects] == [1, 2]
    for face in ("1", "2", "all"):
        assert tiny.edit("--in", "two.png", "--au", "AU12=3", "--face", face, "--out", f"face{face}").code == 0
    left, right, both = (method(evaluate(f"face{face}", "--json")) for face in ("1", "2", "all"))
    befores = [run["items"][0]["au_before"]["AU12"] for run in (left, right)]
    shown = [face["au"]["AU12"] for face in tiny("estimate", "--bundle", bundle, "--in", "two.png", "--json").objects]
    assert befores == pytest.approx(shown, abs=6e-4)
    assert both["problems"] == 0
    assert tiny.edit("--in", "two.png", "--target", "AU12=3", "--face", "all", "--out", "target").code == 0
    target = method(evaluate("target", "--json"))
    assert target["items"][0]["au_before"]["AU12"] == pytest.approx(shown[0], abs=6e-4)
    assert target["items"][0]["au_intended"]["AU12"] == pytest.approx(3, abs=2e-3), "each face by its own variation"
    one_face, two_faces = (run["figures"]["identity_l2"]["value"] for run in (right, both))
    assert one_face > 0 and two_faces > 0
    backgrounds = [run["figures"]["background_rmse"]["value"] for run in (left, right, both)]
    assert backgrounds[2] < 1.5 * np.hypot(*backgrounds[:2]), "what is edited in the other face is no background"


def test_from_edit_to_report(embedded, sample, tmp_path):
    """A run of our own through all four commands, by its records."""
    edits = ["--in", sample, "--au", "AU12=3", "--au", "AU4=-2"]
    assert embedded.edit(*edits, "--out", "run").code == 0
    result = embedded("eval", "run", "--json", "--out", "figures.json")
    assert result.code == 0, result.err
    assert method(result)["name"] == "run" and method(result)["pairs"] == 2
    [slashed] = json.loads(embedded("eval", "run/", "--json").out)["methods"]
    assert [item["name"] for item in slashed["items"]] == ["run item 1", "run item 2"]
    assert [item["au"] for item in method(result)["items"]] == [{"AU12": 3}, {"AU4": -2}]
    assert method(result)["figures"]["background_rmse"]["value"] > 0
    assert embedded("check", "run", "stored", "--update").code == 0
    assert embedded.edit(*edits, "--out", "again").code == 0
    same = embedded("check", "again", "stored")
    assert same.code == 0, same.out
    assert embedded.edit(*edits, "--seed", 9, "--out", "other").code == 0
    drift = embedded("check", "other", "stored")
    assert drift.code == 1 and "seed: expected 424, got 9" in drift.out and "pixels: largest difference" in drift.out
    assert embedded("report", "run", "--figures", "figures.json").code == 0
    assert "identity_l2" in (tmp_path / "report.html").read_text()
