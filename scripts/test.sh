#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, runs CTest and pytest, both even if one fails; non-zero if either failed.
# Can be run again at any time, from any folder; arguments go to pytest. With CI=true warnings are errors and
# a missing program is a failure. Variables: MAGICFACE_SKIP_APT=1, MAGICFACE_TORCH_SPEC, MAGICFACE_JOBS.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in common packages python build; do
  # shellcheck source=/dev/null
  source "$root/scripts/lib/$part.sh"
done

install_packages "${BUILD_PACKAGES[@]}" "${RENDER_PACKAGES[@]}" "${ENGINE_PACKAGES[@]}" "${BROWSER_PACKAGES[@]}" "${BENCHMARK_PACKAGES[@]}"
install_python "$root"
warnings_are_errors=OFF
if [[ "${CI:-}" == true ]]; then warnings_are_errors=ON; fi
# In CI the micro-benchmarks are built and run for an instant, so that they keep working.
build_release "$root" all "-DMAGICFACE_WERROR=$warnings_are_errors" "-DMAGICFACE_BENCHMARKS=$warnings_are_errors"

cd "$root"
log="$root/build/release/ctest.log"
ctest_status=0 pytest_status=0

say "CTest"
# CTest's summary is kept back, so that both summaries stand at the end.
ctest --preset release --no-tests=error --parallel "$(compile_jobs)" 2>&1 | tee "$log" |
  sed '/% tests passed, /,$d' || ctest_status=$?

say "pytest"
MAGICFACE_PROGRAM="$root/build/release/magicface" "$root/.venv/bin/python" -m pytest -q "$@" || pytest_status=$?

say "CTest's summary (pytest's is above)"
sed -n '/% tests passed, /,$p' "$log"
if ((ctest_status != 0 || pytest_status != 0)); then
  die "tests failed (exit codes: CTest $ctest_status, pytest $pytest_status)"
fi
say "All tests passed"
