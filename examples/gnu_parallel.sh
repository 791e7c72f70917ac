#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A job file on one machine, or on several with --sshloginfile, with GNU parallel: SHARDS processes, then one record file.
#   examples/gnu_parallel.sh jobs.jsonl edited
set -euo pipefail
jobs=${1:?the job file} out=${2:?the output folder} shards=${SHARDS:-4}
magicface=${MAGICFACE:-magicface}
status=0
# A shard with failed items exits with 1; the others and the merge go on. Run again, only what is missing is made.
seq "$shards" | parallel --quote --jobs "${PROCESSES:-2}" --line-buffer \
  "$magicface" edit --jobs "$jobs" --out "$out" --shard "{}/$shards" --resume --threads 1 "${@:3}" || status=$?
"$magicface" merge "$out" --out "$out/records.jsonl" --overwrite
exit "$status"
