# SPDX-License-Identifier: Apache-2.0
"""`check`: equal runs pass, and every kind of drift is one line and exit 1."""
import json
import shutil

import numpy as np
import pytest
from run_files import record, save, write_run


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(5).integers(40, 200, (48, 64, 3), dtype=np.uint8)


@pytest.fixture
def run(tmp_path, pixels):
    """A run of two edits in run/, and a function that makes it again with changes."""
    source = save(tmp_path / "me.png", pixels)

    def make(shift: int = 0, seed: int = 424, change: float = 0, count: int = 2, folder: str = "run"):
        shutil.rmtree(tmp_path / folder, ignore_errors=True)
        items = []
        for number in range(1, count + 1):
            output = save(tmp_path / folder / "sub" / f"me_{number}.png", pixels + np.uint8(number))
            if number == 2 and shift:
                changed = pixels + np.uint8(number)
                changed[10, 10, 1] += shift
                save(output, changed)
            items.append(record(number, source, output, tmp_path, {"AU12": number}, seed=seed))
            items[-1]["au_change"]["AU12"] += change
        return write_run(tmp_path / folder, tmp_path, items)

    make()
    return make


@pytest.fixture
def accepted(program, run):
    assert program("check", "run", "stored", "--update").code == 0


@pytest.fixture
def check(program, accepted):
    return lambda *arguments: program("check", "run", "stored", *arguments)


def test_an_accepted_run_passes_and_a_run_made_again_too(check, run):
    for _ in range(2):
        result = check()
        assert result.code == 0 and result.out == "", result.out
        run()


def test_every_drift_is_a_line(check, run):
    run(shift=7, seed=9, change=0.5)
    result = check()
    assert result.code == 1
    assert len(result.paths) == 5
    for words in (("sub/me_1.png", "seed", "424", "9"), ("sub/me_2.png", "pixels", "7 of 255"), ("sub/me_1.png", "AU12", "0.5")):
        assert sum(all(word in line for word in words) for line in result.paths) == 1, result.out
    assert [drift["what"] for drift in check("--json").objects].count("seed") == 2


def test_tolerances(check, run, tmp_path):
    run(shift=7, seed=9, change=0.5)
    tolerances = {"ignore": ["seed"], "pixels": {"max_difference": 7}, "au_change": 0.5}
    (tmp_path / "t.json").write_text(json.dumps(tolerances))
    assert check("--tolerances", "t.json").code == 0
    (tmp_path / "t.json").write_text(json.dumps(tolerances | {"pixels": {"min_ssim": 1}}))
    result = check("--tolerances", "t.json")
    assert result.code == 1 and "SSIM" in result.out and len(result.paths) == 1


def test_alpha_is_compared(program, tmp_path, pixels):
    source = save(tmp_path / "me.png", pixels)
    alpha = np.full((*pixels.shape[:2], 1), 200, np.uint8)

    def check(alpha: np.ndarray | None, *flags) -> list[str]:
        output = save(tmp_path / "run" / "out.png", pixels if alpha is None else np.concatenate([pixels, alpha], 2))
        write_run(tmp_path / "run", tmp_path, [record(1, source, output, tmp_path, {"AU12": 1})])
        return program("check", "run", "stored", *flags).paths

    check(alpha, "--update")
    alpha[7, 9] = 203
    assert check(alpha) == ["out.png: alpha: largest difference 3 of 255 (allowed: 0)"]
    (tmp_path / "t.json").write_text('{"pixels": {"max_difference": 3}}')
    assert check(alpha, "--tolerances", "t.json") == []
    assert check(None, "--tolerances", "t.json") == ["out.png: alpha: expected some, got none"]


def test_missing_and_new_items(check, run):
    run(count=1)
    assert check().paths == ["sub/me_2.png: item: stored, and not in the run"]
    run(count=3)
    assert check().paths == ["sub/me_3.png: item: new: not in the stored run"]


