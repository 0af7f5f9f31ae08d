"""The verb `collect`: the caller keys a number. It does not know whether the number is right, only how long it is.

A secret number is handed on as a secret: it lives in the session's memory, and records say only how many keys there
were. When a tape is replayed its keys read "•", so a "•" counts as a digit of a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.messages import Collect as CollectKeys
from ivr.messages import DigitsCollected, Told
from ivr.steps.verb import Again, Doc, Exit, Leave, Outcome, Prompts, StepFields, Verb, Visit, Wait

MASK = "•"
_LENGTH = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?\Z")
_MOST_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Collect(Verb):
    VERB = "collect"
    SUMMARY = (
        "Plays prompts and takes several digits into a variable; `#` ends the entry early. A number of the wrong "
        "length, or none, is asked for again until the tries are used up. With `secret: true` the digits are never "
        "recorded or shown, and after a restart of the server the caller is asked for them again if they are still "
        "needed."
    )
    FIELDS = (
        Doc("collect", "prompt, or list of prompts", "what is played"),
        Doc(
            "digits",
            "length like `4`, or range like `4-19`",
            f"how many digits there must be, at most {_MOST_DIGITS}",
        ),
        Doc("into", "variable", "where the digits go: `into: card` is read as `${card}`"),
        Doc("secret", "`true` or `false`; `false`", "whether the digits must never be recorded or shown"),
        Doc("wait", "1s to 60s; 5s", "how long the next key is waited for"),
        Doc("tries", "1 to 9", "how often the number is asked for in all"),
        Doc("again", "prompt, or list of prompts; none", "played first from the second try on"),
    )
    EXITS = (
        Doc("next", "step", "the number has the right length"),
        Doc("no_input", "step", "no key came at the last try"),
        Doc("no_match", "step", "the number had the wrong length at the last try"),
    )
    EXAMPLE = """
        ask-card:
          collect: last-four-digits
          digits: 4
          into: card
          tries: 3
          next: main-menu
          no_input: person
          no_match: person
    """
    ASKS = True

    prompts: Prompts
    least: int
    most: int
    into: str
    secret: bool
    wait: int
    tries: int
    again: Prompts
    next: Exit
    no_input: Exit
    no_match: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Collect:
        least, most = _length(fields)
        into = fields.texts("into")
        return cls(
            fields.prompts("collect"),
            least,
            most,
            fields.variable(into[0]) if into else "",
            fields.flag("secret", default=False),
            fields.seconds("wait", 1, 60, default=5),
            fields.number("tries", 1, 9),
            fields.prompts("again", required=False),
            fields.exit("next"),
            fields.exit("no_input"),
            fields.exit("no_match"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.no_input, self.no_match)

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.no_input,)

    def writes(self) -> tuple[str, ...]:
        return (self.into,)

    def secret_writes(self) -> tuple[str, ...]:
        return (self.into,) if self.secret else ()

    def enter(self, visit: Visit) -> Outcome:
        prompts = (*self.again, *self.prompts) if visit.tries > 1 else self.prompts
        return Wait(CollectKeys(prompts, visit.language, self.most, float(self.wait), self.secret))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, DigitsCollected):
            return None
        keyed = told.digits
        shown, count = ("", len(keyed)) if self.secret else (keyed, None)
        if self._fits(keyed):
            pair = ((self.into, keyed),)
            return Leave("next", shown, secrets=pair, secret_keys=count) if self.secret else Leave("next", shown, pair)
        if visit.tries < self.tries:
            return Again(shown, count)
        return Leave("no_match" if keyed else "no_input", shown, secret_keys=count)

    def _fits(self, keyed: str) -> bool:
        allowed = "0123456789" + (MASK if self.secret else "")
        return self.least <= len(keyed) <= self.most and all(key in allowed for key in keyed)


def _length(fields: StepFields) -> tuple[int, int]:
    text = fields.text("digits")
    match = _LENGTH.match(text)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if text and not 1 <= least <= most <= _MOST_DIGITS:
        hint = f"write a length like 4 or a range like 4-19, from 1 to {_MOST_DIGITS}"
        fields.fault(fields.at("digits"), "bad-length", f"'digits: {text}' is not a number of digits", hint)
    return least, most
