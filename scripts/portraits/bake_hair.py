# SPDX-License-Identifier: Apache-2.0
"""Fits MakeHuman's hair and torso to the face model's head, once."""
from pathlib import Path

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from .assets import SKIN_VERTICES, load_hair_on_body, load_obj
from .geometry import height_over_hairline, triangles, vertex_normals

EYE_HEIGHT = 3.6  # of the face model, cm
CROWN_HEIGHT = 14.5
CLEARANCE = 0.35  # hair stays this far from the skull
CROWN = np.array([0, 13.0, -2.0])  # hair flows away from here
PONYTAIL_KNOT = np.array([0, 10.0, 6.0])
FAR_FROM_TIPS = 99


class BodyFit:
    """Maps points around MakeHuman's head onto the face model's head: an axis-aligned affine map, then what
    is left at the scalp, spread smoothly."""

    def __init__(self, assets, model, normals):
        body, faces, groups = load_obj(Path(assets) / "makehuman/3dobjs/base.obj")
        self.body, self.body_faces = body, faces[groups == "body"]
        self.skin, self.skin_normals = model.vertices[SKIN_VERTICES], normals[SKIN_VERTICES]
        self.skin_tree = cKDTree(self.skin)

        eyes = [body[np.unique(faces[groups == f"joint-{side}-eye"])].mean(0) for side in "lr"]
        self.eye = (eyes[0] + eyes[1]) / 2
        used = np.unique(self.body_faces)
        self._measure(body[used])

        placed = self.affine(body)[used]
        scalp = placed[(placed[:, 1] > -1) & (height_over_hairline(placed) > -1)]
        _, nearest = self.skin_tree.query(scalp)
        self.residual, self.residual_tree = self.skin[nearest] - scalp, cKDTree(scalp)

    def _measure(self, body):
        """Scales from crown, width, forehead and back of the two heads."""

        def half_width(points, height, reach):
            return np.abs(points[np.abs(points[:, 1] - height) < reach][:, 0]).max()

        eye_height = self.eye[1]
        head = body[body[:, 1] > eye_height - 0.2]
        skull = self.skin[self.skin[:, 1] > EYE_HEIGHT - 2]
        middle = head[np.abs(head[:, 0]) < 0.15]
        front = middle[middle[:, 1] > eye_height + 0.35][:, 2].max()
        forehead = skull[(np.abs(skull[:, 0]) < 1.5) & (skull[:, 1] > 7)][:, 2].max()
        scale_x = half_width(skull, 8.5, 0.8) / half_width(head, eye_height + (8.5 - EYE_HEIGHT) * 0.1, 0.08)
        scale_y = (CROWN_HEIGHT - EYE_HEIGHT) / (head[:, 1].max() - eye_height)
        scale_z = (forehead - skull[:, 2].min()) / (front - head[:, 2].min())
        self.scale = [scale_x, scale_y, scale_z]
        self.forward = forehead - (front - self.eye[2]) * scale_z

    def affine(self, points):
        placed = (points - self.eye) * self.scale
        placed[:, 1] += EYE_HEIGHT
        placed[:, 2] += self.forward
        return placed.astype(np.float32)

    def warp(self, points):
        distance, nearest = self.residual_tree.query(points, k=24)
        weight = np.exp(-((distance - distance[:, :1]) ** 2) / 8.0)
        weight /= weight.sum(1, keepdims=True)
        fall_off = np.exp(-np.maximum(distance[:, :1] - 4, 0) ** 2 / 30.0)
        return (points + fall_off * (weight[..., None] * self.residual[nearest]).sum(1)).astype(np.float32)

    def push_out(self, points):
        distance, nearest = self.skin_tree.query(points)
        normals = self.skin_normals[nearest]
        depth = ((points - self.skin[nearest]) * normals).sum(1)
        push = np.where((depth < CLEARANCE) & (distance < 3.5), CLEARANCE - depth, 0)
        return points + normals * push[:, None]


def _hair_normals(points, faces):
    """Card normals turned outwards and blended with the radial direction, which hides the single cards."""
    normals = vertex_normals(points.astype(np.float32), faces)
    radial = points - np.array([0, 4, 0])
    radial[:, 1] = np.maximum(radial[:, 1], -2)
    side = np.sign((normals * radial).sum(1, keepdims=True))
    side[side == 0] = 1
    blended = normals * side * 0.6 + 0.4 * radial / np.linalg.norm(radial, axis=1, keepdims=True)
    return blended / np.linalg.norm(blended, axis=1, keepdims=True)


