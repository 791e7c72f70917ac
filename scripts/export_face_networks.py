# SPDX-License-Identifier: Apache-2.0
"""Adds published face networks to a bundle that exists.

    python scripts/export_face_networks.py --bundle models/magicface --face-parser 79999_iter.pth
"""
import argparse
import sys
from pathlib import Path

from exporting.bundle import add_to
from exporting.errors import ExportError
from exporting.faces import add_arguments, add_faces, chosen
from exporting.torchscript import fix_order


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="the bundle's folder")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    files = chosen(options)
    if not files and not options.face_detector:
        parser.error("nothing to add: pass at least one of the face networks' files")
    try:
        add_to(options.bundle, lambda folder, manifest: add_faces(files, options.face_detector, folder, manifest))
    except (ExportError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print(options.bundle)
    return 0


if __name__ == "__main__":
    fix_order()
    sys.exit(main())
