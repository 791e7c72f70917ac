# SPDX-License-Identifier: Apache-2.0
"""Latents after whole samplers, by the program's own loop on an exported bundle, against the published pipeline's:
within 1e-3 of each array's standard deviation; timesteps too.
"""
import subprocess

import numpy as np
import pytest
from reference import ROOT, bundle, difference, tiny_config, tiny_expected  # noqa: F401

PROGRAM = ROOT / "build" / "release" / "tests" / "pipeline" / "sample_latents"
WHOLE_SAMPLER = 1e-3
INPUTS = {"portrait": "portrait_latent", "condition": "condition_latent", "initial_noise": "initial_noise",
          "step_noise": "step_noise", "au": "au"}  # fmt: skip
EXPECTED = tiny_expected()
NAMES = sorted(name.removeprefix("latent_") for name in EXPECTED if name.startswith("latent_"))
pytestmark = [
    pytest.mark.skipif(not PROGRAM.is_file(), reason=f"{PROGRAM.name} isn't built"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.mark.parametrize("name", NAMES)
def test_latents(bundle, tmp_path, name):
    for file, array in INPUTS.items():
        EXPECTED[array].astype(np.float32).tofile(tmp_path / file)
    sampler, steps, edit = name.rsplit("_", 2)
    guidance, wanted = tiny_config()["guidance"], EXPECTED[f"latent_{name}"]
    command = [PROGRAM, bundle, tmp_path, sampler, steps, edit.removeprefix("au"), guidance, wanted.shape[-1]]
    subprocess.run([str(part) for part in command], check=True)
    # Euler's are fractions, which the published scheduler holds in float32.
    assert np.allclose(np.fromfile(tmp_path / "timesteps"), EXPECTED[f"timesteps_{sampler}_{steps}"], rtol=0, atol=1e-4)
    latent = np.fromfile(tmp_path / "latent", np.float32).reshape(wanted.shape)
    difference(f"latent_{name}", latent, wanted, WHOLE_SAMPLER * float(wanted.std()))
