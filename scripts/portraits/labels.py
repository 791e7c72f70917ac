# SPDX-License-Identifier: Apache-2.0
"""Exact labels of a rendered picture: classes, landmarks, and the jaw without its expression."""
from dataclasses import replace

import numpy as np

# CelebAMask-HQ's list, as the shaders write it, to the order of the BiSeNet face parser.
TO_PARSER_ORDER = np.array([0, 1, 10, 6, 4, 5, 2, 3, 7, 8, 11, 12, 13, 17, 18, 9, 15, 14, 16], np.uint8)
PARSER_CLASSES = ("background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "l_ear", "r_ear", "ear_r")
PARSER_CLASSES += ("nose", "mouth", "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat")
JAW = slice(0, 17)  # of the 68 landmarks
HIDDEN_BY = 0.35  # cm something must lie before a landmark to hide it


def to_parser_order(classes):
    return TO_PARSER_ORDER[classes]


def landmark_positions(view, head, vertices, which=slice(None)):
    """Pixels [n, 2] and depth-buffer values [n] of landmarks."""
    chosen = head.model.landmarks[which]
    return view.project(view.place(vertices[chosen], head.head_weight[chosen]))


def visible_landmarks(view, pixels, depth, depth_picture):
    """Whether each landmark lies in the picture and nothing before it. The farthest of nine pixels counts:
    landmarks sit on edges."""
    last = len(depth_picture) - 1
    column, row = np.clip((pixels * len(depth_picture) / view.size).astype(int), 0, last).T
    around = [
        depth_picture[np.clip(row + dy, 0, last), np.clip(column + dx, 0, last)]
        for dy in (-2, 0, 2)
        for dx in (-2, 0, 2)
    ]
    unhidden = view.distance(depth) < view.distance(np.max(around, axis=0)) + HIDDEN_BY
    return unhidden & ((pixels > 0) & (pixels < view.size)).all(1)


def neutral_jaw(view, head, person, portrait):
    """The 17 jaw points in the portrait's pose but with a neutral face: a contour made of them does not give
    the expression away."""
    vertices = head.express(person, replace(portrait, action_units=np.zeros(12)))
    return landmark_positions(view, head, vertices, JAW)[0]
