# SPDX-License-Identifier: Apache-2.0
"""Published weight files in, face modules out: the same numbers, any batch, licences shown, faults named."""
import hashlib
import json
import shutil

import numpy as np
import pytest
import torch
from reference import DATA, difference, face_network, picture, rule_state

import export_face_networks
from exporting import faces
from networks.fan import Fan
from networks.registry import FACE_NETWORKS
from networks.sixdrepnet import euler_from_rotation

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
GAINS = {"bisenet": 1, "libreface": 1, "fan": 0.5, "facenet": 1.4, "sixdrepnet": 1.4}
MANIFEST = {"format": 1, "licence": "", "modules": {}}


def weights(name, keys="keys.json"):
    return rule_state(DATA / "face" / name / keys, 1, GAINS[name])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The published files' forms: bare state dicts, one under a key, and entries that nobody needs."""
    folder = tmp_path_factory.mktemp("faces")
    torch.save(weights("bisenet"), folder / "79999_iter.pth")
    torch.save({"model": weights("libreface", "keys_combined.json"), "epoch": 7}, folder / "libreface.pt")
    fan = face_network("fan", Fan())[0]
    with torch.no_grad():
        torch.jit.trace(fan, torch.rand(1, 3, 256, 256), check_trace=False).save(str(folder / "2DFAN4.zip"))
    torch.save(fan.state_dict(), folder / "2DFAN4.pth")
    torch.save(weights("facenet") | {"logits.weight": torch.zeros(2, 512), "logits.bias": torch.zeros(2)}, folder / "facenet.pt")
    pose = {name: value for name, value in weights("sixdrepnet").items() if "num_batches" not in name}
    torch.save({"model_state_dict": pose}, folder / "6drepnet.pth")
    return folder


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "bundle.json").write_text(json.dumps(MANIFEST))
    return folder


def export(bundle, *flags):
    return export_face_networks.main(["--bundle", str(bundle), *map(str, flags)])


