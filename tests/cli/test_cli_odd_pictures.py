# SPDX-License-Identifier: Apache-2.0
"""Pictures that are valid and odd, some of them made to do harm: what happens with them is said, and costs little."""
import json
import zlib

import numpy as np
import pytest
from picture_files import png_chunk, png_chunks
from PIL import Image

SOURCE_TYPE = b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
XMP = ("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
       "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' dc:rights='(c) Ann' dc:source='{}'/>"
       "</rdf:RDF></x:xmpmeta>")


def noise_bmp(path, side: int = 64):
    """12 KB for 64 pixels a side, where a PNG of the same size has less than 9."""
    Image.fromarray(np.random.default_rng(2).integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path)
    return path


def with_chunk(path, kind: bytes, data: bytes) -> None:
    png = path.read_bytes()
    path.write_bytes(png[:33] + png_chunk(kind, data) + png[33:])


@pytest.mark.parametrize("flag", ["--condition", "--mask"])
def test_limits_hold_for_pictures_beside_the_input(uncropped, portrait, tmp_path, flag):
    given = noise_bmp(tmp_path / "beside.bmp")
    command = ["--in", portrait, "--au", "AU12=1", flag, given]
    if flag == "--condition":
        uncropped.flags = [flag for flag in uncropped.flags if "condition" not in flag]
    result = uncropped.edit(*command, "--max-file-size", "10k")
    assert result.code == 1 and "beside.bmp" in result.err and "--max-file-size" in result.err
    assert uncropped.edit(*command, "--max-file-size", "20k").code == 0


def test_limits_hold_for_the_portrait_that_is_like(tiny, portrait, tmp_path):
    like = noise_bmp(tmp_path / "smile.bmp", 128)
    result = tiny.edit("--in", portrait, "--like", like, "--max-pixels", 64 * 64)
    assert result.code == 2 and "--like" in result.err and "128 x 128" in result.err and "--max-pixels" in result.err


def test_texts_that_would_fill_the_memory_are_left_out(uncropped, portrait, tmp_path):
    bomb = zlib.compress(bytes([97]) * (60 << 20), 9)
    for number in range(12):
        with_chunk(portrait, b"zTXt", b"k%d\0\0" % number + bomb)
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--records", "run.jsonl")
    assert result.code == 0 and "me.png: " in result.err and "16 MB" in result.err
    assert (tmp_path / result.paths[0]).stat().st_size < 1 << 20
    items = [line for line in map(json.loads, (tmp_path / "run.jsonl").read_text().splitlines()) if line["event"] == "item"]
    assert any("16 MB" in warning for warning in items[0]["warnings"])


@pytest.mark.parametrize("keyword", [b"", b" "])
def test_a_text_without_a_name_is_no_reason_to_fail(uncropped, portrait, tmp_path, keyword):
    with_chunk(portrait, b"tEXt", keyword + b"\0hello")
    result = uncropped.edit("--in", portrait, "--au", "AU12=1")
    assert result.code == 0, result.err
    assert not any(data.endswith(b"hello") for _, data in png_chunks(tmp_path / result.paths[0]))


def test_xmp_that_a_jpeg_cannot_hold_leaves_declaration_and_rights(uncropped, portrait, tmp_path):
    with_chunk(portrait, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.format("h" * 90000).encode())
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--format", "jpg")
    assert result.code == 0 and "XMP" in result.err and result.paths[0] in result.err
    xmp = Image.open(tmp_path / result.paths[0]).info["xmp"]
    assert SOURCE_TYPE in xmp and b"(c) Ann" in xmp and b"hhhh" not in xmp
