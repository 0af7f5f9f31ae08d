"""The media of one test call: sound and RFC 4733 digits out, levels and digits in, over pyVoIP's RTP client.

It knows nothing of SIP, of who is at the other end, or of what the digits mean.

pyVoIP's `RTPClient` is kept for what it negotiated (codec, ports, state); these faults of 1.6.8 are worked
around:

* it cannot send digits: `send_digits` makes telephone-event packets (marker, growing duration, three end
  packets);
* it polls its socket 100 times a second from one thread and sends from another, three threads a call, and
  drifts: one `_Pump` thread ticks every stream of this program each 20 ms against the clock;
* after packet 65,535 and at timestamp 2^32 it sends a packet with a hole in its header: the numbers wrap
  here;
* it keeps every packet ever received, and rebuilds the whole buffer when one comes late: only levels are kept
  here;
* a digit is lost when the one packet with the marker bit is lost: here a new event is known by its timestamp;
* header extensions and padding are taken for sound: both are stepped over here.
"""

from __future__ import annotations

import contextlib
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cti.sip.pyvoip import PayloadType, PyRtpClient, TransmitType
from cti.sip.sound import FRAME, FRAME_SECONDS, LOUD, QUIET, level

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

DIGITS = "0123456789*#ABCD"
_TONE_TICKS = 6  # 120 ms of tone and 100 ms of gap: slow enough for any receiver, quick enough for tests
_GAP_TICKS = 5


@dataclass(slots=True)
class Ear:
    """What came in: packets, loudness by the second since the media started, and digits with their second.

    `tap`, when set, is handed each packet's mu-law sound and its second, on the pump's thread.
    """

    packets: int = 0
    loud_frames: int = 0
    digits: list[tuple[float, str]] = field(default_factory=list)
    seconds: list[tuple[float, int]] = field(default_factory=list)
    tap: Callable[[bytes, float], None] | None = None

    def weigh(self, loudness: float, at: float) -> None:
        self.packets += 1
        self.loud_frames += loudness > LOUD
        second = max(int(at), 0)
        while len(self.seconds) <= second:
            self.seconds.append((0.0, 0))
        total, count = self.seconds[second]
        self.seconds[second] = (total + loudness, count + 1)

    def levels(self) -> tuple[float, ...]:
        """Mean level of each second, 0.0 where nothing was received."""
        return tuple(round(total / count, 4) if count else 0.0 for total, count in self.seconds)

    @property
    def loud_seconds(self) -> float:
        return round(self.loud_frames * FRAME_SECONDS, 2)


@dataclass(frozen=True, slots=True)
class _Tick:
    """What goes out in one 20 ms: (marker, payload) packets, or sound when none. `then` runs afterwards."""

    packets: tuple[tuple[bool, bytes], ...] = ()
    then: Callable[[], None] | None = None


_SOUND = _Tick()


