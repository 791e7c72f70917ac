#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The paper's Tables I, II and IV for a bundle, with a reduced protocol (docs/evaluation.md):
#   scripts/paper_tables.sh PORTRAITS OUT
# PORTRAITS is a folder of pictures. OUT gets plans, pictures, records, plots and tables.md. The same command goes on after a stop.
# Variables: MAGICFACE_BUNDLE, MAGICFACE_PROGRAM (default build/release/magicface), PEOPLE (8), LEVELS (-4,-2,2,4), COMBINATIONS (12),
# SWEEP_PEOPLE (4), SWEEP_LEVELS (-4,4), SWEEP_COMBINATIONS (6), GUIDANCE (1,1.2,1.5,2,3,4,5).
set -euo pipefail

if (($# != 2)); then
  sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
portraits=$1 out=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
magicface=${MAGICFACE_PROGRAM:-$root/build/release/magicface}
mkdir -p "$out"

# name, people, levels, combinations: writes the plan unless it is there from a run that was stopped.
plan() {
  [[ -f "$out/$1.jsonl" ]] ||
    "$magicface" eval plan --quiet --in "$portraits" --people "$2" --levels="$3" --combinations "$4" --out "$out/$1.jsonl" >/dev/null
}
# Pictures that can't be measured are named, counted in the tables, and no reason to stop (exit code 1).
go_on() { "$@" || (($? == 1)); }

plan plan "${PEOPLE:-8}" "${LEVELS:--4,-2,2,4}" "${COMBINATIONS:-12}"
plan sweep_plan "${SWEEP_PEOPLE:-4}" "${SWEEP_LEVELS:--4,4}" "${SWEEP_COMBINATIONS:-6}"
started=$SECONDS
go_on "$magicface" edit --jobs "$out/plan.jsonl" --allow-outside --resume --out "$out/run" >/dev/null
edited=$SECONDS
go_on "$magicface" eval "Ours=$out/run" --overwrite --out "$out/figures.md" --out "$out/figures.tex" --out "$out/figures.json" \
  --out "$out/figures.svg" --out "$out/figures.png"
measured=$SECONDS
go_on "$magicface" eval sweep --jobs "$out/sweep_plan.jsonl" --allow-outside --guidance "${GUIDANCE:-1,1.2,1.5,2,3,4,5}" --out "$out/sweep"

# Edits of a plan: its lines are people, each with the same list of edits.
edits() { grep -o '{"AU' "$out/$1.jsonl" | wc -l; }
{
  echo "$("$magicface" bundle show | awk 'NR == 1 { print $2 }'): $(wc -l <"$out/plan.jsonl") people, $(edits plan) edits; edited in $((edited - started)) s," \
    "measured in $((measured - edited)) s."
  echo
  cat "$out/figures.md"
  echo
  echo "Over guidance: $(wc -l <"$out/sweep_plan.jsonl") people, $(edits sweep_plan) edits at each value."
  echo
  cat "$out/sweep/figures.md"
} >"$out/tables.md"
echo "$out/tables.md"
