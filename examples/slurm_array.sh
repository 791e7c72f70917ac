#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A job file over a Slurm array, a shard per task. Hand it in, then join the records when all tasks have ended
# (--overwrite: those that were joined before):
#   sbatch examples/slurm_array.sh jobs.jsonl edited
#   sbatch --dependency=afterany:JOBID --wrap 'magicface merge edited --out edited/records.jsonl --overwrite'
# A task that was killed, or ran out of time, is finished by handing the same array in again.
#SBATCH --job-name=magicface
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --output=magicface-%A_%a.log
set -euo pipefail
jobs=${1:?the job file} out=${2:?the output folder}
# exec: Slurm's SIGTERM reaches magicface itself, which stops after the current step and exits with 75.
exec "${MAGICFACE:-magicface}" edit --jobs "$jobs" --out "$out" --shard auto --resume --threads "${SLURM_CPUS_PER_TASK:-1}" "${@:3}"
