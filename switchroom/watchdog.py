"""Keeping one server alive: a small parent that starts it, listens to its heart, and starts it again.

It does not know what the server does. What a restarted server finds and mends is the server's own affair.

The parent imports everything the server needs, once, and then only waits; each server is a fork of it, so
that a new one starts without the seconds of importing. The server's event loop writes one byte a second
into a pipe. A server that is silent for `patience` seconds is frozen and gets SIGKILL; one that died is
replaced at once, or after a growing pause when it keeps dying young. A server that ends by itself with 0
(asked to) or 2 (configuration at fault) is not replaced. When the parent dies, the kernel kills the
server: two never run.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from switchroom.words import say

Server = Callable[[], Awaitable[None]]

CONFIG_AT_FAULT = 2
PR_SET_PDEATHSIG = 1
PAUSES = (0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before the n-th restart in a row of a server that died young."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: between heartbeats, until the first one, from the request to stop to the kill, of youth."""

    silence: float = 8.0
    start: float = 60.0
    stop: float = 30.0
    youth: float = 3.0


def supervise(
    server: Server, patience: Patience = Patience(), say_line: Callable[[str], None] | None = None
) -> int:
    """Run `server` until it ends by itself or we are told to stop; return the exit code for ourselves.

    `server` is called in a fresh process inside a fresh event loop. SIGTERM and SIGINT to us become SIGTERM
    to it, which cancels it; it may install a signal handler of its own instead. SIGHUP is passed on, and ignored by
    a server that has no handler for it. For the main thread only.
    """
    return _Watch(server, patience, say_line or _to_stderr).run()


def _to_stderr(line: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


@dataclass(slots=True)
class _Child:
    pid: int
    pipe: int
    started: float
    beats: int = 0
    silent: float = 0.0
    told: bool = False  # to stop


@dataclass(slots=True)
class _Watch:
    server: Server
    patience: Patience
    say_line: Callable[[str], None]
    stopping: bool = False
    server_pid: int = 0
    stop_asked: float = 0.0
    young_deaths: int = 0
    wakeup: tuple[int, int] = field(default_factory=os.pipe)

    def run(self) -> int:
        before = {number: signal.signal(number, self._asked) for number in (signal.SIGTERM, signal.SIGINT)}
        # Without a wake-up pipe a signal between two looks would be noticed a second late.
        os.set_blocking(self.wakeup[1], False)
        wakeup_before = signal.set_wakeup_fd(self.wakeup[1], warn_on_full_buffer=False)
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._pass_on)
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            return self._generations()
        finally:
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in self.wakeup:
                os.close(end)

    def _asked(self, _number: int, _frame: object) -> None:
        self.stopping = True
        self.stop_asked = self.stop_asked or time.monotonic()

    def _pass_on(self, number: int, _frame: object) -> None:
        if self.server_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.server_pid, number)

    def _generations(self) -> int:
        while True:
            child = self._start()
            self.server_pid = child.pid
            status = self._watch(child)
            self.server_pid = 0
            os.close(child.pipe)
            lived = time.monotonic() - child.started
            code = os.waitstatus_to_exitcode(status)
            if self.stopping or code == 0:
                return max(code, 0) if child.told else 0  # who died before he was told to stop has not failed to
            if code == CONFIG_AT_FAULT:
                self.say_line(say("watchdog.config"))
                return CONFIG_AT_FAULT
            self.young_deaths = self.young_deaths + 1 if lived < self.patience.youth else 0
            pause = PAUSES[min(self.young_deaths, len(PAUSES) - 1)]
            why = signal.Signals(-code).name if code < 0 else say("watchdog.code", code=code)
            self.say_line(say("watchdog.died", pid=child.pid, why=why, lived=f"{lived:.1f}", pause=pause))
            if self._paused(pause):
                return 0

    def _start(self) -> _Child:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _be_server(self.server, writing, parent)
        os.close(writing)
        return _Child(pid, reading, time.monotonic())

    def _watch(self, child: _Child) -> int:
        """Wait until the child is gone; return its wait status."""
        looked = time.monotonic()
        while True:
            select.select([child.pipe, self.wakeup[0]], [], [], 0.25)
            now = time.monotonic()
            # Only time that we ourselves were awake counts, or a machine's sleep would look like a freeze.
            child.silent += min(now - looked, 1.0)
            looked = now
            _drain(self.wakeup[0])
            if beats := _drain(child.pipe):
                child.beats, child.silent = child.beats + beats, 0.0
            gone, status = os.waitpid(child.pid, os.WNOHANG)
            if gone:
                return status
            if self.stopping and not child.told:
                child.told = True
                os.kill(child.pid, signal.SIGTERM)
            self._end_if_frozen(child, now)

    def _end_if_frozen(self, child: _Child, now: float) -> None:
        limit = self.patience.silence if child.beats else self.patience.start
        if child.silent > limit:
            self.say_line(say("watchdog.frozen", pid=child.pid, seconds=f"{child.silent:.1f}"))
        elif self.stopping and now - self.stop_asked > self.patience.stop:
            self.say_line(say("watchdog.slow", pid=child.pid, seconds=self.patience.stop))
        else:
            return
        child.silent = 0.0
        os.kill(child.pid, signal.SIGKILL)

    def _paused(self, seconds: float) -> bool:
        """Wait before the next start; return True when told to stop meanwhile."""
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            select.select([self.wakeup[0]], [], [], left)
            _drain(self.wakeup[0])
        return self.stopping


def _drain(pipe: int) -> int:
    """Return how many bytes waited in `pipe`; an empty or a closed one holds none."""
    if not select.select([pipe], [], [], 0)[0]:
        return 0
    try:
        return len(os.read(pipe, 4096))
    except OSError:
        return 0


def _be_server(server: Server, heart: int, parent: int) -> None:
    """Run as the forked server; never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        # A process group of its own: Ctrl-C at the terminal reaches the parent only; the server is told once.
        os.setpgid(0, 0)
        _die_with(parent)
        with asyncio.Runner(loop_factory=_fast_loop()) as runner:
            code = runner.run(_beating(server, heart))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001  a fork must never return into the parent's code
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop where that is installed, else of asyncio itself."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def _die_with(parent: int) -> None:
    """Ask the kernel to kill us when the parent dies. Elsewhere than on Linux there is no such request."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


async def _beating(server: Server, heart: int) -> int:
    """Run the server with its heart beating; return 0 when it ended well or because it was told to."""
    running = asyncio.ensure_future(_awaited(server))
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        running.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    beating = asyncio.create_task(_beat(heart))
    try:
        await running
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        beating.cancel()
    return 0


async def _awaited(server: Server) -> None:
    await server()


async def _beat(heart: int) -> None:
    while True:
        # A full pipe means that nobody reads just now, not that we are dead.
        with contextlib.suppress(BlockingIOError):
            os.write(heart, b".")
        await asyncio.sleep(1.0)
