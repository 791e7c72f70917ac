# SPDX-License-Identifier: Apache-2.0
"""A larger network begins with what a smaller one has learnt; trainings have a mean; layouts don't change what is learnt."""
import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks import demo_face  # noqa: E402
from networks.demo_face import ActionUnitModule, CloseUps, FaceConfig, FaceNetworks  # noqa: E402
from networks.unet import DenoiserModule, IdEncoderModule, UNet  # noqa: E402
from networks.vae import Vae  # noqa: E402
from training import common, mean, more_latents, strengthen, train_diffusion, train_face, train_vae, widen  # noqa: E402


def test_an_autoencoder_with_more_layers_encodes_and_draws_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    shallow, deep = Vae(train_vae.SMOKE), Vae(replace(train_vae.SMOKE, layers_per_block=(2, 2, 2, 1)))
    torch.save({"average": shallow.state_dict()}, tmp_path / "vae.pt")
    widen.begin(deep, tmp_path / "vae.pt", torch.device("cpu"))
    image = torch.rand(2, 3, 64, 64)
    latent = shallow.encode(image)[0]
    torch.testing.assert_close(deep.encode(image)[0], latent, rtol=0, atol=0)
    drawn = deep.decode(latent)
    torch.testing.assert_close(drawn, shallow.decode(latent), rtol=0, atol=0)
    drawn.square().mean().backward()
    assert deep.decoder.up_blocks[3].resnets[2].conv2.weight.grad.abs().max() > 0


def test_an_autoencoder_that_is_told_luminance_draws_as_before_with_that_luminance() -> None:
    torch.manual_seed(1)
    config = replace(train_vae.SMOKE, latent_channels=6, luminance_side=0)
    before = Vae(config)
    state = more_latents.autoencoder({"average": before.state_dict(), "config": config, "scaling_factor": 0.7}, 4)
    after = Vae(state["config"])
    after.load_state_dict(state["average"])
    image = torch.nn.functional.interpolate(torch.rand(2, 3, 16, 16), size=64, mode="bicubic").clamp(0, 1)
    moments, more = before.encode(image), after.encode(image)
    for old, new in zip(moments, more):
        torch.testing.assert_close(new[:, :6], old, rtol=0, atol=0)
        assert new.shape[1] == 6 + 15
    plain, drawn, small = before.decode(moments[0]), after.decode(more[0]), after.luminance.small
    torch.testing.assert_close(drawn - drawn.mean(1, keepdim=True), plain - plain.mean(1, keepdim=True), rtol=0, atol=1e-5)  # the same hues
    errors = [(small(picture, 8) - small(2 * image - 1, 8)).abs().mean() for picture in (plain, drawn)]
    assert errors[1] < 0.3 * errors[0]
    drawn.square().mean().backward()
    assert after.decoder.conv_in.weight.grad[:, 6:].abs().max() > 0  # not heard yet by what draws the rest, but it will be


def test_unets_of_more_latent_channels_answer_the_same_at_first() -> None:
    torch.manual_seed(1)
    configs, channels = [replace(config, keeps=False) for config in train_diffusion.configs("smoke", 4)], 7

    def forms(pair: torch.nn.ModuleDict) -> tuple[DenoiserModule, IdEncoderModule]:
        return DenoiserModule(pair["denoiser"]).eval(), IdEncoderModule(pair["id_encoder"], pair["denoiser"]).eval()

    before = torch.nn.ModuleDict(dict(zip(("denoiser", "id_encoder"), map(UNet, configs))))
    state = more_latents.unets({"average": before.state_dict(), "configs": configs, "scaling_factor": 0.7}, channels)
    after = torch.nn.ModuleDict(dict(zip(("denoiser", "id_encoder"), map(UNet, state["configs"]))))
    after.load_state_dict(state["average"])
    portrait, noisy, attribute = torch.randn(3, 2, channels, 8, 8).unbind()
    time, variation, answers = torch.tensor([999.0, 500.0]), torch.randn(2, 12), []
    for pair, count in ((before, 4), (after, channels)):
        denoiser, encoder = forms(pair)
        answers.append(denoiser(noisy[:, :count], attribute[:, :count], time, variation, encoder(portrait[:, :count])))
    torch.testing.assert_close(answers[1][:, :4], answers[0], rtol=0, atol=1e-5)
    assert answers[1].shape[1] == channels and (answers[1][:, 4:] == 0).all()


