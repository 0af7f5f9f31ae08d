"""What a floor that also calls customers has beside the others: a queue, campaigns, a law of its own, their flows.

It does not know what happens on it, nor who is on the lists (`customers.py`).

A storm begins at 06:13:20 in Shanghai. The law's hours are such that Shanghai is open all the time, Tokyo closes under
way, Kolkata opens and closes again, and Kathmandu is closed: every edge of an hour is passed while everything breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

SALES = "sales"  # the queue of those who talk with the customers
LAW = "storm"
CAMPAIGNS = ("offer", "renewal")  # the second may have no agents: a flow speaks
SHARE = 1 / 4  # of the storms
GAP, TRIES, CONTACTS, CAP = 90.0, 3, 1, 0.05
MODES = ("progressive", "ratio", "ratio", "predictive")

FLOWS = {
    f"flows/{name}.yaml": (
        f"flow: {name}\nlanguages: [en]\nstart: first\nsteps:\n  first:\n    play: one-moment\n    next: bye\n"
        "  bye: {hangup: normal}\n"
    )
    for name in ("sorry", "word")
}


@dataclass(frozen=True, slots=True)
class Calling:
    """What the judges must know of it: the house's lines and dials a second, and the law's hours in minutes.

    `speaks`: the second campaign has no agents in any edition.
    """

    lines: int
    rate: int
    speaks: bool
    hours: tuple[tuple[int, int], ...]


def drawn(seed: int) -> tuple[Calling, Random] | None:
    """What is drawn for a storm that calls, and the chance from which its editions are; None for one that does not."""
    chance = Random(f"campaigns of {seed}")  # noqa: S311 (weather, no secret)
    if chance.random() >= SHARE:
        return None
    opens = 3 * 60 + chance.randint(44, 46)
    hours = (opens, opens + chance.randint(3, 8)), (6 * 60, 7 * 60 + chance.randint(15, 25))
    return Calling(chance.randint(6, 20), chance.choice((1, 2, 4)), chance.random() < 0.4, hours), chance


def files_of(calling: Calling, chance: Random) -> Mapping[str, str]:
    """The files of one edition."""
    hours = ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in calling.hours)
    law = (
        f"{LAW}:\n  version: 1\n  zones: [Asia/Shanghai]\n  hours:\n    daily: [{hours}]\n  public_holidays: none\n"
        f"  tries_on_number: {TRIES}\n  tries_on_person: {TRIES}\n  gap: {GAP:.0f}s\n  contacts: {CONTACTS}\n"
        f"  consent_for: none\n  cap: {CAP:.0%}\n  lock: 72h\n"
    )
    second = "message" if calling.speaks else chance.choice(MODES)
    modes = (chance.choice(MODES), second)
    texts = [_campaign(chance, name, mode) for name, mode in zip(CAMPAIGNS, modes, strict=True)]
    house = f"house:\n  lines: {calling.lines}\n  rate: {calling.rate}\n"
    yields = f"{SALES}:\n  yields: {{keep: {chance.choice((0, 0, 1))}}}\n"
    return {**FLOWS, "laws.yaml": law, "campaigns.yaml": house + "".join(texts), "autopilot.yaml": yields}


def _campaign(chance: Random, name: str, mode: str) -> str:
    queue = "" if mode == "message" else f"  queue: {SALES}\n"
    machine = "  machine: word\n" if chance.random() < 0.5 else ""
    lines = f"  lines: {chance.randint(2, 12)}\n" if chance.random() < 0.4 else ""
    return (
        f"{name}:\n  mode: {mode}\n{queue}  lists: {name}\n  law: {LAW}\n  message: sorry\n{machine}{lines}"
        f"  ratio: {chance.choice((1.5, 2.0, 3.0))}\n  cap: {CAP:.0%}\n  numbers: '4009001'\n  ring_for: 15s\n"
        "  retry: {busy: 1m, no_answer: 1m, machine: 2m, unknown: 2m, gone: 5m, silent: 2m}\n"
    )
