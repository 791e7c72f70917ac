# SPDX-License-Identifier: Apache-2.0
"""Pictures as people have them, made by other programs: what is read, what is kept, what is refused by name."""
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import Program
from picture_files import mutated, png_bytes, png_chunk, png_chunks, read_png, tiff_bytes
from PIL import Image, ImageCms, ImageOps

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ORIENTATION, ARTIST, PIXEL_WIDTH = 0x0112, 0x013B, 0xA002
SOURCE_TYPE = b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
XMP = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
       b"<rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
       b" tiff:Orientation='6' dc:source='archive'/></rdf:RDF></x:xmpmeta>")
T = Image.Transpose
# What a camera stores for each orientation of an upright picture.
STORED = {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_90, 7: T.TRANSVERSE,
          8: T.ROTATE_270}


@dataclass
class Edited:
    """One run over a folder of pictures of the same person: names without extension, sources and outputs."""

    sources: dict[str, Path]
    outputs: dict[str, Path]
    upright: Image.Image
    expected: np.ndarray

    @property
    def outside(self) -> np.ndarray:
        """Where the edit changed nothing."""
        return (self.expected == np.asarray(self.upright)).all(axis=2)


def exif_with(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[ARTIST] = "A. Photographer"
    exif.get_ifd(0x8769)[PIXEL_WIDTH] = 4000
    return exif


def save_oriented(upright: Image.Image, folder: Path) -> None:
    lossless = {"png": {}, "tiff": {"compression": "tiff_lzw"}, "webp": {"lossless": True, "exact": True}}
    for orientation in range(1, 9):
        turned = upright.transpose(STORED[orientation]) if orientation > 1 else upright
        for extension, options in lossless.items():
            turned.save(folder / f"turned{orientation}{extension}.{extension}", exif=exif_with(orientation), **options)
        turned.save(folder / f"turned{orientation}jpg.jpg", exif=exif_with(orientation), quality=97, subsampling=0)


def save_kinds(upright: Image.Image, folder: Path) -> None:
    grey, alpha = upright.convert("L"), Image.linear_gradient("L").resize(upright.size)
    translucent = upright.copy()
    translucent.putalpha(alpha)
    described = {"icc_profile": ICC, "exif": exif_with(1), "xmp": XMP, "dpi": (300, 300)}
    upright.save(folder / "described_jpg.jpg", quality=88, subsampling="4:2:0", progressive=True, **described)
    upright.save(folder / "described_webp.webp", lossless=True, exact=True, icc_profile=ICC, exif=exif_with(1), xmp=XMP)
    upright.save(folder / "described_tiff.tif", compression="tiff_adobe_deflate", icc_profile=ICC, dpi=(300, 300),
                 tiffinfo={700: XMP, ARTIST: "A. Photographer"})
    upright.save(folder / "described_png.png", icc_profile=ICC, exif=exif_with(1), dpi=(300, 300))
    upright.save(folder / "bmp.bmp")
    upright.quantize(256).save(folder / "palette.png")
    grey.save(folder / "grey_jpg.jpg", quality=95)
    grey.save(folder / "grey_png.png")
    translucent.save(folder / "alpha_png.png")
    translucent.save(folder / "alpha_tiff.tiff")
    translucent.save(folder / "alpha_webp.webp", lossless=True, exact=True)
    deep = np.asarray(upright).astype(np.uint16) * 257
    low = np.random.default_rng(1).integers(-128, 129, deep.shape)
    deep = np.clip(deep + low, 0, 65535).astype(np.uint16)
    (folder / "deep.png").write_bytes(png_bytes(deep))
    (folder / "deep_grey_alpha.png").write_bytes(png_bytes(deep[..., :2]))
    rgb = np.asarray(upright)
    (folder / "planes.tif").write_bytes(tiff_bytes(rgb, order=">", planar=True))
    (folder / "tiles.tif").write_bytes(tiff_bytes(rgb, tile=80, planar=True))
    (folder / "deep_tiles.tif").write_bytes(tiff_bytes(deep, order=">", tile=48))
    (folder / "inverted.tif").write_bytes(tiff_bytes(255 - np.asarray(grey)[..., None], photometric=0))
    opaque = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    (folder / "premultiplied.tif").write_bytes(tiff_bytes(opaque, extra=1))
    (folder / "interlaced.png").write_bytes(png_bytes(np.asarray(upright), interlaced=True))


@pytest.fixture(scope="module")
def edited(executable, bundle, sample, tmp_path_factory) -> Edited:
    folder = tmp_path_factory.mktemp("formats")
    upright = Image.open(sample).convert("RGB").resize((224, 256))
    inputs = folder / "in"
    inputs.mkdir()
    upright.save(inputs / "reference.png")
    save_oriented(upright, inputs)
    save_kinds(upright, inputs)
    flags = ["--bundle", bundle, "--steps", 1, "--au", "AU12=3", "--output-pattern", "{stem}"]
    result = Program(executable, folder)("edit", *flags, "--in", "in", "--out", "out")
    assert result.code == 0, result.err
    outputs = {(folder / path).stem: folder / path for path in result.paths}
    expected = np.asarray(Image.open(outputs["reference"]))
    return Edited({path.stem: path for path in inputs.iterdir()}, outputs, upright, expected)


def test_the_reference_changes_the_face_only(edited):
    assert 0.3 < edited.outside.mean() < 0.99


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", ["png", "tiff", "webp", "jpg"])
def test_orientation_is_applied_and_reset(edited, extension, orientation):
    name = f"turned{orientation}{extension}"
    assert np.array_equal(np.asarray(ImageOps.exif_transpose(Image.open(edited.sources[name]))).shape[:2], (256, 224))
    output = Image.open(edited.outputs[name])
    exif = output.getexif()
    assert exif[ORIENTATION] == 1 and exif[ARTIST] == "A. Photographer"
    if extension != "tiff":  # Pillow writes no EXIF directory into a TIFF
        assert exif.get_ifd(0x8769)[PIXEL_WIDTH] == 224
    if extension == "jpg":
        assert np.abs(np.asarray(output).astype(int) - edited.expected)[edited.outside].mean() < 2
    else:
        assert np.array_equal(np.asarray(output), edited.expected)


@pytest.mark.parametrize("name", ["described_jpg", "described_webp", "described_tiff", "described_png"])
def test_metadata_is_kept_and_true(edited, name):
    output = Image.open(edited.outputs[name])
    assert output.format == Image.open(edited.sources[name]).format
    assert output.info["icc_profile"] == ICC
    assert output.getexif()[ARTIST] == "A. Photographer"
    xmp = output.info.get("xmp") or output.info.get("XML:com.adobe.xmp", "").encode()
    assert xmp.count(SOURCE_TYPE) == 1 and b"tiff:Orientation" not in xmp
    assert (b"archive" in xmp) == (name != "described_png")
    if name != "described_webp":
        assert output.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_exif_travels_between_formats(uncropped, portrait, tmp_path):
    Image.open(portrait).save(tmp_path / "me.jpg", exif=exif_with(1))
    given = "me.jpg"
    for extension in ("tiff", "webp", "png", "jpg"):
        result = uncropped.edit("--in", given, "--au", "AU12=1", "--format", extension, "--output-pattern", "{stem}2")
        assert result.code == 0, result.err
        exif = Image.open(tmp_path / result.paths[0]).getexif()
        assert exif[ARTIST] == "A. Photographer" and exif.get_ifd(0x8769)[PIXEL_WIDTH] == 64
        [given] = result.paths


def photoshop_marker(*resources: tuple[int, bytes]) -> bytes:
    blocks = [b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + bytes(len(data) % 2) for number, data in resources]
    content = b"Photoshop 3.0\0" + b"".join(blocks)
    return b"\xff\xed" + struct.pack(">H", 2 + len(content)) + content


def test_a_jpeg_keeps_its_comments_and_captions(uncropped, portrait, tmp_path):
    caption = b"\x1c\x02\x78\x00\x0bA. Somebody"  # IPTC-IIM 2:120
    Image.open(portrait).save(tmp_path / "plain.jpg", comment=b"taken by hand")
    plain = (tmp_path / "plain.jpg").read_bytes()
    marker = photoshop_marker((0x0404, caption), (1036, b"a preview of the face before"))
    (tmp_path / "me.jpg").write_bytes(plain[:2] + marker + plain[2:])
    kept, bare = (uncropped.edit("--in", "me.jpg", "--au", "AU12=1", "--out", name, *flags)
                  for name, flags in (("kept.jpg", []), ("bare.jpg", ["--no-metadata"])))
    assert kept.code == bare.code == 0, kept.err + bare.err
    output = Image.open(tmp_path / "kept.jpg")
    assert output.info["comment"] == b"taken by hand" and output.info["photoshop"] == {0x0404: caption}
    assert b"preview" not in (tmp_path / "kept.jpg").read_bytes()
    assert not {"comment", "photoshop"} & set(Image.open(tmp_path / "bare.jpg").info)


def test_a_jpeg_keeps_its_tables_chroma_and_progression(edited):
    before, after = (Image.open(files["described_jpg"]) for files in (edited.sources, edited.outputs))
    assert before.quantization == after.quantization
    assert before.layer == after.layer and after.info.get("progressive")


def test_containers_keep_their_compression(edited):
    assert Image.open(edited.outputs["described_tiff"]).info["compression"] == "tiff_adobe_deflate"
    assert b"VP8L" in edited.outputs["described_webp"].read_bytes()[:2000] or Image.open(
        edited.outputs["described_webp"]).convert("RGB").tobytes() == Image.fromarray(edited.expected).tobytes()


def test_grey_stays_grey(edited):
    for name in ("grey_jpg", "grey_png"):
        assert Image.open(edited.outputs[name]).mode == "L"
    before, after = (np.asarray(Image.open(files["grey_png"])).astype(int) for files in (edited.sources, edited.outputs))
    assert (before == after).mean() > 0.3 and (before != after).any()


def test_alpha_is_kept(edited):
    for name in ("alpha_png", "alpha_tiff", "alpha_webp"):
        before, after = (np.asarray(Image.open(files[name])) for files in (edited.sources, edited.outputs))
        assert np.array_equal(before[..., 3], after[..., 3]), name
        assert np.array_equal(after[..., :3], edited.expected), name


def test_sixteen_bits_are_kept_outside_the_edit(edited):
    before, after = read_png(edited.sources["deep"]), read_png(edited.outputs["deep"])
    assert after.dtype == np.uint16
    assert np.array_equal(before[edited.outside], after[edited.outside])
    assert np.array_equal(np.rint(after / 257), edited.expected)
    before, after = (read_png(files["deep_grey_alpha"]) for files in (edited.sources, edited.outputs))
    assert after.shape == before.shape and np.array_equal(before[..., 1], after[..., 1])
    assert (before[..., 0] == after[..., 0]).mean() > 0.3


def test_every_layout_of_a_tiff(edited):
    for name in ("planes", "tiles", "premultiplied"):
        output = np.asarray(Image.open(edited.outputs[name]))
        assert np.array_equal(output[..., :3], edited.expected), name
    assert np.array_equal(np.asarray(Image.open(edited.outputs["inverted"])),
                          np.asarray(Image.open(edited.outputs["grey_png"])))
    deep = Image.open(edited.outputs["deep_tiles"])
    assert deep.tag_v2[258] == (16, 16, 16)
    assert np.array_equal(np.asarray(deep), read_png(edited.outputs["deep"]) >> 8), "Pillow shows the high bytes"


def test_palette_and_interlaced_png(edited):
    assert np.array_equal(np.asarray(Image.open(edited.outputs["interlaced"])), edited.expected)
    palette = Image.open(edited.outputs["palette"])
    source = np.asarray(Image.open(edited.sources["palette"]).convert("RGB"))
    assert palette.mode == "RGB" and (np.asarray(palette) == source).all(axis=2).mean() > 0.3
    assert np.array_equal(np.asarray(Image.open(edited.outputs["bmp"])), edited.expected)


def test_no_metadata_writes_none_but_the_profile(uncropped, portrait, tmp_path):
    Image.open(portrait).save(tmp_path / "me.jpg", icc_profile=ICC, exif=exif_with(1), xmp=XMP, dpi=(300, 300))
    for extension in ("jpg", "png", "webp", "tiff"):
        result = uncropped.edit("--in", "me.jpg", "--au", "AU12=1", "--no-metadata", "--format", extension)
        assert result.code == 0, result.err
        output = Image.open(tmp_path / result.paths[0])
        assert output.info["icc_profile"] == ICC
        described = {"exif", "xmp", "XML:com.adobe.xmp", "parameters", "dpi"} & set(output.info)
        assert not described - ({"dpi"} if extension == "tiff" else set()), extension
        assert b"Photographer" not in (tmp_path / result.paths[0]).read_bytes()
        assert SOURCE_TYPE not in (tmp_path / result.paths[0]).read_bytes()


def test_quality_is_asked_for_or_the_input_s(uncropped, portrait, tmp_path):
    Image.open(portrait).save(tmp_path / "me.jpg", quality=60)
    for flags, quality in ([], 60), (["--quality", 85], 85):
        result = uncropped.edit("--in", "me.jpg", "--au", "AU12=1", "--overwrite", *flags)
        Image.open(portrait).save(tmp_path / "reference.jpg", quality=quality)
        tables = [Image.open(tmp_path / path).quantization for path in (result.paths[0], "reference.jpg")]
        assert tables[0] == tables[1]


def test_small_depths_and_odd_writers_are_read(uncropped, portrait, tmp_path):
    picture = Image.open(portrait).convert("RGB")
    inputs = tmp_path / "odd"
    inputs.mkdir()
    picture.convert("1").save(inputs / "one_bit.png")
    picture.convert("1").save(inputs / "fax.tif", compression="group4")
    picture.quantize(16).save(inputs / "sixteen_colours.png", bits=4)
    picture.quantize(16).save(inputs / "palette.bmp")
    picture.quantize(200).save(inputs / "palette.tif")
    picture.save(inputs / "ycc.tif", compression="jpeg")
    picture.convert("L").save(inputs / "grey.tif")
    picture.convert("LA").save(inputs / "grey_alpha.png")
    picture.save(inputs / "lossy.webp", quality=70)
    (inputs / "sixteen_grey.png").write_bytes(png_bytes(np.full((64, 64), 30000, np.uint16)))
    (inputs / "rubbish_between_segments.jpg").write_bytes(with_fill_bytes(picture, tmp_path))
    result = uncropped.edit("--in", inputs, "--au", "AU12=1", "--output-pattern", "{stem}{index}", "--out", "made")
    assert result.code == 0, result.err
    assert len(result.paths) == len(list(inputs.iterdir()))
    for path in result.paths:
        assert Image.open(tmp_path / path).size == (64, 64)


def with_fill_bytes(picture: Image.Image, folder: Path) -> bytes:
    picture.save(folder / "plain.jpg", quality=90)
    data = (folder / "plain.jpg").read_bytes()
    return data[:2] + b"\xff\xff" + data[2:]


def test_other_kinds_are_refused_by_name(uncropped, portrait, tmp_path):
    picture = Image.open(portrait).convert("RGB")
    others = [picture.rotate(90)]
    inputs = tmp_path / "foreign"
    inputs.mkdir()
    picture.convert("CMYK").save(inputs / "cmyk.jpg")
    picture.convert("CMYK").save(inputs / "cmyk_tiff.tif")
    picture.save(inputs / "moving.png", save_all=True, append_images=others)
    picture.save(inputs / "moving.webp", save_all=True, append_images=others)
    picture.save(inputs / "pages.tif", save_all=True, append_images=others)
    picture.save(tmp_path / "gif.gif")
    picture.save(tmp_path / "avif.avif")
    picture.save(tmp_path / "jpeg2000.jp2")
    (tmp_path / "iphone.heic").write_bytes(struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(64))
    named = [tmp_path / name for name in ("gif.gif", "avif.avif", "jpeg2000.jp2", "iphone.heic")]
    result = uncropped.edit("--in", inputs, *(word for path in named for word in ("--in", path)), "--au", "AU12=1")
    assert result.code == 1 and not result.paths
    expected = {"cmyk.jpg": "JPEG in CMYK", "cmyk_tiff.tif": "TIFF in CMYK", "moving.png": "animated PNG",
                "moving.webp": "animated WebP", "pages.tif": "several pages", "gif.gif": "GIF", "avif.avif": "AVIF",
                "jpeg2000.jp2": "JPEG 2000", "iphone.heic": "HEIC"}
    lines = [line for line in result.err.splitlines() if "error:" in line]
    assert len(lines) == len(expected), result.err
    for name, words in expected.items():
        [line] = [line for line in lines if f"{name}:" in line]
        assert words in line and ";" in line


def test_limits_are_stated_and_can_be_moved(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--max-pixels", 4095)
    assert result.code == 1 and "64 x 64" in result.err and "--max-pixels" in result.err
    result = uncropped.edit("--in", portrait, "--au", "AU12=1", "--max-file-size", "1k")
    assert result.code == 1 and "1024" in result.err and "--max-file-size" in result.err
    assert uncropped.edit("--in", portrait, "--au", "AU12=1", "--max-pixels", "0.005MP", "--max-file-size", "1mb").code == 0
    for flag in ("--max-pixels", "--max-file-size"):
        for wrong in ("0", "-1", "M", "much", "1T"):
            result = uncropped.edit("--in", portrait, "--au", "AU12=1", f"{flag}={wrong}")
            assert result.code == 2 and flag in result.err and wrong in result.err


def test_a_header_that_promises_too_much_costs_nothing(uncropped, tmp_path):
    header = struct.pack(">IIBBBBB", 30000, 30000, 16, 6, 0, 0, 0)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b""))
    result = uncropped.edit("--in", "bomb.png", "--au", "AU12=1")
    assert result.code == 1 and "30000 x 30000" in result.err


