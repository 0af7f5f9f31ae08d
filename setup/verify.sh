#!/usr/bin/env bash
# Everything that must hold: style, types, borders, tests. `quick` runs the unit tests only, `all` every tier.
# Runs all steps, also after one has failed, and ends with a summary. No stamp, no cache of results.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tier=${1:-all}
results=() code=0
step() { # step NAME COMMAND...
    local name=$1 begun=$SECONDS verdict=ok
    shift
    printf '\n── %s ──\n' "$name"
    "$@" || { verdict=FAILED; code=1; }
    results+=("$(printf '%-8s %-7s %4d s' "$name" "$verdict" $((SECONDS - begun)))")
}

bin=.venv/bin
pytest=("$bin/python" -m pytest -q -n 2 --dist worksteal) # side by side: tests on real lines wait most of the time
step style "$bin/ruff" check .
step types "$bin/mypy"
step borders "$bin/lint-imports"
if [[ $tier == quick ]]; then
    step tests "${pytest[@]}" tests/unit
else
    step alone "$bin/python" -m pytest -q -m alone tests
    step tests "${pytest[@]}" -m "not alone" tests --durations=10
fi

printf '\n── summary (%d s) ──\n' "$SECONDS"
printf '%s\n' "${results[@]}"
exit "$code"
