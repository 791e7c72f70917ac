# SPDX-License-Identifier: Apache-2.0
"""Every fault of a checkpoint ends in one line with file, key, expected and actual, and nothing is written."""
import json
import shutil
import sys
import types

import numpy as np
import pytest
import torch
from reference import export_arguments, write_checkpoints
from safetensors.torch import load_file, save_file

import export_magicface

WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "checkpoints"
    write_checkpoints(folder)
    return folder


@pytest.fixture
def checkpoints(published, tmp_path):
    return shutil.copytree(published, tmp_path / "checkpoints")


@pytest.fixture
def fails(checkpoints, tmp_path, capsys):
    """Runs the exporter, expects exit code 1, all the words in the message, and an untouched folder."""

    def run(*words, arguments=None):
        before = sorted(tmp_path.iterdir())
        assert export_magicface.main(arguments or export_arguments(checkpoints, tmp_path / "out")) == 1
        captured = capsys.readouterr()
        line = captured.err.splitlines()[-1]
        for word in words:
            assert word in line, line
        assert sorted(tmp_path.iterdir()) == before, "something was written"
        assert captured.out == ""

    return run


def change(folder, part, edit):
    state = load_file(folder / part / WEIGHTS)
    edit(state)
    save_file(state, folder / part / WEIGHTS)


def configure(folder, part, **values):
    file = folder / part / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_missing_key(checkpoints, fails):
    change(checkpoints, "denoising_unet", lambda state: state.pop("au_aug_mlp.weight"))
    fails(f"denoising_unet/{WEIGHTS}", "missing key 'au_aug_mlp.weight'", "expected shape [128, 12]", "actual: no such key")


def test_unexpected_key(checkpoints, fails):
    change(checkpoints, "denoising_unet", lambda state: state.update({"extra.bias": torch.zeros(3)}))
    fails(f"denoising_unet/{WEIGHTS}", "unexpected key 'extra.bias'", "actual: shape [3]")


def test_unexpected_key_in_the_cut_id_encoder(checkpoints, fails):
    change(checkpoints, "ID_enc", lambda state: state.update({"au_aug_mlp.bias": torch.zeros(128)}))
    fails(f"ID_enc/{WEIGHTS}", "unexpected key 'au_aug_mlp.bias'")


def test_wrong_shape(checkpoints, fails):
    change(checkpoints, "vae", lambda state: state.update({"quant_conv.bias": torch.zeros(9)}))
    fails(f"vae/{WEIGHTS}", "key 'quant_conv.bias'", "expected shape [8]", "actual: [9]")


def test_id_encoder_in_the_denoisers_place(checkpoints, fails):
    shutil.copyfile(checkpoints / "ID_enc" / WEIGHTS, checkpoints / "denoising_unet" / WEIGHTS)
    fails("missing key 'au_aug_mlp.weight'")


@pytest.mark.parametrize("left", [0, 4, 2000, 400_000, -1])
def test_truncated_file(checkpoints, fails, left):
    file = checkpoints / "ID_enc" / WEIGHTS
    file.write_bytes(file.read_bytes()[:left])
    fails(f"ID_enc/{WEIGHTS}", "expected", "actual", "bytes")


def test_another_format_under_the_name(checkpoints, fails):
    (checkpoints / "vae" / WEIGHTS).write_text("version https://git-lfs.github.com/spec/v1\n" * 4)
    fails(f"vae/{WEIGHTS}", "expected a safetensors header")


def test_missing_weights(checkpoints, fails):
    (checkpoints / "vae" / WEIGHTS).unlink()
    fails("vae", f"expected {WEIGHTS}", "actual: neither")


def test_missing_part(checkpoints, fails):
    shutil.rmtree(checkpoints / "ID_enc")
    fails("ID_enc/config.json", "can't be read")


@pytest.mark.parametrize(
    ("part", "values", "words"),
    [
        ("denoising_unet", {"use_linear_projection": True}, ["'use_linear_projection'", "expected False", "actual: True"]),
        ("denoising_unet", {"block_out_channels": "wide"}, ["'block_out_channels'", "actual: 'wide'"]),
        ("denoising_unet", {"in_channels": 4}, ["'in_channels'", "expected 8", "actual: 4"]),
        ("ID_enc", {"attention_head_dim": 4}, ["'heads'", "expected 8", "actual: 4"]),
        ("ID_enc", {"down_block_types": ["DownBlock2D"] * 3}, ["'down_block_types'", "expected 4"]),
        ("vae", {"scaling_factor": -1}, ["'scaling_factor'", "expected a positive number", "actual: -1"]),
        ("vae", {"act_fn": "relu"}, ["'act_fn'", "expected 'silu'", "actual: 'relu'"]),
    ],
)
def test_unsuitable_config(checkpoints, fails, part, values, words):
    configure(checkpoints, part, **values)
    fails(f"{part}/config.json", *words)


