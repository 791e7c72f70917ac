# SPDX-License-Identifier: Apache-2.0
"""What the examples of array jobs say that tests/cli doesn't run: several machines, a second run, failed pods, paths with a space."""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# In place of ssh HOST -- COMMAND: a login begins in the home folder and has a shell, whatever the caller had (CI may have no SHELL).
SSH = '#!/bin/sh\necho "$1" >>{log}\nshift 2\ncd "$HOME" && SHELL=/bin/sh exec sh -c "$*"\n'
# In place of magicface: tells its arguments and where it runs.
STUB = '#!/bin/sh\n(pwd; printf "<%s>" "$@"; echo) >>{log}\n'


def script(file: Path, text: str) -> Path:
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.mark.skipif(shutil.which("parallel") is None, reason="GNU parallel isn't installed (Debian: parallel)")
def test_gnu_parallel_uses_several_machines_that_share_the_folder(tmp_path: Path) -> None:
    ssh = script(tmp_path / "ssh", SSH.format(log=tmp_path / "logins"))
    magicface = script(tmp_path / "magicface", STUB.format(log=tmp_path / "calls"))
    (tmp_path / "machines").write_text("2/one\n2/two\n")
    for folder in ("work", "home"):
        (tmp_path / folder).mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "MAGICFACE": str(magicface), "SHARDS": "4",
                   "PARALLEL": f"--ssh {ssh} --sshloginfile {tmp_path}/machines"}
    subprocess.run([EXAMPLES / "gnu_parallel.sh", "my jobs.jsonl", "made", "--au", "AU12=1"], cwd=tmp_path / "work", env=environment,
                   check=True, capture_output=True, timeout=60)
    folders, calls = (tmp_path / "calls").read_text().splitlines()[::2], (tmp_path / "calls").read_text().splitlines()[1::2]
    assert set(folders) == {str(tmp_path / "work")}
    shard = "<edit><--jobs><my jobs.jsonl><--out><made><--shard><{}/4><--resume><--threads><1><--au><AU12=1>"
    assert sorted(calls[:-1]) == [shard.format(index) for index in (1, 2, 3, 4)]
    assert calls[-1].startswith("<merge>")
    assert set((tmp_path / "logins").read_text().split()) == {"one", "two"}


def test_slurm_records_are_joined_again_after_a_second_run() -> None:
    command = re.search(r"--wrap '(magicface merge .*)'", (EXAMPLES / "slurm_array.sh").read_text())[1]
    assert "--overwrite" in shlex.split(command)


def test_a_failed_picture_fails_its_pod_once_and_no_other() -> None:
    text = (EXAMPLES / "kubernetes_indexed_job.yaml").read_text()
    assert re.search(r"\{action: FailIndex, onExitCodes: \{operator: In, values: \[1\]\}\}", text)
    # Both need pods that aren't started again in place.
    assert re.search(r"^ +backoffLimitPerIndex: \d+$", text, re.M) and re.search(r"^ +restartPolicy: Never$", text, re.M)
    assert not re.search(r"^ +backoffLimit:", text, re.M)


@pytest.mark.skipif(shutil.which("snakemake") is None, reason="Snakemake isn't installed (Debian: snakemake)")
def test_snakemake_takes_paths_with_a_space(tmp_path: Path) -> None:
    # Snakemake looks for what the merge promises.
    magicface = script(tmp_path / "magicface", STUB.format(log=tmp_path / "calls") + 'if [ "$1" = merge ]; then touch "$4"; fi\n')
    (tmp_path / "my jobs.jsonl").touch()
    subprocess.run(["snakemake", "--snakefile", EXAMPLES / "Snakefile", "--cores", "1", "--config", "jobs=my jobs.jsonl", "out=my edits", "shards=1",
                    f"magicface={magicface}", "flags=--au AU12=1"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "calls").read_text().splitlines()[1::2] == [
        "<edit><--jobs><my jobs.jsonl><--out><my edits><--shard><1/1><--resume><--threads><1><--au><AU12=1>",
        "<merge><my edits><--out><my edits/records.jsonl><--overwrite>"]
