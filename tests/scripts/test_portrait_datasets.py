# SPDX-License-Identifier: Apache-2.0
"""The portrait renderer: data sets that are continued, and refused."""
import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")
pytest.importorskip("moderngl")

from portraits import dataset  # noqa: E402
from portraits.renderer import Picture  # noqa: E402


class FlatRenderer:
    """Stands in for the renderer: the grey value counts the pictures."""

    def __init__(self, size=8, stop_after=None):
        self.size, self.count, self.stop_after = size, 0, stop_after

    def render(self, portrait):
        if self.count == self.stop_after:
            raise KeyboardInterrupt
        self.count += 1
        grey = int(portrait.noise_seed % 251)
        return Picture(
            rgb=np.full((self.size, self.size, 3), grey, np.uint8),
            classes=np.ones((self.size, self.size), np.uint8),
            landmarks=np.zeros((68, 2)),
            visible=np.ones(68, bool),
            neutral_jaw=np.zeros((17, 2)),
        )


def read_all(folder):
    return {name: np.load(folder / f"{name}.npy") for name in dataset.layout(8)}


def test_an_interrupted_data_set_is_continued(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "CHECKPOINT_PEOPLE", 2)
    dataset.render_dataset(FlatRenderer(), tmp_path / "whole", 50, 5, 2, report=lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        dataset.render_dataset(FlatRenderer(stop_after=7), tmp_path / "parts", 50, 5, 2, report=lambda _: None)
    assert (tmp_path / "parts/done").read_text() == "4"
    resumed = FlatRenderer()
    dataset.render_dataset(resumed, tmp_path / "parts", 50, 5, 2, report=lambda _: None)
    assert resumed.count == 6 and (tmp_path / "parts/done").read_text() == "10"
    whole, parts = read_all(tmp_path / "whole"), read_all(tmp_path / "parts")
    for name in whole:
        assert np.array_equal(whole[name], parts[name]), name
    assert whole["person"].tolist() == [50, 50, 51, 51, 52, 52, 53, 53, 54, 54]
    assert np.abs(whole["pose"]).max() < 0.5  # radians


def test_a_data_set_of_other_settings_is_refused(tmp_path):
    dataset.render_dataset(FlatRenderer(), tmp_path, 50, 2, 2, report=lambda _: None)
    with pytest.raises(dataset.DatasetMismatch):
        dataset.render_dataset(FlatRenderer(), tmp_path, 51, 2, 2, report=lambda _: None)
    with pytest.raises(dataset.DatasetMismatch):
        dataset.render_dataset(FlatRenderer(size=9), tmp_path, 50, 2, 2, report=lambda _: None)
