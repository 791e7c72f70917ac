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
from evaluation import figures  # noqa: E402
from training import augment, condition, data, drawing, latents, reader, schedule, train_diffusion, train_face  # noqa: E402

PERSONS, SIZE = 6, 96


def points() -> np.ndarray:
    """68 landmarks of a schematic face in a 96-pixel picture."""
    angle = np.linspace(np.pi, 0, 17)
    jaw = np.stack([48 + 28 * np.cos(angle), 45 + 35 * np.sin(angle)], 1)
    rest = np.stack([np.linspace(30, 66, 51), np.linspace(32, 66, 51)], 1)
    result = np.concatenate([jaw, rest])
    result[36:42], result[42:48], result[30], result[48], result[54] = (38, 42), (58, 42), (48, 54), (40, 66), (56, 66)
    return result


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


def test_a_readers_pictures_change_alike() -> None:
    torch.manual_seed(0)
    picture = torch.rand(4, 3, 64, 64)
    one, other = reader.changed_alike(picture, picture)
    assert torch.equal(one, other)
    assert (one - picture).abs().mean() > 0.05


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


def test_directions_compare_the_strongest_edits() -> None:
    before, variation = torch.full((12,), 2.0), torch.zeros(4, 12)
    variation[0, 0], variation[1, 0], variation[2, 3], variation[3, :2] = 5, -5, 5, 5
    after = torch.full((4, 12), 2.0)
    after[0, 0], after[1, 0], after[2, 3] = 4, 1, 1.5
    result = figures.directions(before, after, variation)
    assert result[0] == 3 and result[3] == -0.5  # no decrease of the fourth unit: the portrait stands for it


def test_a_perfect_edit_has_no_error() -> None:
    before = figures.Readings(torch.full((1, 12), 4.0), torch.eye(3)[:1], torch.zeros(1, 3))
    variation = 3 * torch.eye(12)[:2]
    after = figures.Readings(figures.intended(before.au, variation), torch.eye(3)[[0, 0]], torch.zeros(2, 3))
    found = figures.Figures()
    figures.add_edits(found, "edit", before, after, variation)
    assert after.au.max() == 5 and all(found.mean(f"edit {name}") == 0 for name in ("au", "untouched", "identity", "pose"))


def test_pooled_iou_weighs_classes_alike() -> None:
    truth, predicted = np.zeros((2, 4, 4), int), np.zeros((2, 4, 4), int)
    truth[0, 0], predicted[0, 0, :2], predicted[1, 3, 3] = 1, 1, 2  # half of class 1 found, and a class that isn't there
    counts = np.stack([figures.class_counts(predicted[k], truth[k], 3) for k in range(2)])
    assert figures.pooled_iou(counts) == pytest.approx((27 / 30 + 2 / 4) / 2)


def test_a_class_of_a_few_pixels_says_little_of_a_parser() -> None:
    counts = np.array([[900, 1000, 1000], [0, 0, 2 * figures.SMALLEST_CLASS - 1], [0, 5, 0]])
    assert figures.overlaps(counts, 2).tolist() == [900 / 1100]
    assert figures.overlaps(counts).tolist() == [900 / 1100, 0]  # counted together, all that is there


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