def _distance_to_tips(points, quads, normals, origin):
    """Distance along the mesh to the nearest strand tip: a boundary vertex with no neighbour further along
    the flow. Taking every boundary vertex would eat the thin cards."""
    edges = np.concatenate([quads[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 3), (3, 0))])
    edges = np.sort(edges, 1)
    edges, count = np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0, return_counts=True)
    boundary = np.unique(edges[count == 1])
    first, second = edges.T

    flow = points - origin
    flow[points[:, 1] < -2] = [0, -1, 0]
    flow = flow - normals * (flow * normals).sum(1, keepdims=True)
    flow /= np.linalg.norm(flow, axis=1, keepdims=True) + 1e-6
    furthest = np.full(len(points), -1.0)
    for here, there in ((first, second), (second, first)):
        step = points[there] - points[here]
        step = step / (np.linalg.norm(step, axis=1, keepdims=True) + 1e-6)
        np.maximum.at(furthest, here, (step * flow[here]).sum(1))
    tips = boundary[furthest[boundary] < 0.55]
    if not len(tips):
        return np.full(len(points), float(FAR_FROM_TIPS))
    length = np.linalg.norm(points[first] - points[second], axis=1) + 1e-4
    graph = scipy.sparse.coo_matrix((length, (first, second)), shape=(len(points),) * 2).tocsr()
    return np.minimum(dijkstra(graph, directed=False, indices=tips, min_only=True), FAR_FROM_TIPS)


def bake_hair_style(obj_path, fit):
    """Arrays of one style: points, normals, triangles, distance to the tips, and the eight scalp vertices
    (with weights) whose displacement by a person's identity the hair follows."""
    name = obj_path.stem
    _, quads, _ = load_obj(obj_path)
    points = fit.push_out(fit.warp(fit.affine(load_hair_on_body(obj_path.with_suffix(".mhclo"), fit.body))))
    if name == "long01":
        points[:, 1] = np.maximum(points[:, 1], -48)  # its ends reach below the torso
    faces = triangles(quads)
    normals = _hair_normals(points, faces)
    origin = PONYTAIL_KNOT if name == "ponytail01" else CROWN
    tips = _distance_to_tips(points, quads, normals, origin)
    distance, follow = fit.skin_tree.query(points, k=8)
    weight = 1 / (distance + 0.5)
    weight /= weight.sum(1, keepdims=True)
    return {
        f"hair_{name}_points": points.astype(np.float32),
        f"hair_{name}_normals": normals.astype(np.float32),
        f"hair_{name}_faces": faces.astype(np.int32),
        f"hair_{name}_tips": tips.astype(np.float32),
        f"hair_{name}_follow": follow.astype(np.int32),
        f"hair_{name}_weight": weight.astype(np.float32),
    }


def bake_torso(fit):
    """Shoulders and neck below the chin, slid so that the body's neck meets the face model's."""
    placed = fit.affine(fit.body)
    usable = (placed[:, 1] < -8.5) & (placed[:, 1] > -50) & (np.abs(placed[:, 0]) < 40)
    kept = fit.body_faces[usable[fit.body_faces].all(1)]
    used, renumbered = np.unique(kept.ravel(), return_inverse=True)
    points, faces = placed[used], triangles(renumbered.reshape(-1, 4))
    normals = vertex_normals(points, faces)
    neck = fit.skin[(np.abs(fit.skin[:, 0]) < 12) & (fit.skin[:, 1] < -15)]
    _, nearest = cKDTree(points).query(neck)
    shift = (neck - points[nearest]).mean(0)
    return {
        "torso_points": (points + [0, shift[1], shift[2]]).astype(np.float32),
        "torso_normals": normals.astype(np.float32),
        "torso_faces": faces.astype(np.int32),
    }


def bake_hair_and_torso(assets, model, normals):
    fit = BodyFit(assets, model, normals)
    baked, names = {}, []
    for path in sorted((Path(assets) / "makehuman/hair").glob("*.obj")):
        baked.update(bake_hair_style(path, fit))
        names.append(path.stem)
    baked["hair_names"] = np.array(names)
    return baked | bake_torso(fit)
