# SPDX-License-Identifier: Apache-2.0
"""What every start pays for, what is loaded only when needed, and what a program says of which a part is missing."""
import dataclasses
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import Program, missing


def test_codecs_are_not_among_the_program_s_libraries(executable):
    """Their time isn't asserted: machines are busy. OpenCV's codecs bring a hundred libraries with them."""
    listed = subprocess.run(["ldd", executable], capture_output=True, text=True, check=True, timeout=120).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    assert any(name.startswith("libopencv_core.") for name in names) and "not found" not in listed
    codecs = ("libopencv_imgcodecs", "libopencv_videoio", "libopencv_highgui", "libgdal", "libavcodec")
    assert [name for name in names if name.startswith(codecs)] == []


def alone(program: Program, folder: Path) -> Program:
    """The program's one file, as somebody might copy it."""
    folder.mkdir()
    return dataclasses.replace(program, path=Path(shutil.copy(program.path, folder)))


def test_without_the_bmp_module_only_bmp_fails(uncropped, portrait, tmp_path):
    Image.open(portrait).save(tmp_path / "other.bmp")
    result = alone(uncropped, tmp_path / "alone").edit("--in", "other.bmp", "--in", portrait, "--au", "AU12=1", "--format", "png")
    assert result.code == 1 and result.paths == ["me_AU12+1.png"], result.err
    [line] = [line for line in result.err.splitlines() if "error:" in line]
    assert "other.bmp: BMP can't be read here (magicface_bmp.so isn't there" in line and "convert the picture to PNG" in line


@pytest.mark.parametrize("flags", [["--format", "bmp"], ["--out", "smile.bmp"], ["--grid", "sheet.bmp"]], ids=" ".join)
def test_a_bmp_that_cannot_be_written_is_known_before_a_model_is_loaded(hollow, portrait, tmp_path, flags):
    result = alone(hollow, tmp_path / "alone").edit("--in", portrait, "--au", "AU12=1", *flags)
    assert result.code == 2 and not result.out, result.err
    assert "magicface_bmp.so isn't there" in result.err and "png" in result.err and len(result.err.splitlines()) == 1


def test_the_installed_program_has_all_its_parts(uncropped, portrait, tmp_path):
    build = uncropped.path.parent
    if not (build / "cmake_install.cmake").is_file():
        missing(f"{build} isn't a build folder: nothing to install")
    subprocess.run(["cmake", "--install", build, "--prefix", tmp_path / "usr"], check=True, capture_output=True, timeout=120)
    installed = dataclasses.replace(uncropped, path=tmp_path / "usr" / "bin" / "magicface")
    listed = installed("bundle", "list")
    assert listed.code == 0 and str(tmp_path / "usr" / "share" / "magicface" / "models" / "demo") in listed.out, listed.err
    Image.open(portrait).save(tmp_path / "me.bmp")
    result = installed.edit("--in", "me.bmp", "--in", portrait, "--au", "AU12=1")
    assert result.code == 0 and result.paths == ["me_AU12+1.bmp", "me_AU12+1.png"], result.err
    bmp, png = (np.asarray(Image.open(tmp_path / path)) for path in result.paths)
    assert np.array_equal(bmp, png)
