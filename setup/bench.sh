#!/usr/bin/env bash
# Runs every benchmark, one after the other so that none disturbs another; a fault in one does not hide the rest.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

code=0 found=no
for run in benchmarks/*/run.py; do
    [[ -e $run ]] || continue
    found=yes
    printf '\n── %s ──\n' "$(dirname "$run")"
    .venv/bin/python "$run" || code=1
done
[[ $found == yes ]] || { echo "there is no benchmarks/*/run.py" >&2; exit 2; }
exit "$code"
