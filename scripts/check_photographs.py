# SPDX-License-Identifier: Apache-2.0
"""How far a bundle holds on photographs, of which it has seen none: `check_photographs.py --in photos/`.

Landmarks are compared with the face detector's five points, relative to the distance of the eyes; every action unit is moved
by 3 (down where the portrait shows much of it already), and the bundle's own estimator says whether it went there.
`--renders` gives the landmarks' floor: the same distance of rendered people's exact landmarks, which nobody estimated. Most of it
is what the detector means by a mouth's corner: so the mean offsets of every second render are taken off, too, and what is left is
printed behind the plain distances.
The figures in docs/demo-bundle.md are from this. It needs opencv-python-headless for the five points.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from training import data  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
MUCH, CHANGE = 2.5, 3


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="folder", type=Path, required=True, help="folder of photographs, one face each")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "magicface")
    parser.add_argument("--bundle", type=Path, default=ROOT / "models" / "demo")
    parser.add_argument("--renders", type=Path, metavar="DIR", help="also, first: a folder of render_portraits.py --edit-set")
    parser.add_argument("--out", type=Path, help="folder for the edited pictures (default: none are kept)")
    return parser.parse_args()


def lines(options: argparse.Namespace, *words: object) -> list[dict]:
    command = [options.program, *words, "--bundle", options.bundle, "--json"]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        sys.exit(f"error: {' '.join(str(word) for word in command)} said nothing (exit code {done.returncode})")
    return [json.loads(line) for line in done.stdout.splitlines()]


def five_points(picture: np.ndarray, bundle: Path) -> np.ndarray:
    """Right eye, left eye, tip of the nose, right and left corner of the mouth of the largest face [5, 2]."""
    height, width = picture.shape[:2]
    model = bundle / "face_detection_yunet_2023mar.onnx"
    found = cv2.FaceDetectorYN.create(str(model), "", (width, height), 0.6).detect(picture)[1]
    if found is None:
        return np.full((5, 2), np.nan)
    largest = max(found, key=lambda face: face[2] * face[3])
    return largest[4:14].reshape(5, 2)


def offsets(picture: np.ndarray, points: np.ndarray, bundle: Path) -> np.ndarray:
    """Of landmarks from the detector's points [5, 2], along the eyes' line and across, in distances of the eyes; NaN where it finds no face."""
    ours = np.stack([points[36:42].mean(0), points[42:48].mean(0), points[30], points[48], points[54]])
    wanted = five_points(picture, bundle)
    along = wanted[1] - wanted[0]
    across = np.array([-along[1], along[0]])
    return (ours - wanted) @ np.stack([along, across], 1) / (along @ along)


def error(offset: np.ndarray) -> float:
    """Mean distance of points [..., 5, 2] in percent."""
    return float(100 * np.nanmean(np.linalg.norm(offset, axis=-1)))


def habit_of(renders: Path, bundle: Path) -> np.ndarray:
    """Mean offsets of exact landmarks from the detector's points; prints the floors of both distances."""
    portraits = data.load_edit_set(renders)
    people = np.unique(portraits.before)
    pictures = data.pictures(portraits, people, torch.device("cpu")).permute(0, 2, 3, 1).numpy()[..., ::-1]
    exact = portraits.lm[people] - 0.5  # to the renderer the first pixel's centre lies at 0.5, to the detector at 0
    found = np.stack([offsets(np.ascontiguousarray((255 * picture).round().astype(np.uint8)), points, bundle)
                      for picture, points in zip(pictures, exact)])
    habit = np.nanmean(found[::2], 0)
    print(f"exact landmarks of {np.isfinite(found[:, 0, 0]).sum()} renders: {error(found):.1f} %, without the detector's habits {error(found[1::2] - habit):.1f} %")
    return habit


def check(options: argparse.Namespace, file: Path, out: Path, habit: np.ndarray | None) -> None:
    face = lines(options, "estimate", "--in", file, "--landmarks")[0]
    asked = {unit: -CHANGE if much > MUCH else CHANGE for unit, much in face["au"].items()}
    edits = [word for unit, change in asked.items() for word in ("--au", f"{unit}={change}")]
    moved, others = [], []
    for item in lines(options, "edit", "--in", file, *edits, "--out", out, "--overwrite"):
        [(unit, change)] = item["au"].items()
        changes = {name: item["au_after"][name] - item["au_before"][name] for name in asked}
        moved.append(changes.pop(unit) * np.sign(change))
        others.append(np.abs(list(changes.values())).mean())
    offset = offsets(cv2.imread(str(file)), np.array(face["landmarks"]), options.bundle)
    told = f"{error(offset):4.1f} %" + (f", {error(offset - habit):4.1f} %" if habit is not None else "")
    print(f"{file.stem:16s} landmarks {told} | right way {sum(m > 0.25 for m in moved):2d} of {len(moved)}, by "
          f"{np.mean(moved):4.2f} of {CHANGE} | others {np.mean(others):.2f} | " + " ".join(f"{u} {m:+.1f}" for u, m in zip(asked, moved)))


def main() -> None:
    options = arguments()
    habit = habit_of(options.renders, options.bundle) if options.renders else None
    files = sorted(f for f in options.folder.iterdir() if f.suffix.lower() in (".png", ".jpg", ".jpeg"))
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            check(options, file, options.out or Path(folder), habit)


if __name__ == "__main__":
    main()
