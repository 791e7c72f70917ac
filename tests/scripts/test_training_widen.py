# SPDX-License-Identifier: Apache-2.0
"""Networks with more latent channels answer as before, and can learn to use the new ones."""
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks.vae import Vae  # noqa: E402
from training import train_diffusion, train_vae  # noqa: E402

OLD, NEW = 6, 9


def vaes(tmp_path: Path) -> tuple[Vae, Vae]:
    """An autoencoder, and a wider one begun with it."""
    torch.manual_seed(1)
    narrow, wide = Vae(train_vae.SMOKE), Vae(replace(train_vae.SMOKE, latent_channels=NEW))
    torch.save({"config": train_vae.SMOKE, "average": narrow.state_dict()}, tmp_path / "vae.pt")
    train_vae.begin(wide, tmp_path / "vae.pt", torch.device("cpu"))
    return narrow, wide


def test_a_wider_autoencoder_encodes_and_draws_the_same(tmp_path: Path) -> None:
    narrow, wide = vaes(tmp_path)
    image = torch.rand(2, 3, 64, 64)
    for before, after in zip(narrow.encode(image), wide.encode(image)):
        torch.testing.assert_close(after[:, :OLD], before, rtol=0, atol=0)
    latent = torch.randn(2, NEW, 8, 8)
    torch.testing.assert_close(wide.decode(latent), narrow.decode(latent[:, :OLD]))


def test_new_latent_channels_can_be_learnt(tmp_path: Path) -> None:
    wide = vaes(tmp_path)[1]
    wide.decode(wide.encode(torch.rand(2, 3, 64, 64))[0]).square().mean().backward()
    assert wide.decoder.conv_in.weight.grad[:, OLD:].abs().max() > 0


def test_wider_unets_predict_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    device = torch.device("cpu")
    narrow, before = train_diffusion.build("smoke", OLD, device)
    wide, after = train_diffusion.build("smoke", NEW, device)
    torch.save({"configs": train_diffusion.configs("smoke", OLD), "average": narrow.state_dict()}, tmp_path / "diffusion.pt")
    train_diffusion.begin(wide, tmp_path / "diffusion.pt", device)
    latent, attribute, portrait = torch.randn(3, 2, NEW, 8, 8)
    time, change = torch.tensor([100.0, 900.0]), torch.randn(2, 12)
    with torch.no_grad():
        wanted = before["denoiser"](latent[:, :OLD], attribute[:, :OLD], time, change, before["id_encoder"](portrait[:, :OLD]))
        found = after["denoiser"](latent, attribute, time, change, after["id_encoder"](portrait))
    torch.testing.assert_close(found[:, :OLD], wanted)
    assert wanted.std() > 0.1
