#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to an edited portrait: installs what is missing, builds, edits the sample, prints the picture's path.
# Can be run again at any time, from any folder. Variables: MAGICFACE_SKIP_APT=1, MAGICFACE_TORCH_SPEC, MAGICFACE_JOBS.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in common packages python build; do
  # shellcheck source=/dev/null
  source "$root/scripts/lib/$part.sh"
done

install_packages "${BUILD_PACKAGES[@]}"
install_python "$root"
build_release "$root" magicface

portrait="$root/docs/samples/portrait.png"
[[ -f "$portrait" ]] || die "the sample portrait docs/samples/portrait.png is missing from the tree"
say "Edit: magicface edit --in docs/samples/portrait.png --au AU12=5"
pictures=$("$root/build/release/magicface" edit --in "$portrait" --au AU12=5 --out "$root/build/quickstart" --overwrite) ||
  die "magicface edit failed"

say "Done. Before: $portrait"
say "      After:"
printf '%s\n' "$pictures"