def test_update_accepts_and_removes_what_is_gone(check, run, tmp_path):
    (tmp_path / "stored" / "notes.txt").write_text("mine")
    run(count=1, shift=7)
    assert check("--update").code == 0 and check().code == 0
    assert sorted(path.name for path in (tmp_path / "stored").rglob("*") if path.is_file()) == ["me_1.png", "notes.txt", "records.jsonl"]


@pytest.mark.parametrize("flags", [[], ["--figures", "--bundle", "nowhere"]], ids=["a picture is gone", "no figures"])
def test_an_update_that_fails_leaves_the_baseline(check, run, tmp_path, flags):
    run(count=1)
    if not flags:
        (tmp_path / "run" / "sub" / "me_1.png").unlink()
    result = check("--update", *flags)
    assert result.code != 0 and len(result.err.strip().splitlines()) == 1, result.err
    run()
    assert check().code == 0, "the stored run is whole"


def test_a_tampered_baseline_is_found(check, run, tmp_path, pixels):
    save(tmp_path / "stored" / "sub" / "me_1.png", pixels)
    result = check()
    assert result.code == 1 and "--update" in result.out


def test_wrong_usage(check, program, run, tmp_path):
    (tmp_path / "t.json").write_text('{"pixel": 3}')
    result = check("--tolerances", "t.json")
    assert result.code == 2 and "'pixels'" in result.err
    assert program("check", "run", "nowhere").code == 3
    assert program("check", "gone", "stored").code == 3
    assert program("check", "run", "run", "--update").code == 2
    assert (tmp_path / "run" / "sub" / "me_1.png").is_file()


def test_figures_are_compared(program, bundle, sample, tmp_path):
    shutil.copy(sample, tmp_path / "me.png")
    (tmp_path / "run").mkdir()
    shutil.copy(sample, tmp_path / "run" / "out.png")
    item = record(1, tmp_path / "me.png", tmp_path / "run" / "out.png", tmp_path, {"AU12": 1})
    write_run(tmp_path / "run", tmp_path, [item])
    flags = ["--figures", "--bundle", bundle]
    result = program("check", "run", "stored", "--update", *flags)
    assert result.code == 0, result.err
    assert program("check", "run", "stored", *flags).code == 0
    stored = tmp_path / "stored" / "figures.json"
    figures = json.loads(stored.read_text())
    assert str(tmp_path) not in stored.read_text()
    figures["methods"][0]["figures"]["background_rmse"]["value"] = 0.25
    stored.write_text(json.dumps(figures))
    result = program("check", "run", "stored", *flags)
    assert result.code == 1 and len(result.paths) == 1 and "figures: background_rmse: expected 0.25, got 0" in result.out


def test_update_never_leaves_the_stored_run(program, tmp_path, pixels):
    source, mine = save(tmp_path / "me.png", pixels), save(tmp_path / "other" / "two.png", pixels)
    inside = save(tmp_path / "run" / "one.png", pixels)
    items = [record(number, source, output, tmp_path, {"AU12": number}) for number, output in ((1, inside), (2, mine))]
    items[1]["output"] = "run/../other/two.png"
    write_run(tmp_path / "run", tmp_path, items)
    result = program("check", "run", "stored", "--update")
    assert result.code == 2 and "inside the run's folder" in result.err, result.err
    assert not (tmp_path / "stored").exists()


def test_update_keeps_outputs_of_one_name_apart(program, tmp_path, pixels):
    source = save(tmp_path / "me.png", pixels)
    outputs = [save(tmp_path / "out" / who / "s.png", pixels + np.uint8(shift)) for shift, who in enumerate(("anna", "bert"))]
    write_run(tmp_path / "logs", tmp_path, [record(n, source, output, tmp_path, {"AU12": n}) for n, output in enumerate(outputs, 1)])
    assert program("check", "logs", "stored", "--update").code == 0
    result = program("check", "logs", "stored")
    assert result.code == 0, result.out
    assert (tmp_path / "stored" / "bert" / "s.png").read_bytes() == outputs[1].read_bytes()
