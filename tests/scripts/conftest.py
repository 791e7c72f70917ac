# SPDX-License-Identifier: Apache-2.0
"""Fixtures of several test files."""
import pytest


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """The tiny checkpoints through the exporter, once."""
    # Imported here: tests that need no PyTorch are collected without it.
    from reference import export_arguments, write_checkpoints

    import export_magicface

    folder = tmp_path_factory.mktemp("exported")
    write_checkpoints(folder / "checkpoints")
    assert export_magicface.main(export_arguments(folder / "checkpoints", folder / "bundle")) == 0
    return folder / "bundle"
