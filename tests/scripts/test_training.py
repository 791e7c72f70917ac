# SPDX-License-Identifier: Apache-2.0
"""The training scripts run, resume and export on a handful of made-up pictures."""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import export_demo  # noqa: E402
from evaluation import bundle as bundles  # noqa: E402
from schematic import points  # noqa: E402
from training import data, latents, reader, train_face  # noqa: E402

PERSONS, SIZE = 6, 96


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Arrays as the renderer writes them."""
    out, rows, rng = tmp_path_factory.mktemp("data"), 4 * PERSONS, np.random.default_rng(1)
    face = np.broadcast_to(points(), (rows, 68, 2)) + rng.normal(0, 0.5, (rows, 1, 2))
    labels = np.zeros((rows, SIZE, SIZE), np.uint8)
    labels[:, 25:80, 22:74], labels[:, 62:70, 40:56] = 1, 12
    arrays = {
        "rgb": rng.integers(0, 255, (rows, SIZE, SIZE, 3), dtype=np.uint8), "cls": labels, "lm": face.astype(np.float32),
        "jaw": face[:, :17].astype(np.float32), "au": rng.uniform(0, 5, (rows, 12)).astype(np.float32),
        "pose": rng.normal(0, 0.2, (rows, 3)).astype(np.float32), "person": np.arange(rows) // 4,
    }
    for name, value in arrays.items():
        np.save(out / f"{name}.npy", value)
    (out / "done").write_text(str(rows))
    return out


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def runs(folder: Path, tmp_path_factory) -> Path:
    """Smoke runs of the four trainings."""
    out = tmp_path_factory.mktemp("runs")
    common = ("--data", folder, "--smoke", "--size", 64, "--held-out", 2)
    run("training/train_vae.py", *common, "--out", out / "vae", "--batch", 4)
    run("training/train_diffusion.py", *common, "--out", out / "diffusion", "--vae", out / "vae" / "vae.pt", "--batch", 6,
        "--start-pool", 3)
    run("training/train_face.py", *common, "--out", out / "faces", "--batch", 4)
    run("training/train_face.py", *common, "--judge", "--out", out / "judge", "--batch", 4)
    return out


def test_training_resumes_at_its_step(runs: Path, folder: Path) -> None:
    before = torch.load(runs / "diffusion" / "diffusion.pt", weights_only=False)
    text = run("training/train_diffusion.py", "--data", folder, "--smoke", "--size", 64, "--out", runs / "diffusion", "--vae",
               runs / "vae" / "vae.pt", "--batch", 6, "--start-pool", 3, "--held-out", 2)
    after = torch.load(runs / "diffusion" / "diffusion.pt", weights_only=False)
    assert f"from step {before['step']}" in text
    assert after["step"] == 2 * before["step"]
    assert after["spent"] > before["spent"]


@pytest.fixture
def folder_of_two(folder: Path, tmp_path: Path) -> Path:
    """The same rows as persons of two expressions each."""
    out = shutil.copytree(folder, tmp_path / "two")
    np.save(out / "person.npy", np.arange(4 * PERSONS) // 2)
    return out


def test_a_judge_learns_from_two_pictures_of_a_person(folder_of_two: Path) -> None:
    portraits = data.load(folder_of_two)
    assert (portraits.persons, data.training_rows(portraits, 3)) == (2 * PERSONS, 4 * PERSONS - 6)
    rows = train_face.pairs(portraits.rows, portraits.expressions, 2 * portraits.persons, np.random.default_rng(0))
    assert sorted(rows) == list(range(portraits.rows))
    assert all(portraits.person[a] == portraits.person[b] for a, b in rows.reshape(-1, 2))


def test_both_pictures_of_a_person_are_as_broad(folder: Path, monkeypatch) -> None:
    """Else identity learns that another width is nobody else."""
    widths, whole = [], data.sample
    monkeypatch.setattr(data, "sample", lambda *a, width=None, **k: (widths.append(width), whole(*a, width=width, **k))[1])
    rows = np.arange(2 * PERSONS) * 2
    train_face.batch(data.load(folder), rows, 32, np.random.default_rng(0), True, parsed=False, stretch=0.1)
    first, second = widths[0].view(-1, 2).T
    assert torch.equal(first, second) and len(first.unique()) == PERSONS


@pytest.mark.parametrize("held_out", [0, PERSONS + 1])
def test_a_training_without_held_out_people_keeps_its_checkpoint(folder: Path, tmp_path: Path, held_out: int) -> None:
    shutil.copytree(folder, tmp_path / "more")
    words = ["--data", folder, "--smoke", "--size", 64, "--held-out", held_out, "--out", tmp_path / "faces", "--batch", 4]
    if held_out:  # nobody to train on in the first folder: as if it was only begun
        np.save(tmp_path / "more" / "person.npy", np.arange(4 * PERSONS) // 2)
        words[1:2] = [folder, tmp_path / "more"]
    run("training/train_face.py", *words)
    assert (tmp_path / "faces" / "faces.pt").exists()


def test_a_generator_refuses_two_pictures_of_a_person(folder_of_two: Path) -> None:
    with pytest.raises(SystemExit, match="two: 2 expressions of each person, not 4"):
        latents.load_persons(argparse.Namespace(data=[folder_of_two], held_out=1))


def test_a_reader_reads_in_every_training_of_the_generator(runs: Path, folder: Path, tmp_path: Path) -> None:
    common = ("--data", folder, "--smoke", "--size", 64, "--held-out", 2, "--reader", runs / "judge" / "faces.pt")
    pool = (*common, "--vae", tmp_path / "vae" / "vae.pt", "--start-pool", 3)
    texts = [run("training/train_vae.py", *common, "--out", tmp_path / "vae", "--batch", 4, "--start", runs / "vae" / "vae.pt"),
             run("training/train_diffusion.py", *pool, "--out", tmp_path / "diffusion", "--batch", 6, "--start", runs / "diffusion" / "diffusion.pt"),
             run("training/train_decoder.py", *pool, "--out", tmp_path / "decoder", "--batch", 4, "--diffusion", tmp_path / "diffusion" / "diffusion.pt")]
    assert "nan" not in "".join(texts)
    # UNets that learn on keep the scale of latents that they know.
    learnt, own, now = (torch.load(file, weights_only=False)["scaling_factor"] for file in
                        (runs / "diffusion" / "diffusion.pt", tmp_path / "vae" / "vae.pt", tmp_path / "diffusion" / "diffusion.pt"))
    assert now == learnt != own


def test_the_reader_pulls_a_picture_towards_the_truth(runs: Path) -> None:
    network = reader.Reader(runs / "judge" / "faces.pt", torch.device("cpu"))

    def loss(drawn: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)  # the same view every time
        return reader.loss(network.differences(drawn, true))

    torch.manual_seed(1)
    true, drawn = torch.rand(2, 3, 3, 64, 64)
    assert loss(true) == 0
    before = loss(drawn.requires_grad_(True))
    before.backward()
    assert loss(drawn - drawn.grad / drawn.grad.norm()) < before


def test_a_reader_sees_faces_as_large_as_it_learnt_from(runs: Path) -> None:
    sees = reader.Reader(runs / "judge" / "faces.pt", torch.device("cpu"))
    small = torch.rand(2, 3, 64, 64)
    large = torch.nn.functional.interpolate(small, scale_factor=train_face.SMOKE_JUDGE.block, mode="bilinear", align_corners=False)
    torch.testing.assert_close(sees(small)[1][:, :12], sees.networks(large)["au_estimator"])


@pytest.mark.parametrize("script", ["train_vae.py", "train_decoder.py"])
def test_decoder_only_keeps_the_latents(runs: Path, folder: Path, tmp_path: Path, script: str) -> None:
    words = ["--data", folder, "--smoke", "--size", 64, "--held-out", 2, "--out", tmp_path, "--batch", 4]
    if script == "train_vae.py":
        shutil.copy(runs / "vae" / "vae.pt", tmp_path / "vae.pt")
        words += ["--decoder-only"]
    else:
        words += ["--vae", runs / "vae" / "vae.pt", "--diffusion", runs / "diffusion" / "diffusion.pt", "--start-pool", 2]
    run(f"training/{script}", *words)
    if script == "train_decoder.py":
        assert "from step 3" in run(f"training/{script}", *words)
    before, after = (torch.load(p / "vae.pt", weights_only=False)["average"] for p in (runs / "vae", tmp_path))
    held = [name for name in before if name.startswith(("encoder.", "quant_conv."))]
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in held)
    assert not torch.equal(before["decoder.conv_in.weight"], after["decoder.conv_in.weight"])


def test_two_workers_train_together(folder: Path, tmp_path: Path) -> None:
    text = run("training/train_vae.py", "--data", folder, "--smoke", "--size", 64, "--held-out", 2, "--out", tmp_path, "--batch", 4, "--workers", 2)
    assert "held-out" in text and (tmp_path / "vae.pt").exists()


def test_trained_runs_export_and_are_judged(runs: Path, folder: Path, tmp_path: Path) -> None:
    parts, factor = export_demo.trained_parts(runs)
    defaults = {"sampler": "ddim", "steps": 2, "guidance": 2.0, "seed": 424}
    export_demo.write_bundle(tmp_path / "bundle", parts, 64, factor, tmp_path, defaults, {"name": "test"})
    manifest = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    for entry in manifest["modules"].values():
        assert hashlib.sha256((tmp_path / "bundle" / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    text = run("evaluate_demo.py", "--bundle", tmp_path / "bundle", "--data", edit_set(folder, tmp_path / "edits"),
               "--sheet", tmp_path / "s.png", "--json", tmp_path / "figures.json")
    assert "2 persons, 22 edits" in text and (tmp_path / "s.png").exists()
    lines = {line["figure"]: line for line in json.loads((tmp_path / "figures.json").read_text())}
    assert all(np.isfinite(line["value"]) for line in lines.values())


def test_equal_networks_are_equal_bytes(runs: Path, tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        words = ["--runs", runs, "--out", tmp_path / seed, "--detectors", tmp_path]
        subprocess.run([sys.executable, SCRIPTS / "export_demo.py", *words], check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        files.append({file.name: file.read_bytes() for file in (tmp_path / seed).iterdir()})
    assert [name for name in files[0] if files[0][name] != files[1][name]] == []


def test_a_bundles_files_are_checkpoints_again(runs: Path, tmp_path: Path) -> None:
    run("export_demo.py", "--runs", runs, "--out", tmp_path / "bundle", "--detectors", tmp_path)
    run("training/recover.py", "--bundle", tmp_path / "bundle", "--out", tmp_path / "runs", "--smoke")
    for path in ("vae/vae.pt", "diffusion/diffusion.pt", "faces/faces.pt", "judge/faces.pt"):
        before, after = (torch.load(folder / path, weights_only=False)["average"] for folder in (runs, tmp_path / "runs"))
        unused = {"faces": ("action_units.", "identity."), "judge": ("parser.", "jaw.", "pose.")}.get(path.split("/")[0], ())
        kept = [name for name in before if not name.startswith(unused)]
        assert before.keys() == after.keys() and len(kept) > 20
        assert all(torch.equal(after[name], before[name].half().float() if before[name].is_floating_point() else before[name]) for name in kept)
    run("export_demo.py", "--runs", tmp_path / "runs", "--out", tmp_path / "again", "--detectors", tmp_path)
    assert all(file.read_bytes() == (tmp_path / "again" / file.name).read_bytes() for file in (tmp_path / "bundle").iterdir())


def edit_set(folder: Path, out: Path) -> Path:
    """The made-up pictures as two persons before and after known edits."""
    shutil.copytree(folder, out)
    variation = np.zeros((4 * PERSONS, 12), np.float32)
    variation[np.arange(4 * PERSONS), np.arange(4 * PERSONS) % 12] = 2
    variation[[0, 12]] = 0
    np.save(out / "variation.npy", variation)
    np.save(out / "before.npy", np.repeat([0, 12], 12))
    return out


def test_bundle_modules_keep_their_contract(tmp_path: Path) -> None:
    run("make_test_bundle.py", "--out", tmp_path, "--seed", 3)
    bundle = bundles.load(tmp_path)
    modules, image = bundle.modules, torch.rand(2, 3, 64, 64)
    latent = modules["vae_encoder"](image)
    reference = modules["id_encoder"](latent[:1])
    time, au = torch.tensor([981.0, 1.0]), torch.zeros(2, 12)
    prediction = modules["denoiser"](latent, latent[:1], time, au, reference)
    shapes = {"face_parser": (2, 19, 64, 64), "landmarks": (2, 68, 2), "neutral_jaw": (2, 17, 2), "au_estimator": (2, 12),
              "head_pose": (2, 3)}
    assert latent.shape == prediction.shape == (2, 4, 8, 8)
    assert modules["vae_decoder"](latent).shape == image.shape
    assert {name: tuple(modules[name](image).shape) for name in shapes} == shapes
    assert torch.allclose(modules["identity"](image).norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_training_may_show_the_networks_what_sampling_meets(runs: Path, folder: Path, tmp_path: Path) -> None:
    text = run("training/train_diffusion.py", "--data", folder, "--smoke", "--size", 64, "--held-out", 2, "--out", tmp_path, "--batch", 6, "--sampled-share", 0.9,
               "--vae", runs / "vae" / "vae.pt", "--start-pool", 3, "--early-share", 0.5, "--least-noise", 0.5, "--own-timesteps", 700, 800,
               "--picture-weight", 0.5)
    assert "nan" not in text and (tmp_path / "diffusion.pt").exists()