def test_an_edit_of_nothing_wants_the_portrait_itself() -> None:
    persons = 64
    latents = torch.arange(persons * 8.0).view(persons, 2, 4, 1, 1, 1)
    au = torch.arange(persons * 4 * 12.0).view(persons, 4, 12)
    portrait, target, _, _, change, pictures = train_diffusion.pairs(latents, torch.ones(persons, 4, 1, 1, 1), au, au + 1, np.random.default_rng(0))
    alike = portrait.repeat_interleave(train_diffusion.TARGETS, 0).flatten() == target.flatten()
    nothing = (change == 0).all(1)
    assert nothing.any() and alike[nothing].all()
    assert torch.equal(pictures[:, 0] - 1, 12 * (target.flatten() // 8 * 4 + target.flatten() % 8))  # of the target, not of the portrait
    assert torch.equal(alike, change.abs().amax(1) < 2)  # else the variation of another expression, 12 at least


def test_timesteps_and_noise_are_drawn_as_asked() -> None:
    torch.manual_seed(0)
    plain, early = (train_diffusion.drawn_timesteps(4000, share, torch.device("cpu")) for share in (0.0, 1.0))
    assert plain.min() < 10 and plain.max() == 999 and abs(plain.float().mean() - 500) < 20
    assert early.min() == train_diffusion.EARLY and early.max() == 999
    spread = train_diffusion.drawn_noise(torch.zeros(500, 4, 16, 16), 0.5).flatten(1).std(1)
    assert 0.45 < spread.min() < 0.55 and 0.95 < spread.max() < 1.1
    assert (train_diffusion.drawn_noise(torch.zeros(50, 4, 16, 16), 1.0).flatten(1).std(1) - 1).abs().max() < 0.1


def test_what_sampling_meets_is_noise_alone_and_then_what_ddim_makes_of_it() -> None:
    torch.manual_seed(0)
    latent, noise, alphas = torch.randn(400, 4, 3, 3), torch.randn(400, 4, 3, 3), schedule.alphas_cumprod()
    drawn = torch.full((400,), 5)
    wrong = 0.5 * latent  # what the network takes every picture for

    def predict(noisy: torch.Tensor, t: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        return schedule.velocity(noisy, wrong[rows], alphas[t].view(-1, 1, 1, 1))

    time, noisy = train_diffusion.as_sampled(predict, latent, noise, drawn, 0.6, alphas)
    first, later, plain = time == 999, (time >= 400) & (time < 900), time == 5
    assert (first | later | plain).all() and all(abs(rows.sum() - share) < 40 for rows, share in ((first, 120), (later, 120), (plain, 160)))
    assert torch.allclose(noisy[first], (1 - alphas[-1]).sqrt() * noise[first])
    assert torch.allclose(noisy[plain], schedule.add_noise(latent[plain], noise[plain], alphas[5]))
    narrow = train_diffusion.as_sampled(predict, latent, noise, drawn, 1.0, alphas, own=(700, 710))[0]
    assert set(narrow.tolist()) - {999} == set(range(700, 710))
    # What DDIM makes of it: the answer it believes in, and the noise that is left beside that answer in what it began with.
    begun = (1 - alphas[-1]).sqrt() * noise[later]
    left = (begun - alphas[-1].sqrt() * wrong[later]) / (1 - alphas[-1]).sqrt()
    assert torch.allclose(noisy[later], schedule.add_noise(wrong[later], left, alphas[time[later]].view(-1, 1, 1, 1)), atol=1e-4)


def test_a_training_may_show_the_networks_what_sampling_meets(runs: Path, folder: Path, tmp_path: Path) -> None:
    text = run("training/train_diffusion.py", "--data", folder, "--smoke", "--size", 64, "--held-out", 2, "--out", tmp_path, "--batch", 6, "--sampled-share", 0.9,
               "--vae", runs / "vae" / "vae.pt", "--start-pool", 3, "--early-share", 0.5, "--least-noise", 0.5, "--own-timesteps", 700, 800,
               "--picture-weight", 0.5)
    assert "nan" not in text and (tmp_path / "diffusion.pt").exists()


def test_drawn_pictures_are_drawn_to_the_truth() -> None:
    options = argparse.Namespace(reader=None, reader_weight=0.0, picture_weight=1.0)
    image, weight = torch.rand(2, 3, 32, 32), torch.ones(2, 1, 4, 4)
    weight[:, :, :, 2:] = 4
    losses = drawing.Drawing(options, torch.device("cpu"))
    assert losses.asks
    made = torch.zeros(2, 3, 32, 32, requires_grad=True)
    loss, told = losses.loss(made, image, weight)
    loss.backward()
    towards = made.grad
    assert losses.loss(made.detach() - 0.02 * towards.sign(), image, weight)[1][0] < told[0]
    assert losses.loss(2 * image - 1, image, weight)[1].abs().max() < 1e-6
    assert towards[..., 20:].abs().mean() > 2 * towards[..., :12].abs().mean()  # where more weight is


def test_mask_does_not_tell_the_jaw() -> None:
    """A closed and an open mouth under one neutral jaw blank the same pixels."""
    neutral = points()[:17]
    closed, opened = np.zeros((96, 96), np.uint8), np.zeros((96, 96), np.uint8)
    closed[25:78, 22:74], opened[25:86, 22:74] = 1, 1
    below = condition.mask(closed, neutral)[80:86, 44:52]
    assert below.all() and condition.mask(opened, neutral)[80:86, 44:52].all()


def test_contour_lies_on_the_jaw() -> None:
    landmarks = points()
    dots = condition.contour(landmarks[:17], condition.five_points(landmarks), 96, 96)
    rows, columns = np.nonzero(dots.max(2) > 60)
    distance = np.hypot(columns[:, None] - landmarks[:17, 0], rows[:, None] - landmarks[:17, 1])
    assert distance.min(0).max() < 1.5 and distance.min(1).max() < 3


@pytest.mark.parametrize(("angle", "width"), [(0.0, 1.0), (0.15, 1.0), (0.0, 1.1), (-0.15, 0.9)])
def test_crop_points_follow_the_picture(angle: float, width: float) -> None:
    image = torch.zeros(1, 1, 96, 96)
    image[0, 0, 40, 60] = 1
    frame, given = np.array([[20.0, 10.0, 64.0]]), np.array([[[60.0, 40.0]]])
    view = dict(angle=torch.tensor([angle]), width=torch.tensor([width]))
    crop = data.sample(image, torch.tensor(frame, dtype=torch.float32), 128, **view)[0, 0]
    row, column = divmod(int(crop.argmax()), 128)
    seen = data.to_crop(data.narrowed(given, frame, np.array([width])), frame, 128)
    x, y = train_face.rotate(seen, np.array([angle]), 128)[0, 0]
    assert abs(x - column) <= 1 and abs(y - row) <= 1


def test_clean_pictures_stay_as_rendered() -> None:
    images = torch.rand(64, 3, 16, 16)
    same = (augment.augment(images, 0.5) == images).flatten(1).all(1)
    assert 10 < same.sum() < 54 and not (augment.augment(images) == images).flatten(1).all(1).any()


def test_a_false_colour_costs_more_than_false_light() -> None:
    image, weight = torch.full((1, 3, 16, 16), 0.5), torch.ones(1, 1, 16, 16)
    light, colour = (torch.tensor(shift).view(1, 3, 1, 1).expand_as(image) for shift in ((0.1, 0.1, 0.1), (0.1, -0.1, 0.1)))
    said = [float(drawing.picture_loss(2 * image - 1 + shift, image, weight, None)) for shift in (light, colour)]
    assert said[0] == pytest.approx(0.1) and said[1] > 2 * said[0]


def test_a_surface_is_the_same_in_all_pictures_of_a_person() -> None:
    torch.manual_seed(2)
    picture = torch.rand(1, 3, 64, 64)
    first, second = augment.surface(torch.cat([picture, picture]))
    assert torch.equal(first, second)
    assert 0.005 < float((first - picture[0]).abs().mean()) < 0.5
    assert not torch.equal(augment.surface(picture), augment.surface(picture))


def test_timesteps_fall_in_both_spacings() -> None:
    assert schedule.timesteps(4, "leading") == [751, 501, 251, 1]
    assert schedule.timesteps(6, "trailing") == [999, 832, 666, 499, 332, 166]
    assert schedule.timesteps(4, "trailing", 4.0) == [999, 922, 799, 570]
    many = schedule.timesteps(999, "trailing", 10.0)
    assert many == sorted(set(many), reverse=True) and many[-1] >= 0


@pytest.mark.parametrize("spacing", ["leading", "trailing"])
def test_sampling_finds_what_the_network_knows(spacing: str) -> None:
    known, noise = torch.randn(2, 4, 3, 3), torch.randn(2, 4, 3, 3)
    alphas = schedule.alphas_cumprod()

    def predict(x: torch.Tensor, t: torch.Tensor, with_au: bool) -> torch.Tensor:
        alpha = alphas[int(t[0])]
        return (alpha.sqrt() * x - (known if with_au else 0 * known)) / (1 - alpha).sqrt()

    for scale in (1, 2):  # the other branch knows zeros
        found = schedule.ddim(predict, noise, schedule.timesteps(5, spacing), scale)
        assert (found - scale * known).abs().max() < 0.1 * noise.abs().max()


def test_min_snr_weights_have_a_floor() -> None:
    alpha = schedule.alphas_cumprod()
    plain, floored = schedule.min_snr_weight(alpha), schedule.min_snr_weight(alpha, least=0.3)
    assert plain[999] < 0.005 and floored.min() == pytest.approx(0.3)
    assert torch.equal(plain[plain > 0.3], floored[plain > 0.3])


def test_velocity_gives_back_latents_and_noise() -> None:
    latents, noise, alpha = torch.randn(2, 4, 3, 3), torch.randn(2, 4, 3, 3), schedule.alphas_cumprod()[500]
    x = schedule.add_noise(latents, noise, alpha)
    v = schedule.velocity(x, latents, alpha)
    assert torch.allclose(alpha.sqrt() * x - (1 - alpha).sqrt() * v, latents, atol=1e-5)
    assert torch.allclose(alpha.sqrt() * v + (1 - alpha).sqrt() * x, noise, atol=1e-5)
