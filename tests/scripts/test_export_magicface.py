# SPDX-License-Identifier: Apache-2.0
"""Checkpoint folder in, bundle out: the exported modules give the published numbers at any batch and size."""
import hashlib
import json
import os

import numpy as np
import pytest
import torch
from reference import TINY, difference, export_arguments, picture, tiny_expected, write_checkpoints

import export_magicface
from exporting import configs
from exporting.errors import ExportError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "checkpoints"
    write_checkpoints(folder)
    return folder


@pytest.fixture(scope="module")
def bundle(checkpoints):
    out = checkpoints.parent / "bundle"
    assert export_magicface.main(export_arguments(checkpoints, out)) == 0
    return out


def modules(folder):
    manifest = json.loads((folder / "bundle.json").read_text())
    return {name: torch.jit.load(str(folder / entry["file"])) for name, entry in manifest["modules"].items()}


def run(loaded, image, batch, dtype=torch.float32):
    """One pass through all four modules."""
    image = image.expand(batch, -1, -1, -1).to(dtype)
    latent = loaded["vae_encoder"](image)
    reference = loaded["id_encoder"](latent[:1])
    time, au = torch.full((batch,), 500.0), torch.ones(batch, 12)
    noise = loaded["denoiser"](latent, latent, time, au, reference)
    return latent, reference, noise, loaded["vae_decoder"](latent)


