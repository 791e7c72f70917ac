# SPDX-License-Identifier: Apache-2.0
"""cmake/LibTorch.cmake links a LibTorch that was built for CUDA where there is no CUDA toolkit, and its CUDA part is loaded."""
import subprocess
from pathlib import Path

import pytest

CMAKE = Path(__file__).resolve().parents[2] / "cmake"
WHEEL = ".venv/lib/python3.11/site-packages/torch"
PROJECT = f"""
cmake_minimum_required(VERSION 3.21)
project(user LANGUAGES CXX)
include({CMAKE}/LibTorch.cmake)
add_executable(user main.cpp)
target_link_libraries(user magicface_torch)
"""
MAIN = '#include <torch/script.h>\n#include <torch/torch.h>\nint main() { return answer() == 42 ? 0 : 1; }\n'


def compile_library(folder: Path, name: str, source: str, *needed: str) -> None:
    (folder / f"{name}.cpp").write_text(source)
    subprocess.run(["c++", "-shared", "-fPIC", "-o", folder / f"lib{name}.so", folder / f"{name}.cpp", f"-L{folder}", "-Wl,--no-as-needed",
                    *(f"-l{library}" for library in needed), "-Wl,-rpath,$ORIGIN"], check=True)


@pytest.fixture
def libtorch(tmp_path: Path) -> Path:
    """What a wheel for CUDA holds, as far as linking sees: libtorch.so is empty but loads the CUDA part, and Torch's own configuration wants a toolkit."""
    root = tmp_path / "project" / WHEEL
    lib, include, config = root / "lib", root / "include", root / "share" / "cmake" / "Torch"
    for folder in (lib, include / "torch", include / "torch/csrc/api/include/torch", config):
        folder.mkdir(parents=True)
    (include / "torch" / "script.h").write_text("int answer();\n")
    (include / "torch/csrc/api/include/torch/torch.h").write_text("")
    (config / "TorchConfig.cmake").write_text('message(FATAL_ERROR "no CUDA toolkit")\n')
    compile_library(lib, "c10", "int base() { return 42; }\n")
    compile_library(lib, "torch_cpu", "int base();\nint answer() { return base(); }\n", "c10")
    compile_library(lib, "torch_cuda", '#include <cstdio>\nstruct Hooks { Hooks() { std::puts("CUDA part"); } } hooks;\n', "torch_cpu")
    compile_library(lib, "torch", "", "torch_cpu", "torch_cuda")
    return root


def configured(project: Path, *options: str) -> subprocess.CompletedProcess:
    project.mkdir(exist_ok=True)
    (project / "CMakeLists.txt").write_text(PROJECT)
    (project / "main.cpp").write_text(MAIN)
    return subprocess.run(["cmake", "-S", project, "-B", project / "build", *options], capture_output=True, text=True)


def output_of_a_build(project: Path, *options: str) -> str:
    done = configured(project, *options)
    assert done.returncode == 0, done.stderr
    subprocess.run(["cmake", "--build", project / "build"], check=True, capture_output=True)
    return subprocess.run([project / "build" / "user"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("named", [None, "CMAKE_PREFIX_PATH={root}", "CMAKE_PREFIX_PATH={root}/share/cmake", "Torch_DIR={root}/share/cmake/Torch"])
def test_a_libtorch_for_cuda_is_linked_without_a_toolkit(libtorch: Path, tmp_path: Path, named: str | None) -> None:
    project = tmp_path / ("elsewhere" if named else "project")
    assert output_of_a_build(project, *([f"-D{named.format(root=libtorch)}"] if named else [])) == "CUDA part\n"


def test_a_path_with_a_space_is_linked(libtorch: Path, tmp_path: Path) -> None:
    project = (tmp_path / "project").rename(tmp_path / "a clone")
    assert output_of_a_build(project) == "CUDA part\n"


def test_a_missing_libtorch_is_named_with_its_remedy(tmp_path: Path) -> None:
    done = configured(tmp_path / "project")
    assert done.returncode != 0
    assert "scripts/quickstart.sh" in done.stderr and "-DCMAKE_PREFIX_PATH=DIR" in done.stderr
