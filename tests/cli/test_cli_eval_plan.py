# SPDX-License-Identifier: Apache-2.0
"""What `eval plan` and `eval sweep` refuse before anything is written."""
import pytest


@pytest.fixture
def plan(tiny, bundle, make_picture, tmp_path):
    """`eval plan` of one portrait; flags before the word `plan`, and behind it."""
    make_picture(tmp_path / "a.png", 1, (8, 8))
    return lambda *flags, before=(): tiny("eval", *before, "plan", "--bundle", bundle, "--in", "a.png", "--people", 1, *flags)


@pytest.mark.parametrize(("levels", "word"), [("3,3", "3 twice"), ("1,2,1.0", "1 twice"), ("nan", "nan"), ("0", "but 0"), ("11", "got 11")])
def test_levels_of_which_every_line_would_fail(plan, tmp_path, levels, word):
    result = plan("--levels", levels)
    assert result.code == 2 and "--levels" in result.err and word in result.err, result.err
    assert not (tmp_path / "plan.jsonl").exists()


@pytest.mark.parametrize(("before", "word"), [
    (["--seed", 5], "--seed"), (["--out", "x.json"], "--out"), (["--json"], "--json"), (["--bundle", "demo"], "--bundle"),
    (["--overwrite"], "--overwrite"), (["run/"], "run/"), (["--threads", 1], "--threads"),
])
def test_flags_before_the_word_would_do_nothing(plan, tiny, tmp_path, before, word):
    for result in (plan(before=before), tiny("eval", *before, "sweep", "--jobs", "plan.jsonl", "--steps", "1,2")):
        assert result.code == 2 and f"got {word} before" in result.err and len(result.err.splitlines()) == 1, result.err
    assert not (tmp_path / "plan.jsonl").exists()


def test_flags_of_the_log_hold_wherever_they_stand(plan, tmp_path):
    result = plan(before=["--quiet"])
    assert result.code == 0 and result.err == ""
    assert plan("--overwrite", before=["--log-level", "error"]).err == ""
