"""What a caller hears while something is found out for him: sounds, then music, until the next thing is asked.

It does not know what is being found out, nor what comes next.

Music plays on beside commands, so while it plays a command that waits for a key is left running: no key is lost. To end
it, `SET MUSIC OFF` is sent: it interrupts what runs, a sound without an answer, the waiting for a key with the answer
1, and its own answer says that the channel is free. Where what ran had ended by itself in that instant, Asterisk may
hold our command unread (see `agi_doing.py`): a word that is no command makes it read on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from cti.asterisk.agi_lines import KEYS, MARK, UNKNOWN_COMMAND, Answer, key_of, write_command

KEY_WAIT = "2000"  # milliseconds
INTERRUPTED = "1"  # a wait for a key ended by the next command


class _Runs(StrEnum):
    """What the channel has been asked for and not answered yet."""

    NOTHING = "nothing"
    SOUND = "sound"
    MUSIC = "music"
    WAIT = "wait"


class Filler:
    """One filler on one channel. `write` sends a line, `keyed` takes a key. Nothing else may be sent until `end`.

    `heard` tells that a sound may still be running which answers or not when it is interrupted.
    """

    __slots__ = ("_ended", "_keyed", "_marked", "_off_awaited", "_runs", "_sounds", "_write")

    def __init__(
        self, sounds: Iterable[str], write: Callable[[bytes], None], keyed: Callable[[str], None], *, heard: bool
    ) -> None:
        self._sounds = [*sounds][::-1]  # still to play, the next one last
        self._write = write
        self._keyed = keyed
        self._runs = _Runs.NOTHING
        self._marked = self._off_awaited = False
        self._ended: Callable[[], None] = self._next
        if heard:
            self._runs = _Runs.SOUND
            self._stop()
        else:
            self._next()

    def end(self, then: Callable[[], None]) -> None:
        """Silence; `then` is called when the channel is free. A second `end` replaces the first one's `then`."""
        self._ended = then
        if not self._off_awaited:
            self._stop()

    def answered(self, answer: Answer) -> None:
        """Take an answer from Asterisk."""
        if self._marked and answer.code == UNKNOWN_COMMAND:
            self._marked = False
        elif self._runs is not _Runs.NOTHING and self._belongs(answer):
            self._over(answer)
            return
        else:
            self._off_awaited, self._runs = False, _Runs.NOTHING
        if not self._off_awaited and not self._marked:
            self._ended()

    def _belongs(self, answer: Answer) -> bool:
        """Whether it is the answer of what runs, and not that of the end: only a sound may have none."""
        return not self._off_awaited or self._runs is not _Runs.SOUND or answer.endpos is not None

    def _over(self, answer: Answer) -> None:
        ran, self._runs = self._runs, _Runs.NOTHING
        if ran is not _Runs.MUSIC and answer.result != INTERRUPTED:
            self._keyed(key_of(answer))
            if self._off_awaited:
                self._marked = True
                self._write(write_command(MARK))
        if not self._off_awaited and (ran is _Runs.SOUND or answer.result != "-1"):
            self._next(music=ran is not _Runs.SOUND)

    def _next(self, *, music: bool = False) -> None:
        """The next sound, then the music, then one wait for a key after the other."""
        if self._sounds:
            self._run(_Runs.SOUND, "STREAM", "FILE", self._sounds.pop(), KEYS)
        elif music:
            self._run(_Runs.WAIT, "WAIT", "FOR", "DIGIT", KEY_WAIT)
        else:
            self._run(_Runs.MUSIC, "SET", "MUSIC", "ON")

    def _run(self, runs: _Runs, *words: str) -> None:
        self._runs = runs
        self._write(write_command(*words))

    def _stop(self) -> None:
        self._off_awaited = True
        self._write(write_command("SET", "MUSIC", "OFF"))

