"""Reading `campaigns.yaml`: whom the house calls, how, and how often; and how many lines it has for that.

It does not know the lists (they are imported), nor what a law says beyond its name; `switchroom/campaign_checks.py`
asks whether what is written can be meant. Without the file nobody is called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import read
from ivr.steps.verb import Doc
from ivr.written import Table, Text, Value
from outbound.campaign import Campaign, Mode, Retry
from outbound.lead import Outcome
from outbound.trunk import House

NAME: Final = "campaigns.yaml"
HOUSE: Final = "house"
FLOW, QUEUE, AGENT = "flow", "queue", "agent"
ANY, OWN = "any", "own"
BOUND_BY_LAW: Final = ("cap", "window", "ring_for")

HOUSE_KEYS = (
    Doc("lines", "0 to 10000; 10", "calls that campaigns may have at once, all together"),
    Doc("rate", "1 to 200; 5", "dials a second, all together, over all nodes"),
)
CAMPAIGN_KEYS = (
    Doc("label", "language: text; the name", "what people read"),
    Doc("mode", "`manual`, `preview`, `progressive`, `ratio`, `predictive` or `message`", "who dials, and how fast"),
    Doc("queue", "queue; none for `message`", "whose agents talk with the customers"),
    Doc("lists", "names of imported lists; none", "whom it calls"),
    Doc("law", "`cn`, `uk`, `us`, or one of `laws.yaml`", "the rules that no campaign may widen"),
    Doc("message", "flow", "heard by a person for whom no agent is free in time; the whole of a `message` campaign"),
    Doc("machine", "flow; hangs up", "left on answering machines"),
    Doc("numbers", "list of numbers of ours", "one of them is shown to the customer"),
    Doc("window", "`09:00-18:00`; the law's hours", "narrows the hours at the called place"),
    Doc("cap", "`0.1%` to `10%`; `3%`", "persons who may be left without an agent; the law's own limit counts if less"),
    Doc("ratio", "`1.0` to `10.0`; `1.5`", "lines for each free agent, in the mode `ratio`"),
    Doc("lines", "1 to 10000; the house's", "the most that may ring at once"),
    Doc("rate", "1 to 200; the house's", "dials a second"),
    Doc("ring_for", "15s to 120s; 25s", "how long it rings"),
    Doc("detect", "`true` or `false`; `true`", "whether it is listened to who answers"),
    Doc("tries", "1 to 20; 3", "how often one person is tried in all"),
    Doc("retry", "outcome: time, one a line; see below", "when one is tried again, by what came of it"),
    Doc("results", "word: `success` or `other`, one a line", "what agents may say of a talk"),
    Doc("script", "language: text; none", "shown to the agent as the customer answers"),
    Doc("department", "name; none", "whose customers they are"),
    Doc("rings_back", "`flow`, `queue` or `agent`; `flow`", "where one comes who rings back one of `numbers` in a day"),
    Doc("callbacks", "`any` or `own`; `any`", "who calls at a promised minute, where the agent who promised is busy"),
    Doc("pilot", "1 to 100; never", "it pauses by itself after its first so many contacts"),
)
USUAL: Final[Mapping[Outcome, Retry]] = {
    Outcome.BUSY: Retry(600.0, 20),
    Outcome.NO_ANSWER: Retry(7200.0, 20),
    Outcome.MACHINE: Retry(14_400.0, 20),
    Outcome.GONE: Retry(86_400.0, 20),
    Outcome.SILENT: Retry(86_400.0, 20),
    Outcome.ABANDONED: Retry(259_200.0, 20),
    Outcome.UNKNOWN: Retry(14_400.0, 20),
}
RETRIED: Final = tuple(outcome.value for outcome in (*USUAL, Outcome.REJECTED, Outcome.BAD_NUMBER, Outcome.FAX))
_SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)%\Z", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\Z", re.ASCII)
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)\Z", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9]{2,20}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign as it is written. `rings_back` is flow, queue or agent; the places are of names in other files."""

    campaign: Campaign
    place: Place = field(default=Place(), compare=False)
    queue_place: Place = field(default=Place(), compare=False)
    message_place: Place = field(default=Place(), compare=False)
    machine_place: Place = field(default=Place(), compare=False)
    law_place: Place = field(default=Place(), compare=False)
    written: Mapping[str, Place] = field(default_factory=dict, compare=False)  # what a law may forbid, where it stands
    rings_back: str = FLOW


@dataclass(frozen=True, slots=True)
class Calling:
    """Everything that a house says of its calls out."""

    house: House = field(default_factory=House)
    campaigns: Mapping[str, CampaignPlan] = field(default_factory=dict)


NOBODY: Final = Calling()


def parse_campaigns(text: str | bytes, file: str) -> tuple[Calling, Faults]:
    """The campaigns of a file, by name, with every fault that the file alone can tell."""
    table, faults = read(text, file)
    house, found = House(), {}
    for key, value in table.entries if table else ():
        owner = f"campaign '{key.value}'" if key.value != HOUSE else "'house'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        if key.value == HOUSE:
            fields = Fields(value, faults, owner, [doc.key for doc in HOUSE_KEYS], key.place)
            house = House(fields.number("lines", 0, 10_000, 10), float(fields.number("rate", 1, 200, 5)))
            continue
        fields = Fields(value, faults, owner, [doc.key for doc in CAMPAIGN_KEYS], key.place)
        if fields.sound_name(key):
            found[key.value] = _plan(fields, key.value)
    return Calling(house, found), faults


