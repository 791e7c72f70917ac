# SPDX-License-Identifier: Apache-2.0
"""`--fast` and `--best`: names for a sampler and a number of steps, and records that say what they stood for."""
import json

import pytest


@pytest.fixture
def plain(uncropped):
    """Without the fixture's own --steps."""
    at = uncropped.flags.index("--steps")
    uncropped.flags[at:at + 2] = []
    return uncropped


@pytest.mark.parametrize("preset", ["--fast", "--best"])
def test_a_preset_is_what_help_says_it_is(plain, portrait, tmp_path, preset):
    [line] = [line for line in plain("edit", "--help").out.splitlines() if line.strip().startswith(preset)]
    words = line.split()
    sampler, steps = words[words.index("--sampler") + 1], words[words.index("--steps") + 1]
    plain.edit("--in", portrait, "--au", "AU12=3", preset, "--out", "preset")
    plain.edit("--in", portrait, "--au", "AU12=3", "--sampler", sampler, "--steps", steps, "--out", "spelled")
    made = [(tmp_path / name / "me_AU12+3.png").read_bytes() for name in ("preset", "spelled")]
    assert made[0] == made[1]
    [item] = [json.loads(line) for line in (tmp_path / "preset" / "records.jsonl").read_text().splitlines() if '"item"' in line and
              json.loads(line)["event"] == "item"]
    assert (item["parameters"]["sampler"], item["parameters"]["steps"]) == (sampler, int(steps))


def test_best_takes_more_steps_than_fast(plain):
    steps = {}
    for line in plain("edit", "--help").out.splitlines():
        words = line.split()
        if words and words[0] in ("--fast", "--best"):
            steps[words[0]] = int(words[words.index("--steps") + 1])
    assert steps["--fast"] < steps["--best"]


@pytest.mark.parametrize(("flags", "words"), [
    (["--fast", "--best"], ["--fast", "--best"]),
    (["--fast", "--steps", "5"], ["--fast", "--steps"]),
    (["--best", "--sampler", "ddim"], ["--best", "--sampler"]),
    (["--best", "--eta", "0.5"], ["--best", "--eta"]),
    (["--fast", "--inference_steps", "5"], ["--fast", "--steps"]),
])
def test_contradictions_are_refused_by_name(plain, portrait, flags, words):
    result = plain.edit("--in", portrait, "--au", "AU12=3", *flags)
    assert result.code == 2 and all(word in result.err for word in words), result.err