@pytest.mark.parametrize("views", [((1.0, 0.0),), demo_face.VIEWS])
def test_an_exported_estimator_says_the_same_of_a_mirror_image(monkeypatch, views: tuple[tuple[float, float], ...]) -> None:
    monkeypatch.setattr(demo_face, "VIEWS", views)
    torch.manual_seed(1)
    networks, image = FaceNetworks(train_face.SMOKE).eval(), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        alone, mirrored = (networks(picture)["au_estimator"] for picture in (image, image.flip(3)))
        exported = torch.jit.script(ActionUnitModule(networks))
        found = exported(image)
    assert (alone - mirrored).abs().max() > 1e-3  # by itself it doesn't
    as_given = (found - (alone + mirrored) / 2).abs().max() < 1e-5
    assert as_given == (len(views) == 1)
    torch.testing.assert_close(exported(image.flip(3)), found, rtol=0, atol=1e-5)


def test_views_are_parts_and_turns_of_the_picture() -> None:
    picture = torch.rand(1, 1, 16, 16)

    def seen(part: float, degrees: float, side: int) -> torch.Tensor:
        grid = torch.nn.functional.affine_grid(torch.tensor([demo_face.affine(part, degrees)]), [1, 1, side, side], align_corners=False)
        return torch.nn.functional.grid_sample(picture, grid, align_corners=False)

    torch.testing.assert_close(seen(0.5, 0, 8), picture[:, :, 4:12, 4:12])
    torch.testing.assert_close(seen(1, 90, 16), picture.rot90(1, (2, 3)))


def test_face_networks_that_see_more_say_the_same_at_first() -> None:
    torch.manual_seed(1)
    before = FaceNetworks(replace(train_face.SMOKE, enlarged=0)).eval()
    after = FaceNetworks(replace(train_face.SMOKE, close=True, fine=5, refined=True, hidden=24)).eval()
    after.load_state_dict(widen.widened(after, before.state_dict()))
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        wanted, found = before(image), after(image)
    assert all(torch.allclose(found[name], wanted[name], atol=1e-6) for name in wanted)
    found = after.train()(image)
    (found["au_estimator"].sum() + found["face_parser"].square().sum()).backward()
    assert after.action_units.body[0].weight.grad[:, -68 * 5 - 3 * 4 :].abs().max() > 0
    assert after.action_units.body[0].weight.grad[:, -3 * 4 :].abs().max() > 0
    assert after.action_units.body[2].weight.grad[:, 16:].abs().max() > 0
    assert after.parser.refine.body[-1].weight.grad.abs().max() > 0
    assert after.trunk.close.body[-1].weight.grad.abs().max() > 0


def test_a_judge_of_twice_as_many_pixels_says_the_same_at_first() -> None:
    torch.manual_seed(1)
    before = FaceNetworks(train_face.SMOKE).eval()
    after = FaceNetworks(train_face.SMOKE_JUDGE).eval()
    after.load_state_dict(widen.widened(after, before.state_dict()))
    # Smooth, for close-ups of 96 pixels aren't exactly those of 48.
    image = torch.nn.functional.interpolate(torch.rand(2, 3, 16, 16), size=128, mode="bicubic").clamp(0, 1)
    with torch.no_grad():
        wanted, found = (network(picture, train_face.JUDGE_TASKS) for network, picture in
                         ((before, torch.nn.functional.avg_pool2d(image, 2)), (after, image)))
        other = image.unflatten(2, [64, 2]).flip(3).flatten(2, 3)  # every two rows exchanged
        finer = after(other, train_face.JUDGE_TASKS)["landmarks"]
    wanted["landmarks"] = 2 * wanted["landmarks"] + 0.5
    assert all(torch.allclose(found[name], wanted[name], atol=1e-3) for name in wanted)
    assert torch.allclose(finer, found["landmarks"], atol=1e-3)  # what is finer isn't heard yet,
    found = after.train()(image, train_face.JUDGE_TASKS)
    found["au_estimator"].sum().backward()
    weight = after.trunk.level1[0].weight
    assert weight.grad[:, 0].sub(weight.grad[:, 1]).abs().max() > 0  # but will be
    assert after.action_units.close_ups.deeper.body[-1].weight.grad.abs().max() > 0
    assert after.action_units.weighed.body[2].weight.grad.abs().max() > 0


