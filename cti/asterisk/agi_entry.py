"""One collection of keys under way: by which command they are asked for, and when there are enough.

It does not know what was keyed ahead of it, nor when the command is sent.

Where one key is the whole answer, GET OPTION asks for it: GET DATA sleeps for a millisecond after it has stopped a
sound, and everything that follows the key comes so much later. But GET OPTION also says that nothing was keyed when the
caller has hung up in the silence after the sound. So who has not pressed is asked once more, for a millisecond, by GET
DATA, which knows the difference. After a silent collection GET DATA asks at once: its answer has another form, which
cannot be taken for that of the silence.
"""

from __future__ import annotations

from dataclasses import dataclass

from cti.asterisk.agi_doing import Doing
from cti.asterisk.agi_lines import KEYS, Answer, key_of


@dataclass(slots=True)
class Entry:
    """At most so many keys, and `wait` seconds for each. `bare`: asked for without a sound before it."""

    at_most: int
    wait: float
    digits: str = ""
    bare: bool = False

    def asked(self, sound: str, *, ahead: bool) -> tuple[Doing, *tuple[str, ...]]:
        """Give the command that asks for the rest; `ahead`: a silent collection runs until it comes."""
        self.bare = not sound
        wait = str(max(1, round(self.wait * 1000)))
        if sound and self.at_most == 1 and not ahead:
            return Doing.KEY, "GET", "OPTION", sound, KEYS, wait
        return Doing.COLLECTION, "GET", "DATA", sound, wait, str(self.at_most - len(self.digits))

    def keyed(self, key: str) -> bool:
        """Take one key; True when the entry is complete with it."""
        if key == "#" and self.at_most > 1:
            return True
        self.digits += key
        return len(self.digits) >= self.at_most

    def took_key(self, answer: Answer) -> bool:
        """Take the one key. None: he has let the time pass, or hung up, or the sound cannot be played."""
        self.digits = key_of(answer)
        if not self.digits and answer.result == "0" and answer.endpos:
            self.wait = 0.0
        return bool(self.digits)

    def took_keys(self, answer: Answer) -> None:
        """Take what ended the collection."""
        self.digits += answer.result
        if not self.digits and not answer.timed_out and self.at_most == 1:
            self.digits = "#"  # for Asterisk the key that ends an empty entry; here it is a key like any other
