# SPDX-License-Identifier: Apache-2.0
"""The demo's denoiser keeps, place by place, what it will of the portrait's latents."""
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks.unet import Kept  # noqa: E402
from training import train_diffusion, widen  # noqa: E402

CHANNELS = 5


def test_each_place_keeps_its_own_latents() -> None:
    torch.manual_seed(1)
    kept = Kept(4, CHANNELS)
    torch.nn.init.normal_(kept.query.weight)
    hidden, portrait = torch.randn(2, 4, 3, 6), torch.randn(1, CHANNELS, 3, 6)
    key = torch.randn(1, 18, CHANNELS)
    found = kept(hidden, key, portrait.flatten(2).transpose(1, 2))
    at = kept.query(hidden)[1, :, 2, 4] + key[0, 2 * 6 + 4]
    torch.testing.assert_close(found[1, :, 2, 4], torch.sigmoid(at) * portrait[0, :, 2, 4])
    assert found.shape == hidden.shape[:1] + portrait.shape[1:]


def test_a_denoiser_that_learns_to_keep_everything_answers_with_the_portrait() -> None:
    torch.manual_seed(1)
    pair, forms = train_diffusion.build("smoke", CHANNELS, torch.device("cpu"))
    denoiser = pair["denoiser"]
    torch.nn.init.constant_(denoiser.kept.query.bias, 50)
    for layer in (denoiser.conv_out, denoiser.level_out):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    portrait = torch.randn(1, CHANNELS, 8, 8)
    reference = forms["id_encoder"](portrait)
    assert len(reference) % 2 == 0  # keys and values in pairs, as the contract says
    velocity = forms["denoiser"](torch.randn(3, CHANNELS, 8, 8), portrait, torch.full((3,), 999.0), torch.zeros(3, 12), reference)
    torch.testing.assert_close(velocity, -portrait.expand(3, -1, -1, -1))


def test_denoisers_of_before_learn_it_from_little() -> None:
    pair, _ = train_diffusion.build("smoke", CHANNELS, torch.device("cpu"))
    before = {name: value for name, value in pair.state_dict().items() if ".kept." not in name}
    state = widen.widened(pair, before)
    assert state["denoiser.kept.query.weight"].abs().max() == 0 and torch.sigmoid(2 * state["denoiser.kept.query.bias"]).max() < 0.2
