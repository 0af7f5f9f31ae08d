"""docs/tutorial.md: each of its commands prints what it says, from an empty folder on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tutorial import blocks

pytestmark = pytest.mark.wire


def test_the_tutorial_does_what_it_says(tmp_path):
    unset = ("SWITCHROOM_", "LANG", "LC_", "COLUMNS")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
    surroundings["PATH"] = f"{Path(sys.executable).parent}:{surroundings['PATH']}"
    surroundings["LC_ALL"] = "C.UTF-8"
    here, compared = tmp_path, 0
    for block in blocks():
        if block.live:
            continue
        done = subprocess.run(  # noqa: S603 - the words are the tutorial's
            ["/bin/bash", "-c", block.commands],
            check=False,
            cwd=here,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not done.stderr, (block.commands, done.stderr)
        if block.printed is None:
            assert done.returncode == 0, block.commands
        else:
            compared += 1
            assert plain(done.stdout, tmp_path) == plain(block.printed, tmp_path), block.commands
        here = tmp_path / "shop"
    assert compared >= 8


def plain(text: str, folder: Path) -> str:
    """Without what may differ from machine to machine: where the folder is, how long it took."""
    return re.sub(r"failed, [0-9.]+ s", "failed, 0 s", text.replace(f"{folder}/shop/", ""))
