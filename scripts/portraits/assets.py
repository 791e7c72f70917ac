# SPDX-License-Identifier: Apache-2.0
"""Reads the shapes. They are not part of the project; `WHERE_TO_GET` says where they come from."""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WHERE_TO_GET = """The shapes are not part of this repository. The folder given as --assets needs
  ict_facekit/face_model.npz, landmarks.json
      made from FaceXModel/*.obj of ICT-VGL/ICT-FaceKit on GitHub (MIT)
  makehuman/3dobjs/base.obj and makehuman/hair/*.obj with their *.mhclo
      from makehumancommunity/makehuman and makehumancommunity/makehuman-assets on GitHub (CC0)
docs/renderer.md describes the arrays of face_model.npz."""

# Kinds of surface. The shaders know the same numbers.
FACE, BACK_OF_HEAD, MOUTH_SOCKET, EYE_SOCKET, GUMS, TEETH, EYEBALL, LASHES, OCCLUSION = range(9)
NOT_DRAWN = -1

# Polygon ranges of the face model. Iris, lacrimal fluid and eye blend are left out: the eye shader draws them.
PART_OF_POLYGONS = [
    (0, 9230, FACE),
    (9230, 11144, BACK_OF_HEAD),
    (11144, 13226, MOUTH_SOCKET),
    (13226, 14034, EYE_SOCKET),
    (14034, 17006, GUMS),
    (17006, 21496, TEETH),
    (21496, 22296, EYEBALL),
    (22296, 23094, NOT_DRAWN),
    (23094, 23894, EYEBALL),
    (23894, 25048, NOT_DRAWN),
    (25048, 25304, OCCLUSION),
    (25304, 26384, LASHES),
]
FACE_VERTICES = slice(0, 9409)
BACK_VERTICES = slice(6706, 11248)  # beyond the narrow face: forehead top, sides, back and neck
SKIN_VERTICES = slice(0, 11248)
LEFT_EYE_VERTICES, RIGHT_EYE_VERTICES = slice(21451, 22221), slice(23021, 23791)


class MissingAssets(Exception):
    pass


@dataclass
class FaceModel:
    vertices: np.ndarray  # [V, 3] float32, cm
    faces: np.ndarray  # [F, 4]
    uv: np.ndarray
    uv_faces: np.ndarray  # [F, 4]
    identity: np.ndarray  # [64, 3 V] float32
    expression: np.ndarray  # [E, 3 V] float32
    expression_names: list
    landmarks: np.ndarray  # [68] vertex numbers, Multi-PIE order

    @property
    def part_of_face(self):
        parts = np.full(len(self.faces), NOT_DRAWN)
        for first, last, part in PART_OF_POLYGONS:
            parts[first:last] = part
        return parts


def require(path):
    if not Path(path).exists():
        raise MissingAssets(f"{path} is missing.\n{WHERE_TO_GET}")
    return path


def load_face_model(folder):
    folder = Path(folder) / "ict_facekit"
    with np.load(require(folder / "face_model.npz")) as data:
        identity, expression = data["identity"], data["expression"]
        model = FaceModel(
            vertices=data["vertices"].astype(np.float32),
            faces=data["faces"].astype(int),
            uv=data["uv"],
            uv_faces=data["uv_faces"].astype(int),
            identity=identity.astype("f4").reshape(len(identity), -1),
            expression=expression.astype("f4").reshape(len(expression), -1),
            expression_names=[str(name) for name in data["expression_names"]],
            landmarks=None,
        )
    points = json.loads(require(folder / "landmarks.json").read_text())
    model.landmarks = np.array(points["landmarks_68"])
    return model


def load_obj(path):
    """Vertices [n, 3], faces [m, 4] (a triangle repeats its last index) and the group name of each face."""
    vertices, faces, groups, group = [], [], [], ""
    for line in require(Path(path)).read_text().splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "v":
            vertices.append([float(word) for word in words[1:4]])
        elif words[0] == "g":
            group = words[1]
        elif words[0] == "f":
            corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
            faces.append(corners if len(corners) == 4 else corners + corners[-1:])
            groups.append(group)
    return np.array(vertices, np.float32), np.array(faces), np.array(groups)


def _is_number(word):
    return word.lstrip("-").isdigit()


def load_hair_on_body(mhclo, body):
    """Hair vertices on the MakeHuman body. The obj's own heights differ by 1.5 dm between styles, so the
    binding beside it (three body vertices, three weights, a scaled offset per hair vertex) is what counts."""
    scale, bindings, in_vertices = [1, 1, 1], [], False
    for line in require(Path(mhclo)).read_text().splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            axis = "xyz".index(words[0][0])
            scale[axis] = abs(body[int(words[1])][axis] - body[int(words[2])][axis]) / float(words[3])
        if in_vertices and _is_number(words[0]):
            single = [int(words[0])] * 3 + [1, 0, 0, 0, 0, 0]
            bindings.append([float(word) for word in words[:9]] if len(words) >= 9 else single)
        elif bindings:
            break  # the list of bindings ends; a `material` line may come before its first row
        in_vertices = in_vertices or words[0] == "verts"
    rows = np.array(bindings)
    corners, weights = rows[:, :3].astype(int), rows[:, 3:6, None]
    return ((body[corners] * weights).sum(1) + rows[:, 6:9] * scale).astype(np.float32)