def _plan(fields: Fields, name: str) -> CampaignPlan:
    at = fields.at
    return CampaignPlan(
        _campaign(fields, name),
        fields.place,
        at("queue"),
        at("message"),
        at("machine"),
        at("law"),
        {key: at(key) for key in BOUND_BY_LAW if fields.has(key)},
        fields.choice("rings_back", (FLOW, QUEUE, AGENT), FLOW),
    )


def _campaign(fields: Fields, name: str) -> Campaign:
    mode = fields.choice("mode", [mode.value for mode in Mode])
    found = Mode(mode) if mode in set(Mode) else Mode.PROGRESSIVE
    speaks = found not in {Mode.MANUAL, Mode.PREVIEW}
    return Campaign(
        name,
        found,
        fields.name("queue", "" if found is Mode.MESSAGE else None),
        tuple(fields.sound_name(text) for text in fields.texts("lists", required=False)),
        fields.name("law"),
        fields.name("message", None if speaks else ""),
        fields.name("machine", ""),
        _numbers(fields),
        _share(fields, "cap", 0.03),
        _decimal(fields, "ratio", 1.5),
        fields.number("lines", 1, 10_000) if fields.has("lines") else 0,
        float(fields.number("rate", 1, 200)) if fields.has("rate") else 0.0,
        float(fields.seconds("ring_for", 15, 120, default=25)),
        fields.flag("detect", default=True),
        _window(fields),
        _retries(fields),
        fields.number("tries", 1, 20, default=3),
        tuple(_results(fields)),
        _by_language(fields, "script"),
        fields.name("department", ""),
        _by_language(fields, "label"),
        fields.number("pilot", 1, 100) if fields.has("pilot") else 0,
        fields.choice("callbacks", (ANY, OWN), ANY) == OWN,
    )


def _numbers(fields: Fields) -> tuple[str, ...]:
    found = fields.texts("numbers")
    for text in found:
        if text.value and not _NUMBER.match(text.value):
            fields.fault(text.place, "bad-number", f"'{text.value}' is no telephone number", "write digits alone")
    return tuple(text.value for text in found if text.value)


def _written(fields: Fields, key: str) -> Text | None:
    value = fields.value(key, required=False)
    return None if value is None else fields.scalar(value, key)


def _share(fields: Fields, key: str, default: float) -> float:
    text = _written(fields, key)
    if text is None or not text.value:
        return default
    found = _SHARE.match(text.value)
    if found and 0.1 <= float(found[1]) <= 10:
        return round(float(found[1]) / 100, 6)
    fields.fault(text.place, "bad-share", f"'{key}: {text.value}' is no share that can be meant", "write 0.1% to 10%")
    return default


def _decimal(fields: Fields, key: str, default: float) -> float:
    text = _written(fields, key)
    if text is None or not text.value:
        return default
    found = _DECIMAL.match(text.value)
    if found and 1 <= float(found[1]) <= 10:
        return float(found[1])
    fields.fault(text.place, "out-of-range", f"'{key}' must be from 1.0 to 10.0, not {text.value}")
    return default


def _window(fields: Fields) -> tuple[int, int] | None:
    text = _written(fields, "window")
    if text is None or not text.value:
        return None
    found = _WINDOW.match(text.value)
    since, until = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if since < until <= 1440:
        return since, until
    fields.fault(text.place, "bad-hours", f"'{text.value}' is no time of a day", "write one like 09:00-18:00")
    return None


def _retries(fields: Fields) -> Mapping[Outcome, Retry]:
    """What is written, over what is usual; `never` takes one away."""
    found = dict(USUAL)
    for key, value in fields.entries("retry", required=False):
        if key.value not in RETRIED:
            message = f"'{key.value}' is no outcome after which one is tried again"
            fields.fault(key.place, "bad-choice", message, f"one of {', '.join(RETRIED)}")
            continue
        text = fields.scalar(value, key.value)
        outcome = Outcome(key.value)
        if text.value == "never":
            found.pop(outcome, None)
        elif text.value:
            found[outcome] = Retry(float(_seconds(fields, key, value)), 20)
    return found


def _seconds(fields: Fields, key: Text, value: Value) -> int:
    one = Table(((key, value),), value.place)
    return Fields(one, fields.faults, fields.owner, (key.value,), value.place).seconds(key.value, 60, 30 * 86_400)


def _results(fields: Fields) -> Collection[tuple[str, bool]]:
    found = []
    for key, value in fields.entries("results", required=False):
        name, text = fields.sound_name(key), fields.scalar(value, key.value)
        if text.value not in {"success", "other"}:
            fields.fault(text.place, "bad-choice", f"'{key.value}' is a `success`, or `other`, not '{text.value}'")
        found.append((name, text.value == "success"))
    return found


def _by_language(fields: Fields, key: str) -> Mapping[str, str]:
    return {name.value: fields.scalar(value, name.value).value for name, value in fields.entries(key, required=False)}
