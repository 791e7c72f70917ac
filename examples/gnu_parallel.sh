#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A job file on one machine, or on several, with GNU parallel: SHARDS shards, PROCESSES at a time on each, then one record file.
#   examples/gnu_parallel.sh jobs.jsonl edited
#   PARALLEL='--sshloginfile machines' SHARDS=16 examples/gnu_parallel.sh jobs.jsonl edited
# parallel takes its own flags from PARALLEL. The machines must share this folder, what is named in it, magicface and the bundle; other
# variables, such as MAGICFACE_BUNDLE, don't reach them (--bundle does).
set -euo pipefail
jobs=${1:?the job file} out=${2:?the output folder} shards=${SHARDS:-4}
magicface=${MAGICFACE:-magicface}
status=0
# A shard with failed items exits with 1; the others and the merge go on. Run again, only what is missing is made.
seq "$shards" | parallel --quote --jobs "${PROCESSES:-2}" --line-buffer --workdir . \
  "$magicface" edit --jobs "$jobs" --out "$out" --shard "{}/$shards" --resume --threads 1 "${@:3}" || status=$?
"$magicface" merge "$out" --out "$out/records.jsonl" --overwrite
exit "$status"
