# SPDX-License-Identifier: Apache-2.0
"""Completions name every flag that help shows, and the bash one works."""
import re
import subprocess

import pytest
from conftest import ROOT

FOLDER = ROOT / "completions"


@pytest.fixture(scope="module")
def flags(executable) -> set[str]:
    """Every flag that some command's help shows."""
    commands = [["edit", "--help-batch"]]
    commands += [[*command, "--help"]
                 for command in (["edit"], ["estimate"], ["parse"], ["merge"], ["eval"], ["eval", "plan"], ["eval", "sweep"], ["check"], ["report"], ["bench"],
                                  ["bundle", "list"], ["bundle", "show"])]
    shown = " ".join(subprocess.run([executable, *command], capture_output=True, text=True, check=True).stdout for command in commands)
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown)) - {"--help-all", "--cfg-scale"}


@pytest.mark.parametrize(("file", "spelling"), [("magicface.bash", "{}"), ("_magicface", "{}"), ("magicface.fish", "-l {}")])
def test_every_flag_is_completed(flags, file, spelling):
    text = (FOLDER / file).read_text()
    absent = [flag for flag in sorted(flags)
              if not re.search(re.escape(spelling.format(flag if spelling == "{}" else flag[2:])) + r"\b", text)]
    assert not absent


@pytest.mark.parametrize(("words", "expected"), [
    (["magicface", "e"], {"edit", "estimate", "eval"}),
    (["magicface", "edit", "--sampler", "d"], {"ddim", "ddpm", "dpmpp_2m"}),
    (["magicface", "edit", "--ou"], {"--out", "--output-pattern"}),
    (["magicface", "bundle", ""], {"list", "show", "verify", "--help"}),
])
def test_bash_completes(words, expected):
    quoted = " ".join(f"'{word}'" for word in words)
    script = (f"source '{FOLDER}/magicface.bash'; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
              "_magicface 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == expected
