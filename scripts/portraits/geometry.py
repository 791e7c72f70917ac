# SPDX-License-Identifier: Apache-2.0
"""Small geometry helpers. Centimetres; x to the image's right, y up, z towards the camera."""
import numpy as np

# The head turns about this point at the top of the neck.
NECK_PIVOT = np.array([0, -5.0, -1.5])


def smoothstep(low, high, x):
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def unit(vectors, tiny=1e-9):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), tiny)


def triangles(quads):
    """Quads [n, 4] as triangles; a triangle is a quad that repeats its last index."""
    real = quads[:, 2] != quads[:, 3]
    return np.concatenate([quads[:, [0, 1, 2]], quads[real][:, [0, 2, 3]]])


def vertex_normals(vertices, faces):
    """Unit normals at the vertices: the area-weighted mean of the triangles around each."""
    corner = vertices[faces[:, 0]]
    normals = np.cross(vertices[faces[:, 1]] - corner, vertices[faces[:, 2]] - corner)
    total = np.zeros_like(vertices)
    for corner_index in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner_index], normals[:, axis], len(vertices))
    return unit(total)


def rotation(pitch, yaw, roll):
    """Degrees. Pitch + lowers the nose, yaw + turns it to the image's right, roll + is counter-clockwise."""
    cos_p, cos_y, cos_r = np.cos(np.radians([pitch, yaw, roll]))
    sin_p, sin_y, sin_r = np.sin(np.radians([pitch, yaw, roll]))
    about_x = np.array([[1, 0, 0], [0, cos_p, -sin_p], [0, sin_p, cos_p]])
    about_y = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
    about_z = np.array([[cos_r, -sin_r, 0], [sin_r, cos_r, 0], [0, 0, 1]])
    return (about_z @ about_y @ about_x).astype("f4")


def head_weight(points):
    """How much of the head's rotation a point follows: 1 on the head, 0 on the torso, smooth on the neck."""
    return smoothstep(0, 7, points[:, 1] + 0.35 * points[:, 2] + 14.5)


def height_over_hairline(points):
    """Vertical distance of scalp points to the hairline; positive inside the hair."""
    depth = [-9, -6, -4, -2.6, -1.6, 0, 2.2, 3.0, 3.8, 4.6, 5.6, 7, 9, 12]
    height = [-8, -7.5, -6.0, -3.5, 2.5, 4.2, 3.8, 0.6, 0.4, 4.0, 6.2, 8.0, 9.6, 9.9]
    return (points[:, 1] - np.interp(points[:, 2], depth, height)).astype(np.float32)


def directions_on_sphere(count):
    """Evenly spread unit vectors (a Fibonacci spiral)."""
    index = np.arange(count)
    y = 1 - 2 * (index + 0.5) / count
    angle = np.pi * (3 - 5**0.5) * index
    radius = np.sqrt(1 - y * y)
    return np.stack([radius * np.cos(angle), y, radius * np.sin(angle)], 1)


def looking_along(direction, centre, radius):
    """4x4 matrix of a parallel projection towards -direction, for shadows and occlusion."""
    backward = direction / np.linalg.norm(direction)
    right = np.cross([0, 1, 0.01], backward)
    right /= np.linalg.norm(right)
    matrix = np.eye(4, dtype="f4")
    matrix[0, :3] = right / radius
    matrix[1, :3] = np.cross(backward, right) / radius
    matrix[2, :3] = -backward / 60.0
    matrix[:3, 3] = -matrix[:3, :3] @ centre
    return matrix
