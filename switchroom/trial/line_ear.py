"""An ear on a real line: the sound of a call as it comes in, and which prompts were heard in it.

It does not know what was expected. Prompts are told by their fingerprints (`cti/hearing.py`).
"""

from __future__ import annotations

import asyncio
import threading
import time

from cti.fingerprint import of_mulaw
from cti.hearing import Fingerprints, Heard
from cti.sip.call import RobotCall
from cti.sip.sound import RATE

_SILENCE = b"\xff"  # in mu-law
_LATE = 0.2  # seconds by which a packet must be late before silence is put in its place
SETTLED = 1.0  # seconds after which a prompt that was cut off goes on no more
_PAUSE = 0.3  # seconds of something else after which a whole prompt is over


class LineEar:
    """Listens to one call. `prompts` are those that can be recognised."""

    def __init__(self, call: RobotCall, prompts: Fingerprints) -> None:
        self._listening = prompts.listen()
        self._lock = threading.Lock()
        self._sound = bytearray()
        self._heard_to = 0  # bytes that `_listening` has taken
        self._began = time.monotonic()
        self.heard: list[Heard] = []
        call.ear.tap = self._take

    def _take(self, sound: bytes, at: float) -> None:
        """One packet, on the phone's thread."""
        with self._lock:
            if not self._sound:
                self._began = time.monotonic() - at
            self._fill(at)
            self._sound += sound

    def _fill(self, upto: float) -> None:
        """An exchange that has nothing to say sends nothing: that is silence, and time goes on."""
        missing = upto - len(self._sound) / RATE
        if missing > _LATE:
            self._sound += _SILENCE * int(missing * RATE)

    @property
    def seconds(self) -> float:
        """How much was listened to."""
        return self._heard_to / RATE

    async def listen(self) -> None:
        """Take in what came since the last time."""
        with self._lock:
            self._fill(time.monotonic() - self._began - _LATE)
            new, self._heard_to = bytes(self._sound[self._heard_to :]), len(self._sound)
        self.heard = await asyncio.to_thread(self._recognise, new)

    def _recognise(self, sound: bytes) -> list[Heard]:
        if sound:
            self._listening.take(of_mulaw(sound))
        return self._listening.heard()

    def settled(self, *, from_place: int, begun: bool = False, over: bool = False) -> list[Heard]:
        """What was heard from this place of `heard` on and changes no more.

        `begun`: the last one counts as soon as it has begun. `over`: the call has ended, nothing more will come.
        """
        found = self.heard[from_place:]
        if over or not found or begun:
            return found
        last = found[-1]
        quiet = self.seconds - last.to_s
        return found if quiet > SETTLED or (last.whole and quiet > _PAUSE) else found[:-1]
