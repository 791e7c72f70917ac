# SPDX-License-Identifier: Apache-2.0
"""Ambient occlusion per vertex: how much of the sky each sees, from 96 depth maps of the neutral template."""
import numpy as np

from .geometry import directions_on_sphere, looking_along
from .gl import set_uniforms

DIRECTIONS = 96
RADIUS = 24.0
OFF_SURFACE = 0.3  # cm along the normal, or a vertex hides itself


def _seen(points, matrix, depth_map):
    size = len(depth_map)
    projected = points @ matrix[:3, :3].T + matrix[:3, 3]
    pixel = np.clip(((projected[:, :2] * 0.5 + 0.5) * size).astype(int), 0, size - 1)
    return projected[:, 2] * 0.5 + 0.5 < depth_map[pixel[:, 1], pixel[:, 0]] + 0.003


def bake_occlusion(depth_map, program, blockers, receivers):
    """blockers: (mesh, group) pairs. receivers: (mesh, points, normals); their meshes get the result."""
    still = np.eye(3, dtype="f4")
    seen = [np.zeros(len(points)) for _, points, _ in receivers]
    total = [np.full(len(points), 1e-6) for _, points, _ in receivers]
    for direction in directions_on_sphere(DIRECTIONS):
        matrix = looking_along(direction, np.zeros(3), RADIUS)
        depth_map.begin()
        uniforms = dict(view_projection=matrix, head_rotation=still, body_rotation=still, neck_pivot=np.zeros(3))
        set_uniforms(program, uniforms)
        for mesh, group in blockers:
            mesh.draw(program, group)
        depths = depth_map.read()
        for index, (_, points, normals) in enumerate(receivers):
            facing = np.clip(normals @ direction, 0, 1)
            seen[index] += facing * _seen(points + normals * OFF_SURFACE, matrix, depths)
            total[index] += facing
    for (mesh, _, _), part, whole in zip(receivers, seen, total):
        mesh.set_occlusion(np.clip(np.clip(part / whole, 0, 1) * 1.05, 0.1, 1))
