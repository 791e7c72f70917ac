# SPDX-License-Identifier: Apache-2.0
"""Writing a bundle: all files in a folder of their own that takes its name at the very end."""
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from . import torchscript
from .errors import ExportError

FORMAT = 1
Entry = dict[str, Any]


def digest(file: Path) -> Entry:
    """A file's entry in the manifest."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": file.name, "sha256": sha256, "bytes": file.stat().st_size}


def flush(path: Path) -> None:
    """Onto the disk, before a rename makes it count."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_module(module: torch.jit.ScriptModule, file: Path) -> Entry:
    """Writes TorchScript and returns its entry."""
    torchscript.save(module, file)
    flush(file)
    return digest(file)


def save_manifest(manifest: dict[str, Any], folder: Path) -> None:
    """`bundle.json`, replaced in one step."""
    partial = folder / f".bundle.json.{os.getpid()}"
    try:
        partial.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
        flush(partial)
        os.replace(partial, folder / "bundle.json")
    finally:
        partial.unlink(missing_ok=True)
    flush(folder)


def write_new(out: Path, fill: Callable[[Path], None], overwrite: bool) -> None:
    """Creates the folder `out` with what `fill` writes into it, or leaves everything as it was.

    Raises:
        ExportError: `out` exists and isn't empty, without `overwrite`.
    """
    out = out.absolute()
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out}: expected a folder to write to, actual: a file")
    if out.exists() and any(out.iterdir()) and not overwrite:
        raise ExportError(f"{out}: expected a new or empty folder, actual: it has files (--overwrite replaces it)")
    if out.exists() and any(out.iterdir()) and not (out / "bundle.json").is_file():
        raise ExportError(f"{out}: expected a bundle to replace, actual: a folder without bundle.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.partial-", dir=out.parent))
    partial.chmod(0o755)
    old = partial.with_suffix(".old")
    try:
        fill(partial)
        if out.exists():
            os.replace(out, old)
        os.replace(partial, out)
        flush(out.parent)
    except BaseException:
        if old.exists() and not out.exists():
            os.replace(old, out)
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def read_manifest(file: Path) -> dict[str, Any]:
    """A bundle's manifest whose files lie in its folder: what is replaced gets deleted, and nothing else may be."""
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as failure:
        raise ExportError(f"{file}: expected a bundle's manifest, actual: {failure}") from failure
    if manifest.get("format") != FORMAT:
        raise ExportError(f"{file}: key 'format': expected {FORMAT}, actual: {manifest.get('format')!r}")
    for entry in entries_of(manifest):
        name = entry.get("file")
        if not isinstance(name, str) or Path(name).name != name or name in ("", "..", "bundle.json"):
            raise ExportError(f"{file}: key 'file': expected the plain name of a module's file, actual: {name!r}")
    return manifest


def add_to(bundle: Path, fill: Callable[[Path, dict[str, Any]], None]) -> None:
    """Adds files to an existing bundle: `fill` writes them to a folder of their own and changes the manifest.

    Files get names that the bundle doesn't use yet, and `bundle.json` changes last: at any moment the bundle is
    the old or the new one.
    """
    manifest = read_manifest(bundle / "bundle.json")
    before = entries_of(manifest)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=bundle))
    try:
        fill(partial, manifest)
        for entry in entries_of(manifest):
            fresh = partial / entry["file"]
            # What stays may have the name that a new file would like.
            if entry not in before and fresh.exists():
                if (bundle / entry["file"]).exists():
                    entry["file"] = f"{fresh.stem}-{entry['sha256'][:8]}{fresh.suffix}"
                os.replace(fresh, bundle / entry["file"])
        for same in partial.iterdir():  # licence texts, and what the bundle holds already
            os.replace(same, bundle / same.name)
        save_manifest(manifest, bundle)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    for name in files_of(before) - files_of(entries_of(manifest)):
        (bundle / name).unlink(missing_ok=True)


def entries_of(manifest: dict[str, Any]) -> list[Entry]:
    """All file entries, the detector's among them."""
    entries: list[Entry] = []
    for module in manifest.get("modules", {}).values():
        entries += module["files"] if "files" in module else [module]
    return entries


def files_of(entries: list[Entry]) -> set[str]:
    return {entry["file"] for entry in entries}
