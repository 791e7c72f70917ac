# SPDX-License-Identifier: Apache-2.0
"""Wrong usage: one sentence, the right exit code, and found before a model is loaded; help that fits a screen."""
import pytest

COMMANDS = [[], ["edit"], ["estimate"], ["parse"], ["merge"], ["bundle"], ["bundle", "list"], ["bundle", "show"],
            ["bundle", "verify"]]
WITH_EXAMPLES = [[], ["edit"], ["estimate"], ["parse"], ["merge"], ["bundle"], ["bench"]]


@pytest.mark.parametrize(("flags", "words"), [
    (["--au", "AU266=1"], ["AU26"]),
    (["--au", "AU12=nan"], ["AU12"]),
    (["--au", "AU12=inf"], ["AU12"]),
    (["--au", "AU12"], ["AU12"]),
    (["--au", "AU12=1;5"], ["AU12"]),
    (["--au", "AU1=1", "--steps", "0"], ["--steps", "1 to 999"]),
    (["--au", "AU1=1", "--steps", "1000"], ["--steps", "1 to 999"]),
    (["--au", "AU1=1", "--steps", "many"], ["--steps"]),
    (["--au", "AU1=1", "--sampler", "unipcc"], ["--sampler", "unipc"]),
    (["--au", "AU1=1", "--sampler", "euler", "--eta", "0.5"], ["--eta"]),
    (["--au", "AU1=1", "--guidance", "-1"], ["--guidance"]),
    (["--au", "AU1=1", "--noise-scale", "3"], ["--noise-scale", "0 to 2"]),
    (["--au", "AU1=1", "--device", "cpu", "--cuda-graphs"], ["--cuda-graphs", "CUDA"]),
    (["--au", "AU1=1", "--device", "tpu"], ["--device"]),
    (["--au", "AU1=1", "--device", "cuda:99"], ["--device"]),
    (["--au", "AU1=1", "--dtype", "int8"], ["--dtype"]),
    (["--au", "AU1=1", "--device", "cpu", "--dtype", "float16"], ["--dtype"]),
    (["--au", "AU1=1", "--batch-size", "0"], ["--batch-size"]),
    (["--au", "AU1=1", "--crop", "sometimes"], ["--crop"]),
    (["--au", "AU1=1", "--crop", "auto"], ["--condition", "--crop none"]),
    (["--au", "AU1=1", "--condition", "missing.png"], ["missing.png"]),
    (["--au", "AU1=1", "--quality", "40"], ["--quality", "png", "--format jpg"]),
    (["--au", "AU1=1", "--frame-ms", "40"], ["--frame-ms", "--sweep-video"]),
    (["--au", "AU1=1", "--composite", "maybe"], ["--composite"]),
    (["--au", "AU1=1", "--format", "gif"], ["gif"]),
    (["--au", "AU1=1", "--output-pattern", "{stem}_{mood}"], ["--output-pattern", "mood"]),
    (["--au", "AU1=1", "--au", "AU1=2", "--output-pattern", "{stem}"], ["--output-pattern"]),
    (["--au", "AU1=1", "--au", "AU1=2", "--out", "one.png"], ["one.png"]),
    (["--au", "AU1=1", "--log-level", "loud"], ["--log-level"]),
    (["--au", "AU1=1", "--no-such-flag"], ["--no-such-flag"]),
    ([], ["--au"]),
])
def test_wrong_usage(hollow, portrait, tmp_path, flags, words):
    # Flags given twice are an error of their own: leave out the fixture's where a test gives another value.
    own = hollow.flags
    for flag in ("--steps", "--crop", "--condition"):
        if flag in flags:
            at = own.index(flag)
            own = own[:at] + own[at + 2:]
    before = sorted(tmp_path.rglob("*"))
    result = hollow("edit", *own, "--in", portrait, *flags)
    assert result.code == 2, (result.code, result.err)
    for word in words:
        assert word in result.err, result.err
    assert result.out == "" and len(result.err.strip().splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_cuda_without_cuda_is_a_clear_error(hollow, portrait):
    import torch
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    result = hollow.edit("--in", portrait, "--au", "AU1=1", "--device", "cuda")
    assert result.code == 2 and "cuda" in result.err and "--device cpu" in result.err


def test_the_hollow_bundle_is_hollow(hollow, portrait):
    result = hollow.edit("--in", portrait, "--au", "AU1=1")
    assert result.code == 2 and "module" in result.err


@pytest.mark.parametrize("name", ["nothing.png", "no*.png", "empty", "-"])
def test_no_input(uncropped, tmp_path, name):
    (tmp_path / "empty").mkdir()
    result = uncropped.edit("--in", name, "--au", "AU1=1")
    assert result.code == 3 and result.out == "" and result.err.strip()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_fits_a_screen(program, command):
    result = program(*command, "--help")
    assert result.code == 0 and result.err == ""
    lines = result.out.splitlines()
    assert len(lines) <= 64 and max(map(len, lines)) <= 120
    if command in WITH_EXAMPLES:
        assert "magicface " in result.out.split("Example")[1]


def test_hidden_aliases_are_hidden(program):
    text = program("edit", "--help").out
    for alias in ("img_path", "bg_path", "saved_path", "inference_steps", "au_test", "AU_variation"):
        assert alias not in text


def test_no_command_and_unknown_command(program):
    assert program().code == 2
    assert program("bundle").code == 2
    for words, meant in ((["edti"], "edit"), (["--versoin"], "--version"), (["estimat"], "estimate"), (["bundle", "lst"], "list")):
        word, result = words[-1], program(*words, "--in", "x.png")
        assert result.code == 2 and f"'{word}'" in result.err and f"'{meant}'" in result.err, result.err


def test_the_page_of_batch_flags_names_them(program):
    text = program("edit", "--help-batch").out
    for flag in ("--jobs", "--resume", "--shard I/N", "--max-failures N", "--from-record", "--cuda-graphs"):
        assert flag in text


def test_version(program):
    result = program("--version")
    assert result.code == 0 and result.out.startswith("magicface 0.")
    assert program("-V").out == result.out
