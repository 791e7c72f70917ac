# SPDX-License-Identifier: Apache-2.0
"""Pictures that are valid and odd, some of them made to do harm: what happens with them is said, and costs little."""
import json
import zlib

import pytest
from picture_files import png_chunk, png_chunks



def with_chunk(path, kind: bytes, data: bytes) -> None:
    png = path.read_bytes()
    path.write_bytes(png[:33] + png_chunk(kind, data) + png[33:])


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
