# SPDX-License-Identifier: Apache-2.0
"""Adding face networks to a bundle: the same code for a new bundle and for one that exists."""
import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import torch

from networks.registry import FACE_NETWORKS, FaceNetwork

from .bundle import Entry, digest, flush, save_module
from .checkpoints import fit, read_state
from .errors import ExportError
from .manifest import join_licences

# OpenCV's own YuNet files: their names, and the OpenCV versions that can run them.
DETECTORS = {
    "50ef07f702a31741ca46a4c0d947773b64143b9362780237bf0d427d6c79bab7": ("face_detection_yunet_2022mar.onnx", "<4.8"),
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4": ("face_detection_yunet_2023mar.onnx", ">=4.8"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The face networks' flags."""
    group = parser.add_argument_group("face networks", "published weight files; each adds one module to the bundle")
    for name, network in FACE_NETWORKS.items():
        group.add_argument(f"--{name.replace('_', '-')}", type=Path, metavar="FILE", help=network.source)
    group.add_argument(
        "--face-detector", type=Path, metavar="FILE", action="append", default=[],
        help="face_detection_yunet_2022mar.onnx (OpenCV below 4.8) or ..._2023mar.onnx (4.8 and later); may be given twice",
    )  # fmt: skip


def chosen(arguments: argparse.Namespace) -> dict[str, Path]:
    """The face networks that were asked for, by their manifest name."""
    return {name: getattr(arguments, name) for name in FACE_NETWORKS if getattr(arguments, name)}


def script(network: FaceNetwork, file: Path) -> torch.jit.ScriptModule:
    """The bundle form of a published file, and a check that it answers as the contract says."""
    net = network.build().eval()
    net.load_state_dict(fit(file, read_state(file, network.inside), net, network.skipped), strict=True)
    module = network.module(net).eval().requires_grad_(False)
    side = network.input_size
    with torch.no_grad():
        if network.traced:
            # check_trace would trace twice to compare; the shape check below uses another batch instead.
            scripted = torch.jit.trace(module, torch.rand(1, 3, side, side), check_trace=False)
        else:
            scripted = torch.jit.script(module)
        output = scripted(torch.rand(2, 3, side, side))
    expected = [2, *network.outputs]
    if list(output.shape) != expected or not bool(output.isfinite().all()):
        raise ExportError(f"{file}: expected a finite output {expected}, actual: {list(output.shape)}, or not finite")
    return scripted


def show_notices(files: dict[str, Path], folder: Path) -> None:
    """Licences that ask to be seen: on the terminal before anything is read, and as a file in the bundle."""
    for name in files:
        notice = FACE_NETWORKS[name].notice
        if notice:
            text = Path(__file__).with_name(notice)
            print(f"{name}: {FACE_NETWORKS[name].licence}\n\n{text.read_text('utf-8')}", file=sys.stderr, flush=True)
            shutil.copyfile(text, folder / notice)


def add_faces(files: dict[str, Path], detectors: list[Path], folder: Path, manifest: dict[str, Any]) -> None:
    """Writes the modules into `folder` and their entries into `manifest`."""
    show_notices(files, folder)
    for name, file in files.items():
        network = FACE_NETWORKS[name]
        print(f"{name}: {file.name}", file=sys.stderr)
        entry = save_module(script(network, file), folder / f"{name}.pt")
        entry |= {"input_size": network.input_size, "licence": network.licence, "source": network.source}
        manifest["modules"][name] = entry | {"made_from": digest(file)}
        manifest.setdefault("alignment", {})[name] = network.alignment
    if detectors:
        add_detectors(detectors, folder, manifest)
    join_licences(manifest)


def add_detectors(files: list[Path], folder: Path, manifest: dict[str, Any]) -> None:
    """Copies YuNet's ONNX files, told apart by their sha256, under OpenCV's names; what other OpenCV versions run stays."""
    added: dict[str, Entry] = {}
    for file in files:
        if not file.is_file():
            raise ExportError(f"{file}: expected an ONNX file, actual: no such file")
        entry = digest(file)
        if entry["sha256"] not in DETECTORS:
            raise ExportError(f"{file}: expected sha256 {' or '.join(DETECTORS)}, actual: {entry['sha256']}")
        name, opencv = DETECTORS[entry["sha256"]]
        if opencv in added:
            raise ExportError(f"{file}: expected one file for OpenCV {opencv}, actual: a second one")
        shutil.copyfile(file, folder / name)
        flush(folder / name)
        added[opencv] = entry | {"file": name, "opencv": opencv}
    before = manifest["modules"].get("face_detector", {"files": []})["files"]
    kept = [entry for entry in before if entry["opencv"] not in added]
    manifest["modules"]["face_detector"] = {"files": [*kept, *added.values()], "licence": "MIT", "source": "opencv_zoo, YuNet"}
