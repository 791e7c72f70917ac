# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Configures and builds the `release` preset.

# build_release ROOT TARGET [CMAKE OPTIONS...]
build_release() {
  local root="$1" target="$2"
  shift 2
  say "Build: cmake --preset release $*"
  (cd "$root" && cmake --preset release "$@") >&2 || die "cmake could not configure build/release"
  say "Build: $target, $(compile_jobs) job(s) at a time; a first build takes some minutes"
  (cd "$root" && cmake --build --preset release --target "$target" --parallel "$(compile_jobs)") >&2 ||
    die "the build failed"
}
