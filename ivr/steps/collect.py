"""The verb `collect`: the caller keys a number, which is taken when it keeps the rules written for it.

It does not know how digits are compared (`ivr/keying.py`), nor whether the number is known to anybody.

A secret number is handed on as a secret: it lives in the session's memory, and records say only how many keys there
were. When a tape is replayed its keys read "•", so a "•" counts as a digit of a secret. Where the number is confirmed,
a menu of its own follows, the step `<name>/confirm`, so a caller who is confirming when the server dies goes on there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.key_rules import read_rules
from ivr.keying import MASK, MOST_DIGITS, Rules
from ivr.messages import Collect as CollectKeys
from ivr.messages import DigitsCollected, Told
from ivr.saying.script import Said, Script
from ivr.steps.menu import Menu
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Again, Leave, Outcome, Visit, Wait

CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Collect(Verb):
    VERB = "collect"
    SUMMARY = (
        "Plays prompts and takes several digits into a variable; `#` ends the entry early. A number that breaks one of "
        "its rules, or none, is asked for again until the tries are used up. With `secret: true` the digits are never "
        "recorded, shown or said, and after a restart of the server the caller is asked for them again if they are "
        "still needed. With `confirm` the number is said back: `1` takes it, `2` asks for it again; that is a step of "
        "its own, `<name>/confirm`, with the same tries, `wait` and exits."
    )
    FIELDS = (
        Doc("collect", SCRIPT, "what is played"),
        Doc(
            "digits",
            "length like `4`, or range like `4-19`; needed without `pattern` or `date`",
            f"how many digits there must be, at most {MOST_DIGITS}",
        ),
        Doc(
            "pattern",
            "digits, `X` `Z` `N` `[1-37]`, `.`, or list of patterns; any",
            "how the number looks: `X` is 0-9, `Z` 1-9, `N` 2-9, a `.` at the end any digits more",
        ),
        Doc("range", "`100-50000`, or for a date `past`, `future`, `past 30d`; any", "least and most value"),
        Doc("check", "`luhn`; none", "the last digit must check the others, as on bank cards"),
        Doc("date", "`yymmdd`, `mmdd` or `yyyymmdd`; none", "it is a day, kept as `2026-11-21`; `mmdd` needs a range"),
        Doc("zone", "time zone; needed where a date has a range", "where it is today"),
        Doc("into", "variable", "where the digits go: `into: card` is read as `${card}`"),
        Doc("secret", "`true` or `false`; `false`", "whether the digits must never be recorded or shown"),
        Doc(CONFIRM, f"{SCRIPT}; none", "what is played to let him confirm; it says the number"),
        Doc("wait", "1s to 60s; 5s", "how long the next key is waited for"),
        Doc("tries", "1 to 9", "how often the number is asked for in all"),
        Doc("again", f"{SCRIPT}; none", "played first from the second try on"),
    )
    EXITS = (
        Doc("next", "step", "the number keeps its rules, and is confirmed where that is asked"),
        Doc("no_input", "step", "no key came at the last try"),
        Doc("no_match", "step", "the number broke a rule at the last try"),
        FAILED_TO_SAY,
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

    script: Script
    rules: Rules
    into: str
    secret: bool
    wait: int
    tries: int
    again: Script
    next: Exit
    no_input: Exit
    no_match: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Collect:
        script, again = fields.script("collect"), fields.script("again", required=False)
        part = fields.part(CONFIRM)
        confirm = part.script(CONFIRM, required=False)
        failed = fields.failed(script, again, confirm)
        into = fields.texts("into")
        collect = cls(
            script,
            read_rules(fields),
            fields.variable(into[0]) if into else "",
            fields.flag("secret", default=False),
            fields.seconds("wait", 1, 60, default=5),
            fields.number("tries", 1, 9),
            again,
            fields.exit("next"),
            fields.exit("no_input"),
            fields.exit("no_match"),
            failed if script.said or again.said else None,
        )
        return _confirmed(collect, part, confirm, failed) if fields.has(CONFIRM) else collect

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.no_input, self.no_match, *((self.failed,) if self.failed else ()))

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.no_input, *((self.failed,) if self.failed else ()))

    def writes(self) -> tuple[str, ...]:
        return (self.into,)

    def secret_writes(self) -> tuple[str, ...]:
        return (self.into,) if self.secret else ()

    def reads(self) -> tuple[str, ...]:
        return (*self.script.reads(), *self.again.reads())

    def says(self) -> tuple[Said, ...]:
        return (*self.script.said, *self.again.said)

    def enter(self, visit: Visit) -> Outcome:
        script = self.again.then(self.script) if visit.tries > 1 else self.script
        prompts = script.prompts(visit)
        if prompts is None:
            return Leave("failed")
        return Wait(CollectKeys(prompts, visit.language, self.rules.most, float(self.wait), self.secret))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, DigitsCollected):
            return None
        keyed = told.digits
        shown, count = ("", len(keyed)) if self.secret else (keyed, None)
        value = None if MASK in keyed and not self.secret else self.rules.taken(keyed, visit.now)
        if value is not None:
            pair = ((self.into, value),)
            return Leave("next", shown, secrets=pair, secret_keys=count) if self.secret else Leave("next", shown, pair)
        if visit.tries < self.tries:
            return Again(shown, count)
        return Leave("no_match" if keyed else "no_input", shown, secret_keys=count)


def _confirmed(collect: Collect, part: StepFields, script: Script, failed: Exit | None) -> Collect:
    """The same step, and behind it the menu that lets the caller confirm."""
    place = part.at(CONFIRM)
    if collect.secret:
        part.fault(place, "secret-said", "a secret is never said back", "remove 'confirm', or let it not be secret")
    elif collect.into not in script.reads():
        hint = f'write for example {{digits: "${{{collect.into}}}"}}'
        part.fault(place, "bad-confirm", f"'{CONFIRM}' does not say what was keyed", hint)
    step = part.step.removesuffix(f"/{CONFIRM}")
    keys = (Exit("1", collect.next.step, collect.next.place), Exit("2", step, place))
    ways = (collect.no_input, collect.no_match, failed if script.said else None)
    part.becomes(Menu(script, keys, collect.wait, collect.tries, Script(), *ways))
    return replace(collect, next=Exit("next", part.step, collect.next.place))
