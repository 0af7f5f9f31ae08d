#!/usr/bin/env bash
# Everything that must hold: style, types, borders, tests. `quick` runs the unit tests only, `all` every tier.
# Runs all steps, also after one has failed, and ends with a summary. No stamp, no cache of results.
#
# Tests on real lines wait most of the time. So four files of them run side by side, and beside them, with less weight,
# all that only computes: it takes what they leave of the processors, and disturbs them little.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE # hundreds of programs are started: none should compile the whole tree anew

tier=${1:-all}
bin=.venv/bin
pytest=("$bin/python" -m pytest -q)
results=$(mktemp)
trap 'rm -f "$results"; kill $(jobs -p) 2>/dev/null' EXIT

step() { # step NAME COMMAND...
    local name=$1 begun=$SECONDS verdict=ok
    shift
    printf '\n── %s ──\n' "$name"
    "$@" || verdict=FAILED
    printf '%-8s %-7s %4d s\n' "$name" "$verdict" $((SECONDS - begun)) >>"$results"
}

computes() { # computes TESTS...: the steps for which nothing is waited
    step style "$bin/ruff" check .
    step types "$bin/mypy"
    step borders "$bin/lint-imports"
    step pure "${pytest[@]}" -n 2 --dist worksteal "$@"
}

beside() { # beside COMMAND...: with less weight; what it says comes in one piece at its end
    local said
    said=$(renice -n 5 -p "$BASHPID" >/dev/null && "$@" 2>&1)
    printf '%s\n' "$said"
}

if [[ $tier == quick ]]; then
    computes tests/unit
else
    mapfile -t alone < <(grep -rl --include='test_*.py' 'mark\.alone' tests)
    step alone "${pytest[@]}" -m alone "${alone[@]}"
    beside computes tests/unit tests/sim -m "not alone" --durations=10 &
    step lines "${pytest[@]}" -n 4 --dist loadfile --no-loadscope-reorder -m "not alone" tests/live tests/wire --durations=10
    wait
fi

printf '\n── summary (%d s) ──\n' "$SECONDS"
cat "$results"
! grep -q FAILED "$results"
