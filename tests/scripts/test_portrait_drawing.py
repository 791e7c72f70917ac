# SPDX-License-Identifier: Apache-2.0
"""The portrait renderer: geometry, drawing without an image library, and the files of shapes."""
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")
pytest.importorskip("moderngl")

from portraits import assets, geometry, raster  # noqa: E402
from portraits.identity import sample_portrait  # noqa: E402
from portraits.view import View  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


# Geometry


def test_rotations_have_the_stated_signs():
    nose = np.array([0, 0, 1.0])
    assert (geometry.rotation(10, 0, 0) @ nose)[1] < 0
    assert (geometry.rotation(0, 10, 0) @ nose)[0] > 0
    assert (geometry.rotation(0, 0, 10) @ np.array([1.0, 0, 0]))[1] > 0
    turned = geometry.rotation(10, 20, 30)
    assert np.allclose(turned @ turned.T, np.eye(3), atol=1e-6) and np.linalg.det(turned) == pytest.approx(1, abs=1e-5)


def test_projection_puts_the_centre_in_the_middle_and_keeps_the_scale():
    portrait = replace(sample_portrait(3), pose=(0.0, 0.0, 0.0), body_yaw=0.0, half_height=14.0)
    view = View(portrait, 200)
    above = view.centre + [0, 14, 0]
    right = view.centre + [7, 0, 0]
    pixels, depth = view.project(np.stack([view.centre, above, right]))
    assert np.allclose(pixels, [[100, 100], [100, 0], [150, 100]], atol=0.01)
    assert view.distance(depth[0]) == pytest.approx(portrait.focal_length * 14.0, rel=1e-3)


def test_points_follow_the_head_or_the_body():
    view = View(replace(sample_portrait(3), pose=(0.0, 20.0, 0.0), body_yaw=0.0), 100)
    points = np.array([[0, 0, 8.0], [0, -30.0, 8.0]])
    placed = view.place(points, geometry.head_weight(points))
    assert placed[0, 0] > 1 and np.allclose(placed[1], points[1], atol=1e-5)


def test_triangles_and_normals_of_quads():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = geometry.triangles(np.array([[0, 1, 2, 3], [0, 1, 2, 2]]))
    assert faces.tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3]]
    assert np.allclose(geometry.vertex_normals(vertices, faces), [0, 0, 1])


# Drawing without an image library


def test_drawing_covers_what_it_should():
    canvas = np.zeros((40, 40), np.float32)
    raster.fill_polygon(canvas, np.array([[10, 10], [30, 10], [30, 20], [10, 20]], float))
    assert canvas[10:21, 10:31].all() and canvas.sum() == 11 * 21
    canvas[:] = 0
    raster.draw_line(canvas, (5, 5), (25, 5), 1, 0.5)
    assert np.allclose(canvas[5, 5:26], 0.5) and canvas.sum() == pytest.approx(10.5)
    raster.fill_circle(canvas, (20, 20), 3, 1.0)
    assert canvas[20, 17:24].all() and not canvas[20, 24]
    raster.fill_ellipse(canvas, (20, 30), (6, 2), 90, 1.0)
    assert canvas[35, 20] and not canvas[30, 25]


def test_filters_keep_what_is_even():
    even = np.full((30, 30, 3), 0.25, np.float32)
    assert np.allclose(raster.blur(even, 4.0), 0.25)
    assert np.allclose(raster.enlarge_cubic(even[:5, :5], 64), 0.25)
    squares = np.repeat(np.repeat(np.arange(4, dtype=np.uint8).reshape(2, 2), 3, 0), 3, 1)[..., None]
    assert raster.shrink(squares, 3)[..., 0].tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    "hsv, rgb", [((0, 255, 255), (255, 0, 0)), ((60, 255, 100), (0, 100, 0)), ((10, 0, 77), (77, 77, 77))]
)
def test_hsv_colours(hsv, rgb):
    assert tuple(raster.hsv_colour(*hsv)) == rgb


# Reading shapes


def test_obj_groups_and_triangles(tmp_path):
    path = tmp_path / "shape.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\ng body\nf 1/1 2/2 3/3 4/4\ng other\nf 1 2 3\n")
    vertices, faces, groups = assets.load_obj(path)
    assert vertices.shape == (4, 3) and groups.tolist() == ["body", "other"]
    assert faces.tolist() == [[0, 1, 2, 3], [0, 1, 2, 2]]


def test_hair_binding(tmp_path):
    path = tmp_path / "hair.mhclo"
    path.write_text(
        "x_scale 0 1 2.0\ny_scale 0 1 1.0\nz_scale 0 1 1.0\nverts 0\nmaterial m.mhmat\n"
        "0 1 2 0.5 0.5 0 1.0 0 0\n2\ndelete_verts 5\n"
    )
    body = np.array([[0, 0, 0], [4, 0, 0], [0, 6, 0]], np.float32)
    assert assets.load_hair_on_body(path, body).tolist() == [[4, 0, 0], [0, 6, 0]]


def test_missing_shapes_say_where_to_get_them(tmp_path):
    command = [sys.executable, ROOT / "scripts/render_portraits.py", "--assets", tmp_path, "--out", tmp_path / "out"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "face_model.npz is missing" in ended.stderr and "ICT-FaceKit" in ended.stderr


def test_opencv_is_not_needed():
    blocked = "import sys; sys.modules['cv2'] = None; import portraits.renderer, portraits.dataset, portraits.sheets"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    subprocess.run([sys.executable, "-c", blocked], check=True, env=environment)
