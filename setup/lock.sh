#!/usr/bin/env bash
# Writes what is installed in .venv to requirements.lock; what only another Python needs is kept as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

{
    grep '^#' requirements.lock
    {
        .venv/bin/python -m pip freeze --all --exclude pip --exclude wheel --exclude-editable |
            grep -E '^[A-Za-z0-9._-]+==[^ ]+$'
        grep '; python_version' requirements.lock
    } | sort -fu
} > requirements.lock.new
mv requirements.lock.new requirements.lock
