"""The verb `authenticate`: the caller proves who he is with a secret that a source knows.

It does not know the secret, nor how it is compared: the source answers found, refused or locked, and counts wrong
secrets over all calls. Secret keys are in the question to the source and nowhere else, so a caller whose secret is on
its way when the server dies is asked for it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.asking import (
    AUTHENTICATED,
    FAILED,
    FOUND,
    LOCKED,
    NOT_FOUND,
    REFUSED,
    Question,
    docs,
    read_question,
    read_secret,
)
from ivr.key_rules import read_length
from ivr.keying import MASK
from ivr.messages import CallerIdentified, Collect, DigitsCollected, LookedUp, Told
from ivr.saying.script import Said, Script
from ivr.steps.verb import SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Again, Leave, Outcome, Visit, Wait

PASSED, NO_INPUT = "passed", "no_input"
_ASKING = ("digits", "again", "wait", "tries")


@dataclass(frozen=True, slots=True)
class Entry:
    """How the secret is asked for."""

    script: Script
    least: int
    most: int
    again: Script
    wait: int
    tries: int

    def prompts(self, visit: Visit) -> tuple[str, ...] | None:
        """None when a value that is to be said cannot be."""
        return (self.again.then(self.script) if visit.tries > 1 else self.script).prompts(visit)

    def fits(self, keyed: str) -> bool:
        return self.least <= len(keyed) <= self.most and all(key in "0123456789" + MASK for key in keyed)


@dataclass(frozen=True, slots=True)
class Authenticate(Verb):
    VERB = "authenticate"
    SUMMARY = (
        "Lets the caller prove who he is, with the secret of a source (a PIN, say). Either the step asks for it itself "
        "(`ask`), or it takes a secret variable (`secret`). After `passed`, `${caller.level}` is `authenticated`, and "
        "what the source calls private may be read and told. After `refused` or `locked` it is `failed`, and nothing "
        "private is told. The source counts wrong secrets over all calls (`lock_after` in `sources.yaml`) and then "
        "answers `locked` without looking. The digits are never recorded or shown."
    )
    FIELDS = (
        Doc("authenticate", "source with a `secret`", "a source of `sources.yaml`"),
        *docs(Doc),
        Doc("ask", f"{SCRIPT}; needed without `secret`", "what is played to ask for the secret"),
        Doc("digits", "length like `6`, or range like `4-8`; with `ask`", "how many digits the secret has"),
        Doc("again", f"{SCRIPT}; none", "played first from the second try on"),
        Doc("wait", "1s to 60s; 5s", "how long the next key is waited for"),
        Doc("tries", "1 to 9; with `ask`", "how often the secret is asked for in all"),
        Doc("secret", "`${variable}`; needed without `ask`", "the secret, from a variable that is secret"),
    )
    EXITS = (
        Doc("passed", "step", "the secret is right; the variables are set"),
        Doc("refused", "step", "the secret was wrong at the last try, or the source does not know the keys"),
        Doc("locked", "step", "too many wrong secrets in this call and others: the source does not look for a while"),
        Doc("failed", "step", "the source did not answer by the deadline, or not sensibly; nothing is proved"),
        Doc("no_input", "step", "no key came at the last try, or the variable is empty"),
    )
    EXAMPLE = """
        prove:
          authenticate: cards
          with:
            card: ${caller.number}
          ask: enter-pin
          digits: 6
          again: wrong-pin
          tries: 3
          into:
            balance: balance
          passed: main-menu
          refused: sorry
          locked: sorry
          failed: person
          no_input: person
    """
    ASKS = True

    question: Question
    entry: Entry | None
    variable: str
    passed: Exit
    refused: Exit
    locked: Exit
    failed: Exit
    no_input: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Authenticate:
        question = read_question(fields, "authenticate")
        if question.name in fields.flow.known.sources and not question.source.secret:
            message = f"source '{question.name}' has no secret to be proved"
            fields.fault(fields.at("authenticate"), "no-secret", message, "write `secret:` in sources.yaml")
        if fields.has("ask") == fields.has("secret"):
            fields.fault(fields.place, "one-secret", "write either `ask:` or `secret:`")
        variable = fields.value("secret", required=False)
        return cls(
            question,
            _entry(fields),
            read_secret(fields, variable, "secret") if variable else "",
            *(fields.exit(name) for name in (PASSED, REFUSED, LOCKED, FAILED, NO_INPUT)),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.passed, self.refused, self.locked, self.failed, self.no_input)

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.no_input, self.failed) if self.entry else self.exits

    def writes(self) -> tuple[str, ...]:
        return self.question.variables()

    def private_writes(self) -> tuple[str, ...]:
        return self.question.private_variables()

    def hides_keys(self) -> bool:
        return True

    def reads(self) -> tuple[str, ...]:
        asked = (*self.entry.script.reads(), *self.entry.again.reads()) if self.entry else ()
        return (*self.question.reads(), *asked)

    def secret_reads(self) -> tuple[str, ...]:
        return (self.variable,) if self.variable else ()

    def says(self) -> tuple[Said, ...]:
        return (*self.entry.script.said, *self.entry.again.said) if self.entry else ()

    def level_on(self, leave: str) -> str:
        return {PASSED: AUTHENTICATED, REFUSED: FAILED, LOCKED: FAILED}.get(leave, "")

    def enter(self, visit: Visit) -> Outcome:
        if self.entry is None:
            secret = visit.lookup(self.variable)
            return self._asked(visit, secret) if secret else Leave(NO_INPUT, secret_keys=0)
        prompts = self.entry.prompts(visit)
        if prompts is None:
            return Leave(FAILED, secret_keys=0)
        return Wait(Collect(prompts, visit.language, self.entry.most, float(self.entry.wait), secret=True))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if isinstance(told, DigitsCollected) and self.entry:
            return self._keyed(visit, told.digits, self.entry)
        return self._answered(visit, told) if isinstance(told, LookedUp) else None

    def _keyed(self, visit: Visit, keyed: str, entry: Entry) -> Outcome:
        if entry.fits(keyed):
            return self._asked(visit, keyed)
        if visit.tries < entry.tries:
            return Again(secret_keys=len(keyed))
        return self._not_passed(REFUSED, len(keyed)) if keyed else Leave(NO_INPUT, secret_keys=0)

    def _asked(self, visit: Visit, secret: str) -> Wait:
        return Wait(self.question.asked(visit, ((self.question.source.secret, secret),)))

    def _answered(self, visit: Visit, told: LookedUp) -> Outcome:
        if told.outcome == FOUND:
            who = self.question.identified(told, AUTHENTICATED, visit)
            return Leave(PASSED, kept=self.question.kept(told), secret_keys=0, aside=(who,))
        if told.outcome == LOCKED:
            return self._not_passed(LOCKED)
        if told.outcome not in (REFUSED, NOT_FOUND):
            return Leave(FAILED, secret_keys=0)
        if self.entry and visit.tries < self.entry.tries:
            return Again(secret_keys=0)
        return self._not_passed(REFUSED)

    def _not_passed(self, leave: str, keys: int = 0) -> Leave:
        return Leave(leave, secret_keys=keys, aside=(CallerIdentified(FAILED),))


def _entry(fields: StepFields) -> Entry | None:
    if not fields.has("ask"):
        for key in _ASKING:
            if fields.has(key):
                fields.fault(fields.at(key), "not-here", f"'{key}' belongs to `ask:`", "remove the line")
        return None
    least, most = read_length(fields)
    return Entry(
        fields.script("ask"),
        least,
        most,
        fields.script("again", required=False),
        fields.seconds("wait", 1, 60, default=5),
        fields.number("tries", 1, 9),
    )
