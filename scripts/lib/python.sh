# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The virtual environment .venv at the root of the tree, with what requirements.txt pins.
# MAGICFACE_TORCH_SPEC replaces the torch line, for example with a CPU-only or a CUDA build; pip's own
# variables (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) say where it is looked for.

# wanted_requirements ROOT: requirements.txt with the torch line replaced where that was asked for.
wanted_requirements() {
  if [[ -n "${MAGICFACE_TORCH_SPEC:-}" ]]; then
    grep -v '^torch\b' "$1/requirements.txt"
    printf '%s\n' "$MAGICFACE_TORCH_SPEC"
  else
    cat "$1/requirements.txt"
  fi
}

install_python() {
  local root="$1" venv="$1/.venv" stamp wanted
  # A creation that was interrupted leaves a Python without pip.
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    have python3 || die "python3 is missing"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "python3 is older than 3.11"
    say "Python: making .venv"
    python3 -m venv --clear "$venv" || die "python3 -m venv failed; on Debian it needs the package python3-venv"
  fi
  stamp="$venv/.magicface-requirements"
  wanted=$(wanted_requirements "$root" | sha256sum | cut -d' ' -f1)
  if [[ -f "$stamp" && "$(<"$stamp")" == "$wanted" ]]; then
    say "Python: .venv holds what requirements.txt asks for"
    return
  fi
  say "Python: installing requirements.txt into .venv (torch is some 200 MB, a build for CUDA 3 GB; MAGICFACE_TORCH_SPEC names another)"
  wanted_requirements "$root" >"$venv/requirements.txt"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$venv/requirements.txt" ||
    die "pip could not install requirements.txt"
  "$venv/bin/python" -c 'import torch' || die "torch is installed in .venv but cannot be imported"
  printf '%s\n' "$wanted" >"$stamp"
}
