# SPDX-License-Identifier: Apache-2.0
"""Everything that is worked out once from the shapes and then kept in a cache file (a few seconds, 28 MB)."""
import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from .assets import EYEBALL, LASHES, OCCLUSION, load_face_model, require
from .bake_brows import ROWS, bake_brows
from .bake_hair import bake_hair_and_torso
from .bake_masks import SIZE, bake_class_map, bake_regions, bake_wrinkles, landmark_pixels
from .geometry import head_weight, height_over_hairline, triangles, vertex_normals

VERSION = 1  # raise it when what is baked changes


def bake_topology(model):
    """Vertices split wherever the texture has a seam, and triangles per kind of surface."""
    part_of_face = model.part_of_face
    pair = model.faces.astype(np.int64) * len(model.uv) + model.uv_faces
    pairs, split = np.unique(pair.ravel(), return_inverse=True)
    source, uv_index = np.divmod(pairs, len(model.uv))
    split_faces = split.reshape(model.faces.shape)
    part = np.zeros(len(pairs), np.float32)
    for corners, kind in zip(split_faces, part_of_face):
        part[corners] = kind
    rest = model.vertices[source]
    opaque = (part_of_face >= 0) & (part_of_face <= EYEBALL)
    return {
        "source_vertex": source.astype(np.int32),
        "uv": model.uv[uv_index].astype(np.float32),
        "part": part,
        "rest": rest,
        "head_weight": head_weight(rest).astype(np.float32),
        "hairline": height_over_hairline(rest),
        "all_faces": triangles(model.faces).astype(np.int32),
        "opaque_faces": triangles(split_faces[opaque]).astype(np.int32),
        "lash_faces": triangles(split_faces[part_of_face == LASHES]).astype(np.int32),
        "occlusion_faces": triangles(split_faces[part_of_face == OCCLUSION]).astype(np.int32),
    }


def bake_noise(random):
    """A volume of white noise, and a tiling texture of streaks (three lengths, and plain noise)."""
    volume = random.random((64, 64, 64, 4)).astype(np.float32)
    strands = random.random((256, 256, 4)).astype(np.float32)
    for channel, reach in enumerate((3, 9, 25)):
        strands[..., channel] = uniform_filter1d(strands[..., channel], 2 * reach + 1, axis=0, mode="wrap")
    strands -= strands.mean((0, 1))
    strands = strands / strands.std((0, 1)) * 0.22 + 0.5
    return {"volume_noise": _bytes(volume), "strands": _bytes(strands)}


def _bytes(values):
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def bake(assets):
    model = load_face_model(assets)
    normals = vertex_normals(model.vertices, triangles(model.faces))
    baked = bake_topology(model) | bake_hair_and_torso(assets, model, normals)
    landmarks = landmark_pixels(model)
    random = np.random.default_rng(1)  # shared: wrinkles draw from it before the noise does
    textures = bake_regions(landmarks)
    textures |= bake_wrinkles(textures["colour_regions"][..., 0], random)
    baked |= {name: _bytes(texture) for name, texture in textures.items()}
    baked |= bake_noise(random)
    baked["class_map"] = bake_class_map(model, landmarks)
    baked["brows"] = bake_brows(landmarks)
    baked["brow_rows"] = np.array(ROWS) / SIZE
    return baked


def default_cache():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "magicface"


def _fingerprint(assets):
    """Changes with the shapes, without reading their many megabytes."""
    digest = hashlib.sha256(str(VERSION).encode())
    for path in sorted(Path(assets).glob("*/**/*")):
        if path.suffix in (".npz", ".json", ".obj", ".mhclo"):
            digest.update(f"{path.relative_to(assets)} {path.stat().st_size}\n".encode())
    return digest.hexdigest()[:16]


def load_baked(assets, cache=None):
    """The baked arrays, from the cache folder where they are already there."""
    require(Path(assets) / "ict_facekit/face_model.npz")
    folder = Path(cache) if cache else default_cache()
    path = folder / f"portraits-{_fingerprint(assets)}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed, so that two processes that start together cannot read half a file.
        handle, unfinished = tempfile.mkstemp(dir=folder, suffix=".npz")
        os.close(handle)
        np.savez(unfinished, **bake(assets))
        os.replace(unfinished, path)
    with np.load(path) as data:
        return {name: data[name] for name in data}
