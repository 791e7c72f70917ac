# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Shared by quickstart.sh and test.sh: messages, and the number of parallel compile jobs.

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# One job per core, but no more than one per 1.5 GiB of free memory: LibTorch's headers are heavy.
compile_jobs() {
  if [[ -n "${MAGICFACE_JOBS:-}" ]]; then
    printf '%s\n' "$MAGICFACE_JOBS"
    return
  fi
  local cores by_memory
  cores=$(nproc 2>/dev/null || echo 2)
  by_memory=$(awk '/^MemAvailable:/ {print int($2 / 1572864)}' /proc/meminfo 2>/dev/null || true)
  by_memory=${by_memory:-$cores}
  ((by_memory >= 1)) || by_memory=1
  printf '%s\n' "$((cores < by_memory ? cores : by_memory))"
}