def test_close_ups_show_both_eyes_as_right_ones_and_the_mouth() -> None:
    points = torch.zeros(1, 68, 2)
    points[0, :, 0], points[0, :, 1] = 64, 100
    points[0, 17:22], points[0, 36:42] = torch.tensor([40.0, 40]), torch.tensor([40.0, 56])
    points[0, 22:27], points[0, 42:48] = torch.tensor([87.0, 40]), torch.tensor([87.0, 56])
    half = torch.nn.functional.avg_pool2d(torch.rand(1, 3, 134, 70), 7, 1)
    face = torch.cat([half, half.flip(3)], 3)  # symmetrical about 63.5
    face[:, :, 90:110, 54:74] = 1
    seen = []
    network = CloseUps(FaceConfig(enlarged=4)).eval()
    network.body[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        found = network(face, points)
    right, left, mouth = seen[0] / 4 + 0.5
    torch.testing.assert_close(right, left, rtol=0, atol=1e-4)
    # The middle of brow and eye (40, 48) is the close-up's, which reaches 0.6 eye distances of 47 pixels to each side.
    reached = torch.nn.functional.interpolate(face[:, :, 20:76, 12:68], size=48, mode="area")[0]
    assert torch.corrcoef(torch.stack([right.flatten(), reached.flatten()]))[0, 1] > 0.8
    assert mouth[:, 20:28, 20:28].min() > 0.99 and mouth[:, :4, :4].max() < 1
    assert found.shape == (1, 12)
    torch.testing.assert_close(found[0, :4], found[0, 4:8], rtol=0, atol=1e-4)


def test_the_mean_of_trainings_lies_between_them() -> None:
    states = [{"weight": torch.tensor([value, 1.0]), "count": torch.tensor(count)} for value, count in ((1.0, 7), (3.0, 9), (5.0, 9))]
    assert mean.mean(states[:2])["weight"].tolist() == [2.0, 1.0]
    middle = mean.mean(states)
    assert middle["weight"].tolist() == [3.0, 1.0]
    assert middle["count"] == 7


def test_a_strengthened_denoiser_hears_more_of_the_units_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    pair, forms = train_diffusion.build("smoke", 4, torch.device("cpu"))
    torch.save({"average": pair.state_dict(), "step": 5}, tmp_path / "before.pt")
    monkeypatch.setattr("sys.argv", ["strengthen.py", str(tmp_path / "before.pt"), "AU2=2", "AU26=1.5", "--out", str(tmp_path / "new" / "after.pt")])
    strengthen.main()
    after = torch.load(tmp_path / "new" / "after.pt", weights_only=False)
    assert after["step"] == 5
    latents, attribute, t = torch.randn(1, 4, 16, 16), torch.randn(1, 4, 16, 16), torch.tensor([700.0])
    reference, variation, louder = forms["id_encoder"](torch.randn(1, 4, 16, 16)), torch.ones(1, 12), torch.ones(1, 12)
    louder[0, 1], louder[0, 11] = 2, 1.5
    with torch.no_grad():
        wanted, plain = (forms["denoiser"](latents, attribute, t, asked, reference) for asked in (louder, variation))
        pair.load_state_dict(after["average"])
        found = forms["denoiser"](latents, attribute, t, variation, reference)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-5)
    assert (wanted - plain).abs().max() > 1e-4


@pytest.mark.parametrize("text", ["AU3=1.2", "AU4", "AU4=loud"])
def test_a_gain_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises((ValueError, argparse.ArgumentTypeError)):
        strengthen.gain(text)


def test_normalising_by_planes_learns_the_same() -> None:
    torch.manual_seed(1)
    plain, planes = (Vae(train_vae.SMOKE).to(memory_format=torch.channels_last) for _ in range(2))
    planes.load_state_dict(plain.state_dict())
    common.normalise_by_planes(planes, torch.device("cpu"))
    layouts = []
    planes.encoder.down_blocks[0].resnets[0].norm1.register_forward_hook(lambda _, inputs, result: layouts.extend(
        value.is_contiguous(memory_format=torch.channels_last) for value in (*inputs, result)))
    image = torch.rand(2, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    for network in (plain, planes):
        network.decode(network.encode(image)[0]).square().mean().backward()
    assert layouts == [False, True]
    for name, parameter in planes.named_parameters():
        torch.testing.assert_close(parameter.grad, plain.get_parameter(name).grad, rtol=1e-3, atol=1e-6)
