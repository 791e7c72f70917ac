# SPDX-License-Identifier: Apache-2.0
"""Bundles: listing, verifying, and refusing what isn't what its manifest says."""
import hashlib
import json
import shutil
import zipfile

import pytest
import torch


@pytest.fixture
def copy(bundle, tmp_path):
    return shutil.copytree(bundle, tmp_path / "copy")


def edit_with(program, folder, portrait, condition):
    return program("edit", "--bundle", folder, "--crop", "none", "--condition", condition, "--in", portrait, "--au", "AU1=1")


def test_show_and_verify(program, bundle):
    shown = program("bundle", "show", bundle)
    assert shown.code == 0 and "test@1" in shown.out and "denoiser" in shown.out
    assert json.loads(program("bundle", "show", bundle, "--json").out)["name"] == "test"
    verified = program("bundle", "verify", "--bundle", bundle, "--json")
    checks = json.loads(verified.out)
    assert verified.code == 0 and all(check["ok"] for check in checks)
    assert {"vae_encoder", "denoiser", "face_parser"} <= {check["module"] for check in checks}


def test_list(program):
    listed = program("bundle", "list", "--json")
    assert listed.code == 0 and isinstance(json.loads(listed.out), list)


@pytest.mark.parametrize("damage", ["changed", "cut", "removed"])
def test_damaged_module_is_refused(program, copy, portrait, condition, damage):
    file = copy / "denoiser.pt"
    data = bytearray(file.read_bytes())
    if damage == "removed":
        file.unlink()
    else:
        data[len(data) // 2] ^= 1
        file.write_bytes(data if damage == "changed" else data[:1000])
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 2 and "denoiser" in result.err and result.out == ""
    verified = program("bundle", "verify", copy)
    assert verified.code == 1
    assert [line.split()[1] for line in verified.out.splitlines() if line.startswith("BAD")] == ["denoiser"]


def test_a_module_that_isn_t_needed_isn_t_loaded(program, copy, portrait, condition):
    (copy / "face_parser.pt").write_bytes(b"broken")
    assert edit_with(program, copy, portrait, condition).code == 0


def test_wrong_module_in_place_is_named(program, copy, portrait, condition):
    manifest = json.loads((copy / "bundle.json").read_text())
    manifest["modules"]["vae_decoder"] = manifest["modules"]["vae_encoder"]
    (copy / "bundle.json").write_text(json.dumps(manifest))
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 2 and "vae_decoder" in result.err


@pytest.mark.parametrize(("text", "word"), [("{", "JSON"), ('{"format": 99}', "format"), ("[]", "object"), ("{}", "format")])
def test_bad_manifest(program, copy, portrait, condition, text, word):
    (copy / "bundle.json").write_text(text)
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 2 and "bundle.json" in result.err and word in result.err


def test_file_outside_the_folder_is_refused(program, copy, portrait, condition):
    manifest = json.loads((copy / "bundle.json").read_text())
    manifest["modules"]["denoiser"]["file"] = "../copy/denoiser.pt"
    (copy / "bundle.json").write_text(json.dumps(manifest))
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 2 and "denoiser" in result.err


def test_where_a_bundle_is_looked_for(program, bundle, tmp_path):
    assert program("bundle", "show", MAGICFACE_BUNDLE=str(bundle)).out == program("bundle", "show", bundle).out
    result = program("bundle", "show", "no-such-bundle")
    assert result.code == 2 and "no-such-bundle" in result.err


def test_a_folder_in_the_way_is_not_the_default(program, bundle, tmp_path):
    """A bundle is a program: a `demo` that happens to lie in the current folder must not be run unasked."""
    shutil.copytree(bundle, tmp_path / "demo")
    assert "test@1" not in program("bundle", "show").out


def put_module(folder, name, write):
    """Writes another file for a module and says so in the manifest."""
    manifest = json.loads((folder / "bundle.json").read_text())
    entry = manifest["modules"][name]
    write(folder / entry["file"])
    data = (folder / entry["file"]).read_bytes()
    entry |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (folder / "bundle.json").write_text(json.dumps(manifest))


def test_a_module_of_a_newer_torch_is_named_in_one_line(program, copy, portrait, condition):
    def rename_an_operator(file):
        with zipfile.ZipFile(file) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        with zipfile.ZipFile(file, "w") as archive:
            for part, data in parts.items():
                archive.writestr(part, data.replace(b"torch.", b"torch.un_") if part.endswith(".py") else data)

    put_module(copy, "vae_encoder", rename_an_operator)
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 2 and "module 'vae_encoder'" in result.err and "not a TorchScript module" in result.err
    assert len(result.err.splitlines()) == 1, result.err


def test_a_manifest_of_brackets_is_refused(program, copy):
    (copy / "bundle.json").write_text('{"source": ' + "[" * 300_000 + "]" * 300_000 + "}")
    result = program("bundle", "show", copy)
    assert result.code == 2 and "nests too deep" in result.err


class OutOfMemory(torch.nn.Module):
    """Fails while it is loaded, in the words of LibTorch's allocator."""

    @torch.jit.export
    def __getstate__(self):
        return 1

    @torch.jit.export
    def __setstate__(self, state: int):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 12345 bytes")

    def forward(self, x):
        return x


def test_memory_that_runs_out_while_a_module_is_loaded_is_no_broken_bundle(program, copy, portrait, condition):
    put_module(copy, "vae_encoder", lambda file: torch.jit.script(OutOfMemory()).save(str(file)))
    result = edit_with(program, copy, portrait, condition)
    assert result.code == 1 and "module 'vae_encoder': out of memory while it was loaded" in result.err, result.err
    assert "not a TorchScript module" not in result.err
