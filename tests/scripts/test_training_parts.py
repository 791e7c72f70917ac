# SPDX-License-Identifier: Apache-2.0
"""What the trainings are made of: pairs, noise, schedule, damage, losses and the condition image."""
import argparse
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from schematic import points  # noqa: E402
from training import augment, condition, data, drawing, reader, schedule, train_diffusion, train_face  # noqa: E402


def test_a_readers_pictures_change_alike() -> None:
    torch.manual_seed(0)
    picture = torch.rand(4, 3, 64, 64)
    one, other = reader.changed_alike(picture, picture)
    assert torch.equal(one, other)
    assert (one - picture).abs().mean() > 0.05


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
    """To the pixel's part: half a pixel off, a mirrored label contradicts the one it was made from."""
    image = torch.zeros(1, 1, 96, 96)
    image[0, 0, 40, 60] = 1
    frame, given = np.array([[20.0, 10.0, 64.0]]), np.array([[[60.5, 40.5]]])  # as the renderer counts
    view = dict(angle=torch.tensor([angle]), width=torch.tensor([width]))
    crop = data.sample(image, torch.tensor(frame, dtype=torch.float32), 128, **view)[0, 0]
    column, row = ((crop * torch.arange(128.0).view(shape)).sum() / crop.sum() for shape in ((1, 128), (128, 1)))
    seen = data.to_crop(data.narrowed(given, frame, np.array([width])), frame, 128)
    x, y = train_face.rotate(seen, np.array([angle]), 128)[0, 0]
    assert (x, y) == pytest.approx((float(column), float(row)), abs=0.02)


def test_clean_pictures_stay_as_rendered() -> None:
    images = torch.rand(64, 3, 16, 16)
    same = (augment.augment(images, 0.5) == images).flatten(1).all(1)
    assert 10 < same.sum() < 54 and not (augment.augment(images) == images).flatten(1).all(1).any()


def test_a_false_colour_costs_more_than_false_light() -> None:
    image, weight = torch.full((1, 3, 16, 16), 0.5), torch.ones(1, 1, 16, 16)
    light, colour = (torch.tensor(shift).view(1, 3, 1, 1).expand_as(image) for shift in ((0.1, 0.1, 0.1), (0.1, -0.1, 0.1)))
    said = [float(drawing.picture_loss(2 * image - 1 + shift, image, weight, None)) for shift in (light, colour)]
    assert said[0] == pytest.approx(0.1) and said[1] > 2 * said[0]


def test_a_face_has_one_colour_before_any_background() -> None:
    torch.manual_seed(3)
    pictures = torch.rand(2, 3, 32, 32)
    pictures[:, :, 8:24, 8:24] = torch.rand(3, 1, 1)
    first, second = augment.colour(pictures, alike=True)
    assert torch.allclose(first[:, 8:24, 8:24], second[:, 8:24, 8:24])
    first, second = augment.colour(pictures)
    assert not torch.allclose(first[:, 8:24, 8:24], second[:, 8:24, 8:24])


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