def test_manifest(bundle):
    manifest = json.loads((bundle / "bundle.json").read_text())
    assert (manifest["format"], manifest["kind"], manifest["size_multiple"]) == (1, "magicface", 64)
    assert manifest["latent"] == {"channels": 4, "factor": 8, "scaling_factor": 0.18215}
    assert manifest["schedule"]["steps_offset"] == 1
    assert manifest["condition"]["blanked"] == ["skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "nose", "mouth",
                                                "u_lip", "l_lip", "neck_l"]  # fmt: skip
    for entry in manifest["modules"].values():
        data = (bundle / entry["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
        assert entry["licence"] and entry["source"]
    assert str(bundle.parent) not in json.dumps(manifest), "a manifest must not carry the machine's paths"
    assert sorted(os.listdir(bundle)) == sorted(["bundle.json", *(e["file"] for e in manifest["modules"].values())])


@torch.no_grad()
def test_modules_give_the_published_numbers(bundle):
    loaded, expected = modules(bundle), tiny_expected()
    close = lambda name, value: difference(name, value, expected[name], 1e-4 * float(expected[name].std()))  # noqa: E731
    close("portrait_latent", loaded["vae_encoder"](picture(1, 128, 128)))
    reference = loaded["id_encoder"](torch.tensor(expected["portrait_latent"]))
    au = torch.stack([torch.tensor(expected["au"][0]), torch.zeros(12)])
    noise = torch.tensor(expected["initial_noise"]).expand(2, -1, -1, -1)
    condition = torch.tensor(expected["condition_latent"])
    for timestep in (999, 981, 500, 20, 1):
        time = torch.full((2,), float(timestep))
        close(f"eps_t{timestep}", loaded["denoiser"](noise, condition, time, au, reference))
    # A batch is its items, and a reference per item is the same as one for all.
    doubled = [value.expand(2, -1, -1) for value in reference]
    close("eps_t1", loaded["denoiser"](noise, condition.expand(2, -1, -1, -1), time, au, doubled))


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 128, 768), (4, 64, 64), (4, 192, 128), (1, 768, 768), (1, 448, 320)])
@torch.no_grad()
def test_any_batch_and_size(bundle, batch, height, width):
    latent, reference, noise, image = run(modules(bundle), picture(3, height, width), batch)
    assert latent.shape == noise.shape == (batch, 4, height // 8, width // 8)
    assert image.shape == (batch, 3, height, width)
    assert 0 <= float(image.min()) and float(image.max()) <= 1
    assert len(reference) == 32 and reference[0].shape == (1, latent.shape[2] * latent.shape[3], 32)
    assert all(bool(value.isfinite().all()) for value in (latent, noise, image))


@torch.no_grad()
def test_results_do_not_depend_on_the_batch(bundle):
    loaded = modules(bundle)
    images = torch.cat([picture(seed, 128, 192) for seed in range(1, 5)])
    together = loaded["vae_encoder"](images)
    alone = torch.cat([loaded["vae_encoder"](image[None]) for image in images])
    difference("batch of 4", together, alone.numpy(), 1e-4)


@pytest.mark.parametrize(("name", "dtype", "tolerance"), [("float16", torch.float16, 0.02), ("bfloat16", torch.bfloat16, 0.1)])
@torch.no_grad()
def test_half_precision_weights(checkpoints, bundle, tmp_path, name, dtype, tolerance):
    out = tmp_path / "half"
    assert export_magicface.main(export_arguments(checkpoints, out, "--dtype", name)) == 0
    loaded = modules(out)
    for module in loaded.values():
        floating = [t for t in [*module.parameters(), *module.buffers()] if t.is_floating_point()]
        assert floating and all(tensor.dtype == dtype for tensor in floating)
    assert (out / "denoiser.pt").stat().st_size < 0.55 * (bundle / "denoiser.pt").stat().st_size
    full = run(modules(bundle), picture(1, 128, 128), 2)
    half = run(loaded, picture(1, 128, 128), 2, dtype)
    assert half[2].dtype == dtype
    difference("noise", half[2], full[2].numpy(), tolerance * float(full[2].abs().max()))
    # The program casts modules itself, one floating tensor after the other: nothing may be left behind as a constant.
    for module in loaded.values():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.is_floating_point():
                tensor.data = tensor.data.float()
    run(loaded, picture(1, 128, 128), 1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@torch.no_grad()
def test_cuda_gives_the_same(bundle):
    cpu = run(modules(bundle), picture(1, 128, 128), 1)
    loaded = {name: module.cuda() for name, module in modules(bundle).items()}
    with torch.device("cuda"):
        gpu = run(loaded, picture(1, 128, 128).cuda(), 1)
    difference("noise", gpu[2].cpu(), cpu[2].numpy(), 1e-2 * float(cpu[2].std()))


def test_schedule_of_the_checkpoint_wins(checkpoints, tmp_path):
    (tmp_path / "sd").mkdir()
    (tmp_path / "sd" / "vae").symlink_to(checkpoints / "vae")
    (tmp_path / "sd" / "scheduler").mkdir()
    config = {"num_train_timesteps": 900, "beta_start": 0.001, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}
    (tmp_path / "sd" / "scheduler" / "scheduler_config.json").write_text(json.dumps(config))
    arguments = export_arguments(checkpoints, tmp_path / "out")
    arguments[3] = str(tmp_path / "sd")
    assert export_magicface.main(arguments) == 0
    schedule = json.loads((tmp_path / "out" / "bundle.json").read_text())["schedule"]
    assert (schedule["train_timesteps"], schedule["beta_start"], schedule["prediction_type"]) == (900, 0.001, "v_prediction")
    assert schedule["timestep_spacing"] == "trailing"
    assert schedule["beta_end"] == 0.012


@pytest.mark.parametrize("setting", [{"timestep_spacing": "linspace"}, {"rescale_betas_zero_snr": True}])
def test_a_schedule_that_would_be_another_is_refused(tmp_path, setting):
    (tmp_path / "scheduler_config.json").write_text(json.dumps(setting))
    with pytest.raises(ExportError, match=next(iter(setting))):
        configs.schedule(tmp_path / "scheduler_config.json")


def test_prompt_of_the_end_to_end_run_is_the_reference_prompt():
    assert np.array_equal(np.load(TINY / "end_to_end" / "prompt_embeds.npy"), tiny_expected()["prompt_embeds"])