def test_broken_config(checkpoints, fails):
    (checkpoints / "vae" / "config.json").write_text("{")
    fails("vae/config.json", "expected JSON")


def test_prompt(checkpoints, fails):
    np.save(checkpoints / "prompt_embeds.npy", np.zeros((1, 77, 768), np.float32))
    fails("prompt_embeds.npy", "[1, 77, 32]", "actual: [1, 77, 768]")
    (checkpoints / "prompt_embeds.npy").write_bytes(b"\x93NUMPY")
    fails("prompt_embeds.npy", "expected a .npy array")
    np.save(checkpoints / "prompt_embeds.npy", np.array(["words"]))
    fails("prompt_embeds.npy", "expected a .npy array")


class ATokenizer(list):
    """Of two tokens, as one that finds no vocabulary is."""

    @classmethod
    def from_pretrained(cls, folder, subfolder, local_files_only):
        return cls(["<|startoftext|>", "<|endoftext|>"])


class AnEncoder(torch.nn.Module):
    config = types.SimpleNamespace(vocab_size=49408)

    @classmethod
    def from_pretrained(cls, folder, subfolder, local_files_only):
        return cls()


class ABrokenEncoder:
    @classmethod
    def from_pretrained(cls, folder, subfolder, local_files_only):
        raise RuntimeError("header too small\nand much more")


@pytest.mark.parametrize(("encoder", "words"), [(AnEncoder, ["49408 tokens", "actual: 2"]), (ABrokenEncoder, ["actual: header too small"])])
def test_prompt_of_an_incomplete_text_encoder(checkpoints, fails, tmp_path, monkeypatch, encoder, words):
    monkeypatch.setitem(sys.modules, "transformers", types.SimpleNamespace(CLIPTextModel=encoder, CLIPTokenizer=ATokenizer))
    arguments = export_arguments(checkpoints, tmp_path / "out")
    del arguments[4:6]
    (checkpoints / "text_encoder").mkdir()
    (checkpoints / "text_encoder" / "config.json").touch()
    fails("tokenizer/vocab.json", "--prompt-embeds", arguments=arguments)
    (checkpoints / "tokenizer").mkdir()
    for name in ("vocab.json", "merges.txt"):
        (checkpoints / "tokenizer" / name).touch()
    fails(*words, arguments=arguments)


def test_out_that_cannot_be_made(checkpoints, fails):
    fails("prompt_embeds.npy", arguments=export_arguments(checkpoints, checkpoints / "prompt_embeds.npy" / "out"))


def test_no_prompt(checkpoints, fails, tmp_path):
    arguments = export_arguments(checkpoints, tmp_path / "out")
    del arguments[4:6]
    fails("text_encoder/", "--prompt-embeds", arguments=arguments)


def test_neither_folder_nor_id(checkpoints, fails, tmp_path):
    arguments = export_arguments(checkpoints, tmp_path / "out")
    arguments[1] = str(tmp_path / "nowhere")
    fails("nowhere", "expected a folder or a Hub id", arguments=arguments)


def test_hub_id_without_the_library(checkpoints, fails, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    arguments = export_arguments(checkpoints, tmp_path / "out")
    arguments[1] = "owner/name"
    fails("owner/name", "pip install huggingface_hub", arguments=arguments)


def test_hub_id_downloads_only_what_is_needed(published, tmp_path, monkeypatch):
    asked = []

    def snapshot_download(name, revision, allow_patterns):
        asked.append((name, revision, tuple(allow_patterns)))
        return str(published)

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(snapshot_download=snapshot_download))
    arguments = export_arguments(published, tmp_path / "out")
    arguments[1], arguments[3] = "owner/magicface@v1", "owner/sd"
    assert export_magicface.main(arguments) == 0
    assert [call[:2] for call in asked] == [("owner/magicface", "v1"), ("owner/sd", None)]
    assert "text_encoder/model.safetensors" not in asked[1][2], "the prompt was given"
    manifest = json.loads((tmp_path / "out" / "bundle.json").read_text())
    assert manifest["modules"]["denoiser"]["source"] == f"owner/magicface@{published.name}"


def test_existing_output(checkpoints, fails, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    fails("out", "--overwrite")
    fails("out", "bundle.json", arguments=export_arguments(checkpoints, tmp_path / "out", "--overwrite"))
    (tmp_path / "out" / "bundle.json").write_text("{}")
    assert export_magicface.main(export_arguments(checkpoints, tmp_path / "out", "--overwrite")) == 0
    assert not (tmp_path / "out" / "mine.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoints", "out"]