class AudioStream(PyRtpClient):  # type: ignore[misc]  # untyped: see pyvoip.py
    """One call's media on an open UDP socket. `on_digit` is called on the pump's thread.

    So is `on_sound`, with each packet of sound: seconds since the media started, RTP timestamp, mu-law bytes.
    """

    outTimestamp: int  # noqa: N815 - pyVoIP's own names
    outSequence: int  # noqa: N815 - see above

    def __init__(
        self,
        assoc: Mapping[int, PayloadType],
        own: socket.socket,
        far: tuple[str, int],
        on_digit: Callable[[str], None],
    ) -> None:
        own_ip, own_port = own.getsockname()
        super().__init__(dict(assoc), own_ip, own_port, *far, TransmitType.SENDRECV, dtmf=on_digit)
        self.sin = self.sout = own
        own.setblocking(False)
        self.ear = Ear()
        self.on_sound: Callable[[float, int, bytes], None] | None = None
        self.silent = False  # True: send no packet at all, as a phone with broken media does
        self._began = 0.0
        self._sound = b""
        self._sound_at = 0
        self._again = False
        self._sound_done: Callable[[], None] | None = None
        self._digits: deque[_Tick] = deque()
        self._event_stamp = 0
        self._last_heard_event = -1

    # ── asked by a call ─────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        self._began = time.monotonic()
        _PUMP.add(self)

    def stop(self) -> None:
        self.NSD = False
        _PUMP.drop(self)
        self.sin.close()

    def play(self, sound: bytes, *, again: bool = False, done: Callable[[], None] | None = None) -> None:
        """Play mu-law sound once, or `again` and again. `done` runs on the pump's thread."""
        self._sound, self._sound_at, self._again, self._sound_done = sound, 0, again, done

    def send_digits(self, digits: str, done: Callable[[], None] | None = None) -> None:
        """Queue digits (0-9 * # A-D). Raises ValueError for others, or if the far end takes none."""
        for digit in digits:
            if digit not in DIGITS:
                raise ValueError(f"{digit!r} is not a telephone key; use 0-9 * # A B C D")
        if self.event_type is None:
            raise ValueError("the other side offered no telephone-event (RFC 4733); digits cannot be sent")
        for digit in digits:
            self._digits.extend(_ticks_of(DIGITS.index(digit)))
        self._digits.append(_Tick(then=done))

    @property
    def event_type(self) -> int | None:
        """The payload type for digits that both sides agreed on."""
        return next((number for number, name in self.assoc.items() if name == PayloadType.EVENT), None)

    def redirect(self, ip: str, port: int) -> None:
        """Send to another place from now on (a re-INVITE said so)."""
        self.outIP, self.outPort = ip, port

    # ── once each 20 ms, on the pump's thread ───────────────────────────────────────────────────────────────

    def tick(self) -> None:
        self._listen()
        tick = self._digits.popleft() if self._digits else _SOUND
        sound = self._next_sound()
        if not tick.packets:
            self._send(int(self.preference), sound, self.outTimestamp)
        for marker, payload in tick.packets:
            self._event_stamp = self.outTimestamp if marker else self._event_stamp
            self._send(self.event_type or 101, payload, self._event_stamp, marker=marker)
        self.outTimestamp = self.outTimestamp + FRAME & 0xFFFFFFFF
        if tick.then:
            tick.then()

    def _next_sound(self) -> bytes:
        if not self._sound:
            return QUIET
        frame = self._sound[self._sound_at : self._sound_at + FRAME]
        self._sound_at += FRAME
        if self._sound_at >= len(self._sound):
            self._sound_at = 0
            if not self._again:
                done, self._sound, self._sound_done = self._sound_done, b"", None
                if done:
                    done()
        return frame + QUIET[len(frame) :]

    def _send(self, kind: int, payload: bytes, stamp: int, *, marker: bool = False) -> None:
        self.outSequence = self.outSequence + 1 & 0xFFFF
        if self.silent:
            return
        head = struct.pack("!BBHII", 0x80, kind | marker << 7, self.outSequence, stamp, self.outSSRC)
        with contextlib.suppress(OSError):  # the far port may be closed already; the talk's end is SIP's business
            self.sout.sendto(head + payload, (self.outIP, self.outPort))

    def _listen(self) -> None:
        for _ in range(100):  # a flood must not stop the other phones
            try:
                packet = self.sin.recv(2048)
            except OSError:
                return
            self._take(packet)

    def _take(self, packet: bytes) -> None:
        if len(packet) < 12 or packet[0] >> 6 != 2:
            return
        kind, start = packet[1] & 0x7F, 12 + 4 * (packet[0] & 0x0F)
        if packet[0] & 0x10 and len(packet) >= start + 4:
            start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
        payload = packet[start : len(packet) - packet[-1]] if packet[0] & 0x20 else packet[start:]
        at = time.monotonic() - self._began
        if kind == self.event_type:
            self._take_event(int.from_bytes(packet[4:8], "big"), payload, at)
        elif kind == int(self.preference):
            self.ear.weigh(level(payload), at)
            if self.ear.tap is not None:
                self.ear.tap(payload, at)
            if self.on_sound is not None:
                self.on_sound(at, int.from_bytes(packet[4:8], "big"), payload)

    def _take_event(self, stamp: int, payload: bytes, at: float) -> None:
        if stamp == self._last_heard_event or len(payload) < 4 or payload[0] >= len(DIGITS):
            return
        self._last_heard_event = stamp
        digit = DIGITS[payload[0]]
        self.ear.digits.append((round(at, 3), digit))
        if self.dtmf is not None:
            self.dtmf(digit)


def _ticks_of(code: int) -> list[_Tick]:
    """One digit as what to send in each 20 ms."""
    ticks = []
    for number in range(1, _TONE_TICKS + 1):
        last = number == _TONE_TICKS
        payload = struct.pack("!BBH", code, 0x8A if last else 0x0A, number * FRAME)
        ticks.append(_Tick(((number == 1, payload),) * (3 if last else 1)))
    return ticks + [_SOUND] * _GAP_TICKS


class _Pump:
    """One thread that ticks every stream of this program; it ends when there are none."""

    def __init__(self) -> None:
        self._streams: tuple[AudioStream, ...] = ()
        self._lock = threading.Lock()
        self._running = False

    def add(self, stream: AudioStream) -> None:
        with self._lock:
            self._streams = (*self._streams, stream)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="rtp pump", daemon=True).start()

    def drop(self, stream: AudioStream) -> None:
        with self._lock:
            self._streams = tuple(one for one in self._streams if one is not stream)

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            with self._lock:
                if not self._streams:
                    self._running = False
                    return
                streams = self._streams
            for stream in streams:
                stream.tick()
            due = max(due + FRAME_SECONDS, time.monotonic() - 0.1)  # after a stall, do not send a second in a burst
            time.sleep(max(0.0, due - time.monotonic()))


_PUMP = _Pump()
