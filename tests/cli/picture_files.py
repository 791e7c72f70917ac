# SPDX-License-Identifier: Apache-2.0
"""Picture files that Pillow can't write or can't read whole: PNG with 16 bits or interlaced, and what mutates any file."""
import struct
import zlib
from pathlib import Path

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bytes(pixels: np.ndarray, interlaced: bool = False) -> bytes:
    """A PNG of uint8 or uint16 pixels with 1 to 4 channels, without filters."""
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    height, width, channels = pixels.shape
    big = pixels.astype(pixels.dtype.newbyteorder(">"))
    parts = [big[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [big]
    rows = b"".join(b"\0" + row.tobytes() for part in parts if part.size for row in part)
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, COLOUR_TYPES[channels], 0, 0, interlaced)
    return SIGNATURE + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def png_chunks(path: Path) -> list[tuple[bytes, bytes]]:
    data, at, chunks = path.read_bytes(), len(SIGNATURE), []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4:at + 8], data[at + 8:at + 8 + length]))
        at += 12 + length
    return chunks


def read_png(path: Path) -> np.ndarray:
    """The stored samples of a PNG that isn't interlaced, uint8 or uint16, height x width x channels."""
    chunks = png_chunks(path)
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    step = {0: 1, 4: 2, 2: 3, 6: 4}[colour] * depth // 8
    rows = np.frombuffer(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), np.uint8)
    rows = rows.reshape(height, 1 + width * step)
    above = np.zeros(width * step, np.uint8)
    lines = []
    for row in rows:
        above = unfiltered(int(row[0]), row[1:], above, step)
        lines.append(above)
    return np.stack(lines).view(np.dtype(f">u{depth // 8}")).reshape(height, width, -1).astype(f"u{depth // 8}")


def unfiltered(kind: int, row: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    """One row of PNG (filters 0 to 4); only what depends on the left neighbour needs a loop."""
    if kind == 0:
        return row.copy()
    if kind == 2:
        return row + above
    line = [0] * step + row.tolist()
    up = [0] * step + above.tolist()
    for i in range(step, len(line)):
        left, top, corner = line[i - step], up[i], up[i - step]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + top) // 2
        else:
            near = left + top - corner
            guess = min((abs(near - left), 0, left), (abs(near - top), 1, top), (abs(near - corner), 2, corner))[2]
        line[i] = line[i] + guess & 0xFF
    return np.array(line[step:], np.uint8)


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """The file cut short, or with some bytes replaced: nearer its beginning, where the headers are."""
    if random.random() < 0.3:
        return data[:random.integers(1, len(data))]
    broken = bytearray(data)
    for _ in range(random.integers(1, 6)):
        broken[int(len(broken) * random.random() ** 3)] = random.integers(0, 256)
    return bytes(broken)


def tiff_bytes(pixels: np.ndarray, *, order: str = "<", planar: bool = False, tile: int = 0, photometric: int = 2,
               extra: int | None = None) -> bytes:
    """An uncompressed TIFF as Pillow doesn't write them: planes, tiles, either byte order, premultiplied alpha."""
    height, width, channels = pixels.shape
    planes = [pixels[..., i:i + 1] for i in range(channels)] if planar else [pixels]
    blocks = [cut.astype(cut.dtype.newbyteorder(order)).tobytes() for plane in planes for cut in tiles(plane, tile)]
    offsets = np.cumsum([8] + [len(block) for block in blocks])
    tags = {256: width, 257: height, 258: [8 * pixels.itemsize] * channels, 259: 1, 262: photometric, 277: channels,
            284: 2 if planar else 1}
    tags |= {322: tile, 323: tile} if tile else {278: height}
    tags[324 if tile else 273] = offsets[:-1].tolist()
    tags[325 if tile else 279] = [len(block) for block in blocks]
    if extra is not None:
        tags[338] = extra
    directory, values = struct.pack(order + "H", len(tags)), b""
    values_at = int(offsets[-1]) + 2 + 12 * len(tags) + 4
    for tag, value in sorted(tags.items()):
        numbers = value if isinstance(value, list) else [value]
        packed = struct.pack(f"{order}{len(numbers)}I", *numbers)
        place = packed if len(numbers) == 1 else struct.pack(order + "I", values_at + len(values))
        directory += struct.pack(order + "HHI", tag, 4, len(numbers)) + place
        values += packed if len(numbers) > 1 else b""
    header = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, int(offsets[-1]))
    return header + b"".join(blocks) + directory + bytes(4) + values


def tiles(plane: np.ndarray, side: int) -> list[np.ndarray]:
    """Squares that cover the plane, the last ones padded; the whole plane for side 0."""
    if not side:
        return [plane]
    height, width, channels = plane.shape
    padded = np.zeros((-(-height // side) * side, -(-width // side) * side, channels), plane.dtype)
    padded[:height, :width] = plane
    return [padded[y:y + side, x:x + side] for y in range(0, height, side) for x in range(0, width, side)]
