"""One caller at our door: plays to him, collects his keys, and sends him on. Keys are never logged.

It does not know who may come in, nor what a key means.

No key is lost between two questions. Asterisk drops keys pressed while no command runs. So when no command follows a
collection within 20 ms, which is less than the pause and the tone of any next key, a silent one is left running until
one arrives: Asterisk ends it, without an answer, as soon as there is something new to read. What was keyed in between
counts as the beginning of the next answer.

What a busy Asterisk makes of that silence is told in `agi_doing.py`, by which command keys are asked for in
`agi_entry.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from cti.asterisk.agi_doing import SILENCE, SILENCE_FROM, Doing, is_stray
from cti.asterisk.agi_entry import Entry
from cti.asterisk.agi_filler import Filler
from cti.asterisk.agi_lines import (
    KEYS,
    LONGEST_LINE,
    MARK,
    UNKNOWN_COMMAND,
    Answer,
    BadLineError,
    key_of,
    read_answer,
    write_command,
)
from cti.vocabulary import CallerArrived, DigitsCollected, PromptEnded, Told

log = structlog.get_logger()

LISTEN_AFTER = 0.02  # seconds without a command
FILL_AFTER = 0.2  # seconds: what is found out within them needs no filler
MOST_AHEAD = 32  # keys kept that nobody has asked for yet


class Visit:
    """`arrival` is what was told when he came. Calls `gone` once when he is no longer here."""

    __slots__ = ("_ahead", "_buffer", "_doing", "_entry", "_failed", "_filler", "_gone", "_leaving", "_left", "_marked",
                 "_pause", "_sent", "_sounds", "_stray", "_tell", "_transport", "_wanted", "arrival")  # fmt: skip

    def __init__(
        self,
        arrival: CallerArrived,
        transport: asyncio.Transport,
        tell: Callable[[Told], None],
        gone: Callable[[Visit], None],
    ) -> None:
        self.arrival = arrival
        self._transport = transport
        self._tell = tell
        self._gone = gone
        self._buffer = b""
        self._doing = Doing.NOTHING
        self._sounds: list[str] = []  # still to play, the next one last
        self._entry = Entry(0, 0.0)
        self._ahead = ""
        self._failed = False
        self._left = False
        self._stray = False  # an answer of the silent collection may still be on its way
        self._marked = False  # the answer to `MARK` is awaited; nothing else is sent before it
        self._pause: asyncio.TimerHandle | None = None  # before the silent collection
        self._sent = b""  # the last command, sent or to be sent
        self._filler: Filler | None = None
        self._wanted: asyncio.TimerHandle | None = None  # before the filler
        self._leaving: tuple[tuple[str, str], ...] = ()  # what the dialplan is told after the lead-in

    # ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def play(self, sounds: tuple[str, ...]) -> None:
        """Play; ends in `PromptEnded`. What was keyed ahead is forgotten, as are keys during the prompt."""
        self._when_free(partial(self._play, sounds))

    def collect(self, sounds: tuple[str, ...], at_most: int, wait: float) -> None:
        """Play and collect; ends in `DigitsCollected`."""
        self._when_free(partial(self._collect, sounds, Entry(max(1, at_most), wait)))

    def fill(self, sounds: tuple[str, ...]) -> None:
        """Let him hear sounds, then music, until the next thing is asked; nothing when that comes at once."""
        if sounds:
            self._wanted = asyncio.get_running_loop().call_later(FILL_AFTER, self._fill, sounds)

    def leave_after(self, sounds: tuple[str, ...], words: tuple[tuple[str, str], ...]) -> None:
        """Play; a key ends it; then `leave`."""
        self._leaving = words
        self._when_free(partial(self._lead_in, sounds))

    def leave(self, words: tuple[tuple[str, str], ...]) -> None:
        """Tell the dialplan what follows (variables), and close our side; what runs on the channel ends at once."""
        self._leaving = words
        self._when_free(self._leave)

    def cut(self) -> None:
        """Cut the connection; the dialplan plays music and knocks again."""
        self._left = True
        self._transport.abort()

    # ── heard ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def heard(self, data: bytes) -> None:
        """Take the next bytes from Asterisk."""
        lines = (self._buffer + data).split(b"\n")
        self._buffer = lines.pop()
        for line in lines:
            if self._left:
                return
            try:
                self._line(line.rstrip(b"\r"))
            except BadLineError as error:
                log.warning("agi.bad_answer", call=self.arrival.call, problem=str(error))
                self.cut()
        if len(self._buffer) > LONGEST_LINE:
            self.cut()

    def closed(self) -> None:
        """The connection is gone."""
        self._left = True
        for timer in (self._pause, self._wanted):
            if timer is not None:
                timer.cancel()
        self._gone(self)

    def _line(self, line: bytes) -> None:
        if line == b"HANGUP":
            self._transport.close()  # his end is told by AMI, with its cause and time
            self._left = True
        elif line and not line.startswith((b"520-", b"Usage:", b" ", b"\t")):
            self._answered(read_answer(line))

    def _answered(self, answer: Answer) -> None:
        if answer.code == 511:
            self.cut()  # a dead channel
        elif self._marked and answer.code == UNKNOWN_COMMAND:
            self._mark_reached()
        elif self._stray and is_stray(answer, self._doing):
            self._stray = False
            self._listened(answer)
            self._marked = True
            self._transport.write(write_command(MARK))
        else:
            self._stray = False
            _AFTER[self._doing](self, answer)

    def _mark_reached(self) -> None:
        """Everything before the mark has been read; what had no answer by now was ended by it."""
        self._marked = False
        if self._doing is Doing.COLLECTION and self._ahead:
            self._begin_entry()
        elif self._doing is not Doing.NOTHING:
            self._transport.write(self._sent)

    def _nothing(self, answer: Answer) -> None:
        """An answer that nobody waits for."""

    # ── prompts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _play(self, sounds: tuple[str, ...]) -> None:
        self._ahead, self._failed = "", False
        self._sounds = [*reversed(sounds)]
        self._next_of_prompt()

    def _next_of_prompt(self) -> None:
        if not self._sounds:
            self._doing = Doing.NOTHING
            self._tell(PromptEnded(self.arrival.call, failed=self._failed))
            return
        self._send(Doing.PROMPT, "STREAM", "FILE", self._sounds.pop(), "")

    def _prompt_played(self, answer: Answer) -> None:
        self._failed |= answer.code != 200 or answer.result == "-1" or answer.endpos == 0
        self._next_of_prompt()

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lead_in(self, sounds: tuple[str, ...]) -> None:
        self._sounds = [*reversed(sounds)]
        self._next_of_lead_in()

    def _next_of_lead_in(self) -> None:
        if self._sounds:
            self._send(Doing.LEAD_IN, "STREAM", "FILE", self._sounds.pop(), KEYS)
        else:
            self._leave()

    def _lead_in_played(self, answer: Answer) -> None:
        if key_of(answer):
            self._sounds.clear()
        self._next_of_lead_in()

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            self._gone(self)
            self._transport.write(b"".join(write_command("SET", "VARIABLE", *pair) for pair in self._leaving))
            if self._transport.can_write_eof():
                self._transport.write_eof()

    # ── fillers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _when_free(self, then: Callable[[], None]) -> None:
        """Do it at once, or as soon as the filler has ended."""
        if self._wanted is not None:
            self._wanted.cancel()
            self._wanted = None
        if self._filler is None:
            then()
        else:
            self._filler.end(partial(self._freed, then))

    def _freed(self, then: Callable[[], None]) -> None:
        self._filler, self._doing = None, Doing.NOTHING
        then()

    def _fill(self, sounds: tuple[str, ...]) -> None:
        self._wanted = None
        if self._marked:
            self.fill(sounds)
        elif not self._left and self._doing in {Doing.NOTHING, Doing.LISTENING}:
            heard, self._doing = self._doing is Doing.LISTENING, Doing.FILLING
            self._filler = Filler(sounds, self._transport.write, self._keep, heard=heard)

    def _filled(self, answer: Answer) -> None:
        if self._filler is not None:
            self._filler.answered(answer)

    def _keep(self, key: str) -> None:
        self._ahead = (self._ahead + key)[:MOST_AHEAD]

    # ── collections ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _collect(self, sounds: tuple[str, ...], entry: Entry) -> None:
        self._entry, self._sounds = entry, [*reversed(sounds)]
        self._begin_entry()

    def _begin_entry(self) -> None:
        """What was keyed ahead is the beginning of the answer, or all of it."""
        ahead, self._ahead = self._ahead, ""
        for place, key in enumerate(ahead):
            if self._entry.keyed(key):
                self._ahead = ahead[place + 1 :]
                self._collected(complete=True)
                return
        self._next_of_entry()

    def _next_of_entry(self) -> None:
        """Sounds before the last end at any key; the last one is played by the collecting command itself."""
        if len(self._sounds) > 1 and not self._entry.digits:
            self._send(Doing.SOUND, "STREAM", "FILE", self._sounds.pop(), KEYS)
            return
        sound = self._sounds.pop() if self._sounds and not self._entry.digits else ""
        self._send(*self._entry.asked(sound, ahead=self._doing is Doing.LISTENING))

    def _sound_played(self, answer: Answer) -> None:
        key = key_of(answer)
        if key and self._entry.keyed(key):
            self._collected(complete=True)
        else:
            self._next_of_entry()

    def _key_told(self, answer: Answer) -> None:
        if self._entry.took_key(answer):
            self._collected(complete=True)
        else:
            self._next_of_entry()

    def _entry_made(self, answer: Answer) -> None:
        if answer.code != 200 or answer.result == "-1":
            if self._entry.bare:
                self.cut()  # not even silence can be played: the channel is dead, or will knock again
                return
            self._next_of_entry()
            return
        self._entry.took_keys(answer)
        self._collected(complete=not answer.timed_out)

    def _collected(self, *, complete: bool) -> None:
        digits, self._entry = self._entry.digits, Entry(0, 0.0)
        if self._doing is not Doing.LISTENING:
            self._doing = Doing.NOTHING
            self._pause = asyncio.get_running_loop().call_later(LISTEN_AFTER, self._listen)
        self._tell(DigitsCollected(self.arrival.call, digits, complete))

    # ── keys ahead of the question ──────────────────────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        if self._doing is Doing.NOTHING and not self._left:
            self._send(Doing.LISTENING, "STREAM", "FILE", SILENCE, KEYS, str(SILENCE_FROM))

    def _listened(self, answer: Answer) -> None:
        self._keep(key_of(answer))
        if self._doing is Doing.LISTENING:
            self._doing = Doing.NOTHING
            if answer.code == 200 and answer.result != "-1" and answer.endpos:
                self._listen()

    def _send(self, doing: Doing, *words: str) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        self._stray = self._doing is Doing.LISTENING
        self._doing = doing
        self._sent = write_command(*words)
        if not self._marked:
            self._transport.write(self._sent)


_AFTER: dict[Doing, Callable[[Visit, Answer], None]] = {
    Doing.NOTHING: Visit._nothing,  # noqa: SLF001 (the table of this very class)
    Doing.PROMPT: Visit._prompt_played,  # noqa: SLF001 (as above)
    Doing.SOUND: Visit._sound_played,  # noqa: SLF001 (as above)
    Doing.COLLECTION: Visit._entry_made,  # noqa: SLF001 (as above)
    Doing.KEY: Visit._key_told,  # noqa: SLF001 (as above)
    Doing.LISTENING: Visit._listened,  # noqa: SLF001 (as above)
    Doing.FILLING: Visit._filled,  # noqa: SLF001 (as above)
    Doing.LEAD_IN: Visit._lead_in_played,  # noqa: SLF001 (as above)
}
