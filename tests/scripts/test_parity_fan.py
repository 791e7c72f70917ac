# SPDX-License-Identifier: Apache-2.0
"""The landmark network: heatmaps, and the decoding of them, against the published class."""
import numpy as np
import pytest
import torch
from reference import DATA, difference, face_network, picture, stage_stats, stats
from weights_rule import tensor

from networks.fan import Fan, LandmarksModule, decode

SURE = 2.4e-5  # below this margin float noise may decide


@pytest.fixture(scope="module")
def fan():
    with torch.no_grad():
        yield face_network("fan", Fan())


def compare_points(name, points, expected):
    sure = (expected[f"{name}decode_margin"] > SURE)[:, None] & (expected[f"{name}sign_margin"] > SURE)
    assert sure.mean() > 0.9
    got = np.where(sure[None], points.numpy(), expected[f"{name}points"])
    difference(f"{name}points", got, expected[f"{name}points"], 0.0)


@torch.no_grad()
def test_heatmaps_and_points(fan):
    network, expected = fan
    image = picture(1, 256, 256)
    stages = ["conv2", "conv3", "conv4", "m0", "top_m_0", "m1", "m2", "m3", "top_m_3"]
    stage_stats(network, stages, lambda: network(image), expected["stage_stats"])
    heatmaps = network(image)
    for index, heatmap in enumerate(heatmaps):
        stats(f"stack {index}", heatmap, expected["hm_stats"][index])
    difference("hm0", heatmaps[0][:, :, ::4, ::4], expected["hm0"], 2.5e-6)
    difference("heatmaps", heatmaps[-1][:, :, ::2, ::2], expected["heatmaps"], 1.2e-5)
    points, scores = decode(heatmaps[-1])
    difference("scores", scores, expected["scores"], 1.2e-5)
    compare_points("", points, expected)
    assert torch.equal(LandmarksModule(network)(image), 4 * points)


@pytest.mark.parametrize("box", ["in", "edge"])
@torch.no_grad()
def test_photo_crops(fan, box):
    network, expected = fan
    crop = torch.tensor(expected[f"{box}_crop"]).permute(2, 0, 1)[None].float() / 255
    heatmap = network(crop)[-1]
    stats(f"{box}_hm", heatmap, expected[f"{box}_hm_stats"])
    difference(f"{box}_heatmaps", heatmap[:, :, ::4, ::4], expected[f"{box}_heatmaps"], 1.2e-5)
    points, scores = decode(heatmap)
    difference(f"{box}_scores", scores, expected[f"{box}_scores"], 1.2e-5)
    compare_points(f"{box}_", points, expected)
    # Crop pixels to the picture as the published affine map does it, cut off to whole pixels.
    side, centre = 200 * expected[f"{box}_scale"], expected[f"{box}_center"]
    image = np.trunc(4 * points[0].numpy() * side / 256 + centre - side / 2)
    sure = expected[f"{box}_trunc_margin"] > 1e-3
    assert (image == expected[f"{box}_points_image"][0])[sure].all()


def test_decoding_of_borders_and_equals():
    heatmaps = tensor(1, "fan.test_heatmaps", (1, 68, 64, 64)).copy()
    for index, y, x in ((0, 0, 0), (1, 0, 63), (2, 63, 0), (3, 63, 63), (4, 0, 30), (5, 30, 63), (6, 62, 62), (7, 1, 1)):
        heatmaps[0, index, y, x] = 9
    heatmaps[0, 8:10] = 0
    heatmaps[0, 8, 20, 20] = heatmaps[0, 8, 40, 40] = 1
    expected = np.load(DATA / "face" / "fan" / "expected.npz")
    points, scores = decode(torch.tensor(heatmaps))
    difference("test_points", points, expected["test_points"], 0.0)
    difference("test_scores", scores, expected["test_scores"], 0.0)
