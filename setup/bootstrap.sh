#!/usr/bin/env bash
# Sets this tree up on a bare Debian 12 or 13 (or any Linux that has the programs): Python packages into .venv,
# programs by apt-get where we may, else unpacked into the user's cache folder, and a private Asterisk.
# Safe to run again; done at once when nothing has changed. --test adds what only the tests need. PYTHON=... names another Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=no
[[ "${1:-}" == --test ]] && tests=yes
stamp=.venv/.switchroom-$tests
wanted=$(cat requirements.lock pyproject.toml setup/bootstrap.sh setup/programs.py | sha256sum | cut -d' ' -f1)
if [[ -x .venv/bin/switchroom && "$(cat "$stamp" 2>/dev/null)" == "$wanted" ]]; then
    exit 0
fi

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$1"; say "  -> $2"; exit 3; }

# ── what we may do ──────────────────────────────────────────────────────────────────────────────────────────
root=()
if [[ $EUID -eq 0 ]]; then
    may_install=yes
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    may_install=yes root=(sudo -n)
else
    may_install=no
fi
command -v apt-get >/dev/null || may_install=no

updated=no
install() { # install PACKAGE...: asks the mirror for news only when the packages are not to be had without
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    [[ $may_install == yes ]] || return 1
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    if [[ $updated == no ]]; then
        updated=yes
        "${apt[@]}" update >/dev/null 2>&1 || true
    fi
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null
}

# ── Python ──────────────────────────────────────────────────────────────────────────────────────────────────
usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
find_python() { # the system's own first: Debian builds it by profile, and one that was built without takes half as long again
    local name
    for name in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && usable "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}
if ! python=$(find_python); then
    say "installing Python"
    install python3 python3-venv python3-pip || true
    python=$(find_python) || fail "Python 3.11 or newer with its venv module is missing" \
        "as root: apt-get install -y python3 python3-venv python3-pip"
fi
if [[ -e .venv ]] && ! { usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    say "the virtual environment is broken and is made anew"
    rm -rf .venv
fi
if [[ ! -e .venv ]]; then
    say "making .venv with $("$python" --version)"
    "$python" -m venv .venv
fi
say "installing Python packages"
pip=(.venv/bin/python -m pip --disable-pip-version-check -qq)
"${pip[@]}" install -r requirements.lock || fail "the Python packages could not be installed" \
    "check the network and pip's settings (pip config list), then run this again"
"${pip[@]}" install --no-deps --no-build-isolation -e .

# ── programs ────────────────────────────────────────────────────────────────────────────────────────────────
packages=()
need() { command -v "$1" >/dev/null || packages+=("$2"); }
need sipp sip-tester
need espeak-ng espeak-ng
[[ -d /usr/share/zoneinfo ]] || packages+=(tzdata)
if [[ $tests == yes ]]; then
    command -v chromium >/dev/null || packages+=(chromium)
    command -v npm >/dev/null || packages+=(npm)
fi
if [[ ${#packages[@]} -gt 0 ]] && ! { say "installing ${packages[*]}" && install "${packages[@]}"; }; then
    say "not by apt-get (no root, or no such package): unpacking into the user's cache folder instead"
fi
# Unpacks what is still missing. mosquitto always comes this way: apt-get would start it as a service, on its port.
whole=yes
if ! .venv/bin/python setup/programs.py; then
    whole=no
    say "some programs are missing (see above): what needs them is skipped, and the next set-up tries again"
fi

# ── the editors' language server, against which the schema of flows is tested ───────────────────────────────
editor=${XDG_CACHE_HOME:-$HOME/.cache}/switchroom/yaml-language-server-2.0.0
if [[ $tests == yes && ! -x $editor/node_modules/.bin/yaml-language-server ]]; then
    if command -v npm >/dev/null; then
        say "installing yaml-language-server"
        npm install --prefix "$editor" --no-audit --no-fund --loglevel=error yaml-language-server@2.0.0 >/dev/null ||
            say "it could not be installed: the tests of the editor's schema are skipped"
    else
        say "no npm: the tests of the editor's schema are skipped"
    fi
fi

# ── Asterisk ────────────────────────────────────────────────────────────────────────────────────────────────
.venv/bin/switchroom asterisk path >/dev/null

# ── prompts: spoken once for all floors of this user, so that the first start does not wait for it ──────────
say "speaking the prompts"
.venv/bin/switchroom prompts render >/dev/null || say "  -> not all could be spoken; the first start tries again"

# ── the machine's own name ──────────────────────────────────────────────────────────────────────────────────
name=$(uname -n)
if ! timeout 3 getent hosts "$name" >/dev/null; then
    line="127.0.1.1 $name"
    say "this machine's name ($name) does not resolve: every call would stall for 5 s"
    if [[ "${FIX_HOSTS:-no}" == yes ]] && echo "$line" | "${root[@]}" tee -a /etc/hosts >/dev/null 2>&1; then
        say "  -> added \"$line\" to /etc/hosts"
    else
        say "  -> as root: echo \"$line\" >> /etc/hosts   (or: FIX_HOSTS=yes make setup)"
    fi
fi

[[ $whole == no ]] || echo "$wanted" > "$stamp"
say "done"