def load(bundle, name):
    entry = json.loads((bundle / "bundle.json").read_text())["modules"][name]
    data = (bundle / entry["file"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
    assert entry["input_size"] == FACE_NETWORKS[name].input_size
    return torch.jit.load(str(bundle / entry["file"]))


@torch.no_grad()
def test_all_networks(files, bundle, capsys):
    flags = ["--face-parser", files / "79999_iter.pth", "--landmarks", files / "2DFAN4.zip", "--au-estimator",
             files / "libreface.pt", "--identity", files / "facenet.pt", "--head-pose", files / "6drepnet.pth"]  # fmt: skip
    assert export(bundle, *flags) == 0
    shown = capsys.readouterr().err
    assert "University of Southern California" in shown
    assert shown.index("non-profit") < shown.index("au_estimator: libreface.pt"), "the licence comes first"
    assert (bundle / "LICENCE-libreface.txt").is_file()
    manifest = json.loads((bundle / "bundle.json").read_text())
    assert set(manifest["modules"]) == set(manifest["alignment"]) == set(FACE_NETWORKS)
    assert "non-commercial" in manifest["licence"]
    expected = {name: np.load(DATA / "face" / name / "expected.npz") for name in ("bisenet", "fan", "facenet", "sixdrepnet")}
    scores = load(bundle, "face_parser")(picture(1, 512, 512))
    difference("face_parser", scores[:, :, ::16, ::16], expected["bisenet"]["out"], 3e-5)
    difference("landmarks", load(bundle, "landmarks")(picture(1, 256, 256)) / 4, expected["fan"]["points"], 0.0)
    difference("identity", load(bundle, "identity")(picture(1, 160, 160)), expected["facenet"]["embedding"], 1e-6)
    inverse = torch.tensor(expected["sixdrepnet"]["matrix"]).transpose(1, 2)  # HeadPoseModule says why
    difference("head_pose", load(bundle, "head_pose")(picture(1, 224, 224)), euler_from_rotation(inverse).numpy(), 6e-6)
    for name in FACE_NETWORKS:
        assert "Device = prim::Constant" not in str(load(bundle, name).inlined_graph), f"{name} runs on one device only"
    assert load(bundle, "au_estimator")(torch.rand(4, 3, 256, 256)).shape == (4, 12)
    # The parser is not bound to the size that it was made with.
    assert load(bundle, "face_parser")(picture(1, 192, 256)).shape == (1, 19, 192, 256)
    batch = torch.cat([picture(seed, 256, 256) for seed in (1, 2, 3, 4)])
    landmarks = load(bundle, "landmarks")
    difference("landmarks of a batch", landmarks(batch)[:1], landmarks(batch[:1]).numpy(), 0.0)


def test_plain_landmark_file_and_replacement(files, bundle):
    assert export(bundle, "--landmarks", files / "2DFAN4.pth") == 0
    assert export(bundle, "--landmarks", files / "2DFAN4.zip") == 0
    entry = json.loads((bundle / "bundle.json").read_text())["modules"]["landmarks"]
    load(bundle, "landmarks")
    assert sorted(path.name for path in bundle.iterdir()) == ["bundle.json", entry["file"]]


@pytest.mark.parametrize(
    ("flag", "spoil", "words"),
    [
        ("--face-parser", lambda state: state.pop("ffm.conv1.weight"), ["missing key 'ffm.conv1.weight'", "[64, 256, 1, 1]"]),
        ("--face-parser", lambda state: state.update({"fc.bias": torch.zeros(4)}), ["unexpected key 'fc.bias'", "[4]"]),
        ("--face-parser", lambda state: state.update({"cp.resnet.bn1.bias": torch.zeros(4)}), ["expected shape [64]", "actual: [4]"]),
        ("--face-parser", lambda state: state.update({"epoch": 3}), ["expected tensors only", "epoch"]),
        ("--identity", lambda state: None, ["missing key 'conv2d_1a.conv.weight'"]),
    ],
)
def test_faults_are_named_and_change_nothing(files, bundle, tmp_path, capsys, flag, spoil, words):
    state = torch.load(files / "79999_iter.pth")
    spoil(state)
    torch.save(state, tmp_path / "spoilt.pth")
    before = (bundle / "bundle.json").read_bytes()
    assert export(bundle, flag, tmp_path / "spoilt.pth") == 1
    line = capsys.readouterr().err.splitlines()[-1]
    for word in ["spoilt.pth", *words]:
        assert word in line, line
    assert [path.name for path in bundle.iterdir()] == ["bundle.json"]
    assert (bundle / "bundle.json").read_bytes() == before


def test_truncated_and_missing_files(files, bundle, tmp_path, capsys):
    broken = tmp_path / "broken.pth"
    broken.write_bytes((files / "79999_iter.pth").read_bytes()[:100_000])
    assert export(bundle, "--face-parser", broken) == 1
    assert "broken.pth" in (line := capsys.readouterr().err.splitlines()[-1]) and "100000 bytes" in line
    assert export(bundle, "--face-parser", tmp_path / "none.pth") == 1
    assert "no such file" in capsys.readouterr().err
    assert export(tmp_path, "--face-parser", files / "79999_iter.pth") == 1
    assert "bundle.json" in capsys.readouterr().err
    assert [path.name for path in bundle.iterdir()] == ["bundle.json"]


@pytest.fixture
def detector(tmp_path, monkeypatch):
    """Makes a detector's file, `yunet.onnx` in a folder of its own, that counts as OpenCV's for the range."""

    def make(content, opencv, name="face_detection_yunet.onnx"):
        file = tmp_path / content / "yunet.onnx"
        file.parent.mkdir()
        file.write_text(content)
        monkeypatch.setitem(faces.DETECTORS, hashlib.sha256(content.encode()).hexdigest(), (name, opencv))
        return file

    return make


def stored_detectors(bundle):
    """What the manifest's files hold, by their range of OpenCV versions; hashes and sizes agree, and no other file is there."""
    entries = json.loads((bundle / "bundle.json").read_text())["modules"]["face_detector"]["files"]
    for entry in entries:
        data = (bundle / entry["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
    assert sorted(path.name for path in bundle.iterdir()) == sorted(["bundle.json", *(entry["file"] for entry in entries)])
    return [(entry["opencv"], (bundle / entry["file"]).read_text()) for entry in entries]


def test_detector_files_are_known_by_their_hash(bundle, detector, tmp_path, capsys):
    file = tmp_path / "yunet.onnx"
    file.write_bytes(b"unknown")
    assert export(bundle, "--face-detector", file) == 1
    assert "expected sha256" in capsys.readouterr().err
    assert export(bundle, "--face-detector", detector("new", ">=4.8", "canonical.onnx")) == 0
    assert stored_detectors(bundle) == [(">=4.8", "new")]
    assert (bundle / "canonical.onnx").is_file()


def test_detectors_of_one_file_name_are_two_files(bundle, detector):
    assert export(bundle, "--face-detector", detector("old", "<4.8", "2022.onnx"), "--face-detector", detector("new", ">=4.8", "2023.onnx")) == 0
    assert stored_detectors(bundle) == [("<4.8", "old"), (">=4.8", "new")]


@pytest.mark.parametrize("name", ["2022.onnx", "2023.onnx"])  # the second: an older bundle may call one file as the other is called
def test_a_detector_replaces_only_that_of_its_opencv(bundle, detector, name):
    assert export(bundle, "--face-detector", detector("old", "<4.8", name)) == 0
    for content in ("new", "newer", "newer still"):
        assert export(bundle, "--face-detector", detector(content, ">=4.8", "2023.onnx")) == 0
        assert stored_detectors(bundle) == [("<4.8", "old"), (">=4.8", content)]


def test_two_detectors_of_one_opencv_are_refused(bundle, detector, capsys):
    before = (bundle / "bundle.json").read_bytes()
    assert export(bundle, "--face-detector", detector("one", "<4.8"), "--face-detector", detector("two", "<4.8")) == 1
    assert "two" in (line := capsys.readouterr().err.splitlines()[-1]) and "one file for OpenCV <4.8" in line
    assert [path.name for path in bundle.iterdir()] == ["bundle.json"] and (bundle / "bundle.json").read_bytes() == before


@pytest.mark.parametrize("name", ["../victim.txt", "{tmp}/victim.txt", "folder/victim.txt", "./victim.txt", "..", ".", "", "bundle.json", 7])
def test_a_manifest_that_names_more_than_files_of_its_folder_is_refused(bundle, detector, tmp_path, capsys, name):
    (tmp_path / "victim.txt").write_text("mine")
    name = name.format(tmp=tmp_path) if isinstance(name, str) else name
    listed = {"face_detector": {"files": [{"file": name, "opencv": "<4.8"}]}}
    (bundle / "bundle.json").write_text(json.dumps(MANIFEST | {"modules": listed}))
    before = (bundle / "bundle.json").read_bytes()
    assert export(bundle, "--face-detector", detector("old", "<4.8")) == 1
    assert "bundle.json" in (line := capsys.readouterr().err.splitlines()[-1]) and f"actual: {name!r}" in line
    assert [path.name for path in bundle.iterdir()] == ["bundle.json"] and (bundle / "bundle.json").read_bytes() == before
    assert (tmp_path / "victim.txt").read_text() == "mine"


def test_nothing_asked(bundle):
    with pytest.raises(SystemExit) as stop:
        export(bundle)
    assert stop.value.code == 2


def test_a_file_that_is_not_a_checkpoint_leaves_other_bundles_alone(bundle, tmp_path):
    other = shutil.copytree(bundle, tmp_path / "other")
    (tmp_path / "text.pth").write_text("not weights")
    assert export(other, "--identity", tmp_path / "text.pth") == 1
    assert (other / "bundle.json").read_bytes() == (bundle / "bundle.json").read_bytes()
