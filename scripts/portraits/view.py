# SPDX-License-Identifier: Apache-2.0
"""Pose and camera of one picture: from the model's space to pixels."""
import numpy as np

from .geometry import NECK_PIVOT, rotation

NEAR, BEYOND = 5.0, 200.0  # clip planes: cm from the eye, cm behind the head
HEAD_CENTRE_HEIGHT = 2.2


class View:
    def __init__(self, portrait, size):
        self.size = size
        pitch, _, roll = portrait.pose
        self.head_rotation = rotation(*portrait.pose)
        self.body_rotation = rotation(pitch * 0.05, portrait.body_yaw, roll * 0.1)

        focal = portrait.focal_length
        distance = focal * portrait.half_height
        centre = np.array([0, HEAD_CENTRE_HEIGHT + portrait.shift_y, 0])
        self.centre = self.head_rotation @ (centre - NECK_PIVOT) + NECK_PIVOT + [portrait.shift_x, 0, 0]
        self.eye = self.centre + np.array([0, 0, distance])
        self.far = distance + BEYOND

        projection = np.zeros((4, 4), "f4")
        projection[0, 0] = projection[1, 1] = focal
        projection[2, 2] = -(self.far + NEAR) / (self.far - NEAR)
        projection[2, 3] = -2 * self.far * NEAR / (self.far - NEAR)
        projection[3, 2] = -1
        to_eye = np.eye(4, dtype="f4")
        to_eye[:3, 3] = -self.eye
        self.view_projection = projection @ to_eye

    def uniforms(self):
        return dict(
            head_rotation=self.head_rotation,
            body_rotation=self.body_rotation,
            neck_pivot=NECK_PIVOT,
            eye_position=self.eye,
        )

    def place(self, points, head_weight):
        """Turns points of the model as the vertex shader does."""
        weight = head_weight[:, None]
        with_head = (points - NECK_PIVOT) @ self.head_rotation.T + NECK_PIVOT
        with_body = (points - NECK_PIVOT) @ self.body_rotation.T + NECK_PIVOT
        return with_body * (1 - weight) + with_head * weight

    def project(self, placed):
        """Pixel positions [n, 2] and depth-buffer values [n] of placed points."""
        clip = np.c_[placed, np.ones(len(placed))] @ self.view_projection.T
        x, y, z = (clip[:, :3] / clip[:, 3:]).T
        return np.stack([(x * 0.5 + 0.5) * self.size, (0.5 - y * 0.5) * self.size], 1), z * 0.5 + 0.5

    def distance(self, depth):
        """Distance from the eye, along its axis, of depth-buffer values."""
        return 2 * self.far * NEAR / ((self.far + NEAR) - (2 * depth - 1) * (self.far - NEAR))
