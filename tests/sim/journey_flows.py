"""Random flows for random journeys: a public part, a proof, a private part that is reached by the proof alone."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ivr.flow import Flow, parse_flow
from ivr.known import Known
from tests.unit.resume_world import ALL_VERBS

NEVER, FREELY, AUTHENTICATED = "never", "freely", "authenticated"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random flow: its text's steps in order, what may be resumed, what is private, what asks for a secret."""

    flow: Flow
    resume: dict[str, str]
    private: frozenset[str]
    secret: frozenset[str]
    provable: bool


def draw(chance: Random) -> Drawn:
    """A flow of 8 to 20 steps: a public part, a proof, and a private part that is reached by the proof alone."""
    public = [f"s{n}" for n in range(1, chance.randint(4, 9))]
    private = [f"t{n}" for n in range(1, chance.randint(2, 6))]
    provable = chance.random() < 0.8
    drawing = _Drawing(chance, public, private, provable)
    text = drawing.text()
    prompts = frozenset(drawing.prompts)
    known = Known({"en": prompts, "zh-CN": prompts}, frozenset({"cards"}), frozenset({"cards"}))
    flow, faults = parse_flow(text, "drawn.yaml", known, ALL_VERBS)
    assert flow is not None, text + "\n".join(map(str, faults))
    return Drawn(flow, drawing.resume, frozenset(private), frozenset(drawing.secrets), provable)


class _Drawing:
    def __init__(self, chance: Random, public: list[str], private: list[str], provable: bool) -> None:
        self.chance, self.public, self.private, self.provable = chance, public, private, provable
        self.resume: dict[str, str] = {}
        self.secrets: list[str] = []
        self.prompts = {"resume-offer", "resume-choice", "resume-neutral", "resume-changed"}
        self.menus: list[str] = []

    def text(self) -> str:
        lines = ["flow: card", "languages: [en, zh-CN]", "start: start", "resume_for: 2h"]
        lines += ["prove_by: prove"] if self.provable else []
        lines += ["steps:", *self._step("start", f"menu: {self._prompt('p-start')}", {"1": "s1", "2": "chinese"})]
        lines += ["  chinese:", "    set:", "      language: zh-CN", "    next: s1"]
        for part, after in ((self.public, "prove"), (self.private, "person")):
            for n, name in enumerate(part):
                lines += self._drawn(name, part[n + 1] if n + 1 < len(part) else after, part[:n])
        lines += ["  prove:", f"    authenticate: {self._prompt('p-prove')}", "    tries: 2"]
        lines += [f"    next: {self.private[0]}", "    failed: person"]
        lines += ["  person:", "    queue: cards", "    limit: 5m", "    answered: bye", "    timed_out: bye"]
        lines += [*self._resumed("person", FREELY), "  bye:", "    hangup: normal", ""]
        return "\n".join(lines)

    def _prompt(self, name: str) -> str:
        self.prompts.add(name)
        return name

    def _resumed(self, name: str, rule: str) -> list[str]:
        self.resume[name] = rule
        return [f"    resume: {rule}", f"    point: {self._prompt(f'at-{name}')}"] if rule != NEVER else []

    def _rule(self, private: bool) -> str:
        rules = [NEVER, FREELY, FREELY] if not private else [NEVER, FREELY, AUTHENTICATED]
        rule = self.chance.choice(rules)
        return NEVER if rule == AUTHENTICATED and not self.provable else rule

    def _drawn(self, name: str, after: str, before: list[str]) -> list[str]:
        kind = self.chance.choice(["menu", "menu", "collect", "collect", "secret", "set", "play"])
        rule = self._resumed(name, self._rule(name.startswith("t")))
        if kind == "menu":
            keys = {"1": after, "0": "person"}
            back = [step for step in before if step in self.menus]
            if back and self.chance.random() < 0.5:
                keys["9"] = self.chance.choice(back)
            self.menus.append(name)
            return self._step(name, f"menu: {self._prompt(f'p-{name}')}", keys) + rule
        if kind == "set":
            return [f"  {name}:", "    set:", f"      v-{name}: done", f"    next: {after}", *rule]
        if kind == "play":
            return [f"  {name}:", f"    play: {self._prompt(f'p-{name}')}", f"    next: {after}", *rule]
        lines = [f"  {name}:", f"    collect: {self._prompt(f'p-{name}')}", "    digits: 4", f"    into: v-{name}"]
        lines += ["    tries: 2", "    no_input: person", "    no_match: person", *rule]
        if kind == "collect":
            return [*lines, f"    next: {after}"]
        self.secrets.append(name)
        # What uses the secret comes one or more steps later: it stays needed until then.
        return [*lines, "    secret: true", f"    next: {name}-x", *self._between(name, after)]

    def _between(self, name: str, after: str) -> list[str]:
        """After a secret a question, and then the step that uses the secret."""
        question = self._step(f"{name}-x", f"menu: {self._prompt(f'p-{name}-x')}", {"1": f"{name}-y"})
        self.resume[f"{name}-x"] = NEVER
        more = [f"  {name}-y:", f"    collect: {self._prompt(f'p-{name}-y')}", "    digits: 4", f"    into: v-{name}-y"]
        more += ["    tries: 2", "    no_input: person", "    no_match: person", f"    next: {name}-z"]
        more += self._resumed(f"{name}-y", self._rule(name.startswith("t")))
        return [*question, *more, f"  {name}-z:", f"    reads-secret: v-{name}", f"    next: {after}"]

    def _step(self, name: str, head: str, keys: dict[str, str]) -> list[str]:
        lines = [f"  {name}:", f"    {head}", "    tries: 2", "    no_input: person", "    no_match: person"]
        return [*lines, "    keys:", *(f"      {key}: {step}" for key, step in keys.items())]