def test_parameters_and_source_type_are_written(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=1")
    chunks = png_chunks(tmp_path / result.paths[0])
    kinds = [kind for kind, _ in chunks]
    assert kinds.index(b"tEXt") < kinds.index(b"IDAT")
    assert any(kind == b"iTXt" and SOURCE_TYPE in data for kind, data in chunks)


def test_damaged_files_are_one_line_each(uncropped, portrait, tmp_path):
    """Whatever was damaged: an error of one line or a picture, never a crash, never a word from a library."""
    random = np.random.default_rng(20260722)
    picture = Image.open(portrait).convert("RGB")
    inputs = tmp_path / "damaged"
    inputs.mkdir()
    options = {"png": {"icc_profile": ICC, "exif": exif_with(6)}, "jpg": {"icc_profile": ICC, "exif": exif_with(6), "xmp": XMP},
               "webp": {"icc_profile": ICC, "exif": exif_with(6), "xmp": XMP},
               "tiff": {"icc_profile": ICC, "exif": exif_with(6), "compression": "tiff_lzw"}, "bmp": {}}
    for extension, extra in options.items():
        picture.save(tmp_path / f"whole.{extension}", **extra)
        whole = (tmp_path / f"whole.{extension}").read_bytes()
        for number in range(60):
            (inputs / f"{number}.{extension}").write_bytes(mutated(whole, random))
    result = uncropped.edit("--in", inputs, "--au", "AU12=1", "--output-pattern", "{stem}{index}", "--out", "made")
    assert result.code == 1, result.err[-2000:]
    *lines, summary = result.err.splitlines()
    assert "made" in summary and len(lines) + len(result.paths) == 300
    assert all("damaged/" in line for line in lines), [line for line in lines if "damaged/" not in line]
