# SPDX-License-Identifier: Apache-2.0
"""Layers of eight bits say nearly what the plain ones say, fit into half the bytes, and come back as they are."""
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from networks.compact import CompactConv2d, CompactLinear, compact, restored  # noqa: E402


def network() -> torch.nn.Sequential:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 80, 3, 2, 1, bias=False), torch.nn.Conv2d(80, 80, 3, 2, 1, bias=False), torch.nn.Flatten(),
                               torch.nn.Linear(720, 40), torch.nn.ReLU(), torch.nn.Linear(40, 12))


def halves(state: dict) -> dict:
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


def test_large_layers_alone_become_compact_and_hardly_change() -> None:
    plain = network()
    small = compact(plain)
    assert isinstance(small[1], CompactConv2d) and isinstance(small[3], CompactLinear)
    assert [type(small[k]) for k in (0, 5)] == [type(plain[k]) for k in (0, 5)] == [torch.nn.Conv2d, torch.nn.Linear]
    assert isinstance(plain[3], torch.nn.Linear)  # a copy was made compact
    x = torch.randn(64, 3, 12, 12)
    assert (torch.jit.script(small)(x) - plain(x)).abs().max() < 0.03 * plain(x).std()
    sizes = [sum(value.nbytes for value in halves(n.state_dict()).values()) for n in (small, plain)]
    assert sizes[0] < 0.54 * sizes[1]


def test_a_convolution_with_a_bias_keeps_it() -> None:
    layer = torch.nn.Sequential(torch.nn.Conv2d(80, 80, 3))
    assert type(compact(layer)[0]) is torch.nn.Conv2d


def test_a_row_of_zeros_stays_zero() -> None:
    plain = network()
    torch.nn.init.zeros_(plain[3].weight[3])
    assert torch.equal(compact(plain).half()[3](torch.randn(2, 720).half())[:, 3], plain[3].bias[3].half().expand(2))


def test_what_was_compact_is_the_same_when_made_compact_again() -> None:
    stored = halves(compact(network()).state_dict())
    again = network()
    again.load_state_dict(restored({name: value.float() if value.is_floating_point() else value for name, value in stored.items()}))
    found = halves(compact(again).state_dict())
    assert stored.keys() == found.keys() and all(torch.equal(stored[name], found[name]) for name in stored)
