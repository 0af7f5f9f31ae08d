"""A journal in a process of its own, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

from journal.facts import StepEntered

TREE = Path(__file__).parents[2]


def step(n):
    return StepEntered(float(n), f"c{n}", "hello", "play")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/journal.db"


@pytest.fixture
def run():
    """Run code in a process of its own; the process is killed at the end of the test at the latest."""
    children = []

    def start(code, *words):
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TREE)},
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


DIES = """
import asyncio, os, sys
from journal.facts import CallStarted
from journal.store import Journal
from journal.thread import AsyncJournal

async def main(url):
    memory = AsyncJournal(Journal.open(url, holder="victim", now=1.0))
    for n in range(1, 301):
        await memory.append([CallStarted(float(n), f"c{n}", f"c{n}", "a1", "1", "", "2", "f", "1", "en")], "t")
        if n == 150:
            memory.journal.checkpoint()
    while memory.journal.behind:
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), 9)

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def killed(url, tmp_path, run):
    assert run(DIES, url).wait(2 * PATIENCE) == -signal.SIGKILL
    return tmp_path / "journal.db-wal"
