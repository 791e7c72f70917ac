# SPDX-License-Identifier: Apache-2.0
"""The face networks compute what the published classes compute (tolerances: ten times the float noise measured there)."""
import numpy as np
import pytest
import torch
from reference import DATA, difference, face_network, imagenet, picture, rule_state, stage_stats, stats

from networks.bisenet import BiSeNet, FaceParserModule
from networks.facenet import FaceNet, IdentityModule
from networks.libreface import ActionUnitModule, ActionUnitNet
from networks.sixdrepnet import HeadPoseModule, SixDRepNet, euler_from_rotation, rotation_from_six
from portraits.geometry import rotation


@pytest.fixture(autouse=True)
def no_grad():
    with torch.no_grad():
        yield


def test_bisenet():
    network, expected = face_network("bisenet", BiSeNet())
    image = picture(1, 512, 512)
    stages = ["cp.resnet.layer1", "cp.resnet.layer2", "cp.resnet.layer3", "cp.resnet.layer4", "cp.arm32", "cp.arm16",
              "cp.conv_head32", "cp.conv_head16", "ffm", "conv_out"]  # fmt: skip
    stage_stats(network, stages, lambda: network(imagenet(image)), expected["stage_stats"])
    outputs = network(imagenet(image))
    for name, output, tolerance in zip(("out", "out16", "out32"), outputs, (3e-5, 2e-5, 2e-5), strict=True):
        difference(name, output[:, :, ::16, ::16], expected[name], tolerance)
        stats(name, output, expected[f"{name}_stats"])
    features = network.cp(imagenet(image))
    low = network.conv_out(network.ffm(features[0], features[1]))
    difference("lowres", low[:, :, ::4, ::4], expected["lowres"], 3e-5)
    difference("module", FaceParserModule(network)(image)[:, :, ::16, ::16], expected["out"], 3e-5)
    counts = torch.bincount(outputs[0].argmax(1).flatten(), minlength=19).numpy()
    assert np.abs(counts - expected["class_count"]).sum() <= 4
    centred = outputs[0] - outputs[0].mean([2, 3], keepdim=True)
    for name, scores in (("argmax", outputs[0]), ("argmax_centered", centred)):
        sure = expected[f"{name}_margin_64"] > 6e-5
        assert sure.mean() > 0.99
        assert (scores.argmax(1)[0, ::8, ::8].numpy() == expected[f"{name}_64"])[sure].all(), name


def test_bisenet_takes_any_size():
    network, expected = face_network("bisenet", BiSeNet())
    outputs = network(imagenet(picture(1, 100, 148)))
    difference("odd_out", outputs[0][:, :, ::4, ::4], expected["odd_out"], 3e-5)
    for name, output in zip(("odd_out", "odd_out16", "odd_out32"), outputs, strict=True):
        stats(name, output, expected[f"{name}_stats"])


def test_libreface():
    network, expected = face_network("libreface", ActionUnitNet())
    image = picture(1, 224, 224)
    stages = [f"encoder.{place}" for place in (3, 4, 5, 6, 7)]
    stage_stats(network, stages, lambda: network(imagenet(image)), expected["stage_stats"])
    features = network.features(imagenet(image))
    difference("features", features, expected["features"], 6e-6)
    difference("logits", network.classifier[:5](features), expected["logits"], 4e-6)
    difference("labels", network(imagenet(image)), expected["labels"], 1.2e-6)
    module = ActionUnitModule(network)
    difference("intensity", module(image), expected["intensity"], 6e-6)
    # The aligned face has 256 pixels, of which the module takes the middle 224.
    wide = torch.nn.functional.pad(image, [16, 16, 16, 16])
    difference("intensity of 256", module(wide), expected["intensity"], 6e-6)


def test_libreface_combined_model():
    network, expected = face_network("libreface", ActionUnitNet(detection=True), "keys_combined.json")
    features = network.features(imagenet(picture(1, 224, 224)))
    difference("labels", network.classifier(features), expected["labels"], 1.2e-6)
    difference("detection", network.classifier_2(features), expected["detection"], 1.2e-6)


def test_facenet():
    network, expected = face_network("facenet", FaceNet())
    image = picture(1, 160, 160)
    scaled = (255 * image - 127.5) / 128
    stages = ["conv2d_4b", "repeat_1", "mixed_6a", "repeat_2", "mixed_7a", "repeat_3", "block8"]
    stage_stats(network, stages, lambda: network(scaled), expected["stage_stats"][:7])
    pooled = network.pooled(scaled)
    difference("pooled", pooled, expected["pooled"][:, :], 2e-5)
    stats("avgpool_1a", pooled, expected["stage_stats"][7])
    linear = network.last_linear(pooled)
    stats("last_linear", linear, expected["stage_stats"][8])
    difference("pre_norm", network.last_bn(linear), expected["pre_norm"], 4e-5)
    difference("embedding", IdentityModule(network)(image), expected["embedding"], 1e-6)


def test_sixdrepnet():
    network, expected = face_network("sixdrepnet", SixDRepNet())
    image = picture(1, 224, 224)
    stages = [f"layer{place}" for place in range(5)]
    stage_stats(network, stages, lambda: network(imagenet(image)), expected["stage_stats"][:5])
    difference("pooled", network.pooled(imagenet(image)), expected["pooled"], 1e-5)
    six = network(imagenet(image))
    difference("six", six, expected["six"], 1e-5)
    difference("matrix", rotation_from_six(six), expected["matrix"], 6e-6)
    difference("euler_deg", torch.rad2deg(euler_from_rotation(rotation_from_six(six))), expected["euler_deg"], 3e-4)
    pitch, yaw, roll = np.radians(expected["euler_deg"][0])
    # Where the published drawing of the angles (utils.draw_axis) puts the ends of the nose's and the ears' axis; y points down.
    nose = [np.sin(-yaw), -np.cos(yaw) * np.sin(pitch)]
    ears = [np.cos(yaw) * np.cos(roll), np.cos(pitch) * np.sin(roll) + np.cos(roll) * np.sin(pitch) * np.sin(-yaw)]
    ours = rotation(*torch.rad2deg(HeadPoseModule(network)(image))[0].tolist())
    difference("nose", torch.tensor(ours[:2, 2] * [1, -1]), np.array(nose), 1e-5)
    difference("ears", torch.tensor(ours[:2, 0] * [1, -1]), np.array(ears), 1e-5)


def test_sixdrepnet_degenerate_rotations():
    expected = np.load(DATA / "face" / "sixdrepnet" / "expected.npz")
    difference("test_matrix", rotation_from_six(torch.tensor(expected["test_six"])), expected["test_matrix"], 6e-6)
    angles = euler_from_rotation(torch.tensor(expected["test_matrix"]))
    difference("test_euler_rad", angles, expected["test_euler_rad"], 6e-6)


def test_the_rule_is_the_stored_one():
    """Guards the copies in tests/data: weights and pictures are what the published run saw."""
    expected = np.load(DATA / "face" / "libreface" / "expected.npz")
    state = rule_state(DATA / "face" / "libreface" / "keys.json", 1)
    total = torch.cat([value.double().flatten() for value in state.values()])
    stats("weights", total, expected["weights_stats"])
    stats("image", picture(1, 224, 224), expected["image_stats"])
