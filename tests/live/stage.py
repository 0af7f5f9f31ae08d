"""Where dialplan tests play: a scripted server at the door, a look at the channels, a sense of hearing."""

from __future__ import annotations

import functools
import math
import socket
import threading
import wave
from array import array
from collections.abc import Callable
from operator import mul
from typing import TYPE_CHECKING

from patience import PATIENCE, until

from cti.asterisk.carrier import Account, Caller, originate_caller, read_account

if TYPE_CHECKING:
    from pathlib import Path

    from cti.asterisk.probe import Headers, Probe

Command = Callable[[str], str]
Visit = Callable[[dict[str, str], Command], None]


class Door:
    """A FastAGI server that runs one scripted function a visit; `visits` are the AGI headers in order."""

    def __init__(self, port: int, script: Visit) -> None:
        self.visits: list[dict[str, str]] = []
        self._script = script
        self._listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        try:
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        except OSError:
            return  # closed before
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._visit, args=(visitor,), daemon=True).start()

    def _visit(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rw", encoding="utf-8", newline="\n") as line:
            told: dict[str, str] = {}
            while text := line.readline().strip():
                key, _, value = text.partition(":")
                told[key] = value.strip()
            self.visits.append(told)

            def command(words: str) -> str:
                line.write(words + "\n")
                line.flush()
                return line.readline().strip()

            self._script(told, command)


def hold_then_end(told: dict[str, str], command: Command) -> None:
    command(f"SET VARIABLE SR_DONE {'end' if told.get('agi_arg_2') else 'hold'}")


def place(outside: Probe, call: str, number: str = "800", **more) -> None:
    """A caller comes, who waits for longer than any test does unless he is told to leave."""
    outside.ask("Originate", *originate_caller(Caller(call, number, **{"patience": 4 * PATIENCE, "talk": 1.0} | more)))


def callers(outside: Probe) -> list[Headers]:
    """The callers' own ends of their calls."""
    return [channel for channel in outside.ask("Status")[1:] if channel.get("Context") == "caller"]


def leave(outside: Probe) -> None:
    """The callers have no more patience."""
    for channel in callers(outside):
        outside.ask("Redirect", {"Channel": channel["Channel"], "Context": "caller", "Exten": "T", "Priority": "1"})


def press(outside: Probe, key: str) -> None:
    for channel in callers(outside):
        outside.ask("PlayDTMF", {"Channel": channel["Channel"], "Digit": key, "Duration": "120"})


def account(outside: Probe, call: str) -> Account:
    told = read_account(outside.await_event("UserEvent", within=PATIENCE, UserEvent="CarrierCall", Call=call))
    assert told is not None
    return told


def channels(ami: Probe, **matching: str) -> list[Headers]:
    found = ami.ask("Status", {"Variables": "SHARED(SR_LEG)"})[1:]
    return [channel for channel in found if all(channel.get(key) == value for key, value in matching.items())]


def waiting(ami: Probe, count: int = 1) -> list[Headers]:
    until(
        lambda: len(channels(ami, Context="switchroom-hold", Application="MusicOnHold")) == count,
        what="waiting",
    )
    return channels(ami, Context="switchroom-hold")


def ring_leg(ami: Probe, peer: str, number: str = "6001", recording: str = "") -> str:
    leg = f"{peer}.1"
    ami.ask(
        "Originate",
        {"Channel": f"PJSIP/{number}@carrier", "ChannelId": leg, "Context": "switchroom-leg", "Exten": "s",
         "Priority": "1", "Async": "true", "Timeout": "60000"},
        {"SR_PEER": peer, "SR_RECORDING": recording},
    )  # fmt: skip
    return leg


def strength(samples: array[int], hertz: int) -> float:
    """The amplitude of one frequency in the samples (Goertzel at a single bin)."""
    cosines, sines = _waves(hertz, len(samples))
    return 2 * math.hypot(sum(map(mul, samples, cosines)), sum(map(mul, samples, sines))) / len(samples)


@functools.cache
def _waves(hertz: int, length: int) -> tuple[list[float], list[float]]:
    turn = 2 * math.pi * hertz / 8000
    return [math.cos(turn * at) for at in range(length)], [math.sin(turn * at) for at in range(length)]


def read_wav(path: Path) -> array[int]:
    """Return the samples of a recording once Asterisk has closed it: until then its header says nothing."""
    until(lambda: _closed(path), f"closing {path.name}")
    with wave.open(str(path)) as file:
        return array("h", file.readframes(file.getnframes()))


def _closed(path: Path) -> bool:
    try:
        with wave.open(str(path)) as file:
            return file.getnframes() * 2 == path.stat().st_size - 44
    except (OSError, EOFError, wave.Error):
        return False
