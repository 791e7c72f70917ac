# SPDX-License-Identifier: Apache-2.0
"""The luminance in an autoencoder's latents: told as it is, and kept by what is drawn."""
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks.vae import Luminance, Vae, VaeDecoderModule, VaeEncoderModule, cosines, with_averages  # noqa: E402
from training import train_vae  # noqa: E402


def test_cosines_are_orthonormal_and_begin_with_the_mean() -> None:
    basis = cosines(4)
    torch.testing.assert_close(basis @ basis.T, torch.eye(16))
    torch.testing.assert_close(basis[0], torch.full((16,), 0.25))


def test_pieces_of_one_colour_have_nothing_to_tell() -> None:
    pieces = torch.nn.functional.interpolate(2 * torch.rand(2, 3, 8, 8) - 1, size=64)
    assert Luminance(4).told(pieces, 8).abs().max() < 1e-5


@pytest.mark.parametrize("side", [2, 4])
def test_a_grey_picture_comes_back_from_averages_and_luminance_alone(side: int) -> None:
    luminance, size = Luminance(side), 8 * side
    grey = torch.nn.functional.interpolate(torch.rand(2, 1, 5, 5), size=size, mode="bicubic").expand(-1, 3, -1, -1)
    small = luminance.small(grey, 8)
    assert small.shape == (2, 1, size, size) and torch.allclose(small, grey[:, :1], atol=1e-6)  # a picture of just that size
    latent = torch.cat([with_averages(grey, torch.randn(2, 5, 8, 8)), luminance.told(grey, 8)], 1)
    torch.testing.assert_close(luminance.kept(torch.zeros_like(grey), latent), grey, rtol=0, atol=1e-5)


def test_luminance_is_kept_and_hues_stay() -> None:
    luminance = Luminance(4)
    wanted, drawn = (torch.nn.functional.interpolate(2 * torch.rand(2, 3, 12, 12) - 1, size=64, mode="bicubic") for _ in range(2))
    latent = torch.cat([with_averages(wanted, torch.randn(2, 5, 8, 8)), luminance.told(wanted, 8)], 1)
    kept = luminance.kept(drawn, latent)
    away = [(luminance.small(picture - wanted, 8)).abs().mean() for picture in (drawn, kept)]
    assert away[1] < 0.1 * away[0]
    shift = kept - drawn
    torch.testing.assert_close(shift, shift[:, :1].expand(-1, 3, -1, -1), rtol=0, atol=1e-5)


def test_a_bundles_modules_encode_and_draw_as_in_training() -> None:
    torch.manual_seed(1)
    network, image = Vae(train_vae.SMOKE).eval(), torch.rand(2, 3, 64, 64)
    encoder, decoder = (torch.jit.script(module.eval()) for module in (VaeEncoderModule(network), VaeDecoderModule(network)))
    with torch.no_grad():
        latent = network.encode(image)[0]
        torch.testing.assert_close(encoder(image), latent)
        torch.testing.assert_close(decoder(latent), (network.decode(latent) / 2 + 0.5).clamp(0, 1))
    assert latent.shape == (2, train_vae.SMOKE.latent_channels, 8, 8)
