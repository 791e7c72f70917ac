# SPDX-License-Identifier: Apache-2.0
"""The C++ sources are laid out as .clang-format says, by the version that requirements.txt pins."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("benchmarks", "examples", "include", "src", "tests")
CLANG_FORMAT = Path(sys.executable).parent / "clang-format"


def wrong(files: list[Path]) -> set[str]:
    """Files that clang-format would change."""
    done = subprocess.run([CLANG_FORMAT, "--dry-run", *files], capture_output=True, text=True, check=True)
    return {line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line}


def test_sources_are_formatted() -> None:
    files = [file for folder in FOLDERS for kind in ("*.cpp", "*.hpp") for file in (ROOT / folder).rglob(kind)]
    assert len(files) > 400
    assert not wrong(files), "git ls-files '*.cpp' '*.hpp' | xargs .venv/bin/clang-format -i"


def test_a_file_that_is_not_formatted_is_found(tmp_path: Path) -> None:
    (tmp_path / ".clang-format").write_text((ROOT / ".clang-format").read_text())
    file = tmp_path / "wide.cpp"
    file.write_text("int  f( ) {return 1;}\n")
    assert wrong([file]) == {str(file)}
