# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian packages: what is missing is installed with apt, as root or through sudo.

BUILD_PACKAGES=(
  cmake ninja-build ccache g++ pkg-config git python3-venv
  libopencv-dev opencv-data libcli11-dev nlohmann-json3-dev libspdlog-dev libssl-dev
  libpng-dev libjpeg-dev libtiff-dev libwebp-dev libpugixml-dev libcsv-dev libgif-dev
  libgtest-dev libgmock-dev
)
# Micro-benchmarks (MAGICFACE_BENCHMARKS=ON).
BENCHMARK_PACKAGES=(libbenchmark-dev)
# The engines that tests really run array jobs with.
ENGINE_PACKAGES=(slurm-wlm parallel)
# The tests of the report's page look at it in a browser.
BROWSER_PACKAGES=(chromium)
# The portrait renderer draws with OpenGL, without a screen.
RENDER_PACKAGES=(libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri)

package_installed() {
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" == installed ]]
}

# As root, or through sudo; sudo may ask for a password only where there is a terminal.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

install_packages() {
  if [[ "${MAGICFACE_SKIP_APT:-}" == 1 ]]; then
    say "Debian packages: skipped (MAGICFACE_SKIP_APT=1)"
    return
  fi
  if ! have dpkg-query || ! have apt-get; then
    die "this machine has no apt. Install the equivalents of: $* -- then run again with MAGICFACE_SKIP_APT=1"
  fi
  local package missing=()
  for package in "$@"; do
    package_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    say "Debian packages: all $# are installed"
    return
  fi
  if ((EUID != 0)) && ! have sudo; then
    die "not root, and there is no sudo. Run as root: apt-get install ${missing[*]}"
  fi
  say "Debian packages: installing ${missing[*]}"
  as_root apt-get update ||
    die "apt-get update failed: check the network, or run as root: apt-get install ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install: ${missing[*]}"
}
