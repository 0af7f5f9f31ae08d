"""Who runs the campaigns of a storm: two agree to its law; one starts, pauses, stops, tunes them, and blocks numbers.

It does not know what follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import desk.campaign_vocabulary as said
from benchmarks.faults.calling_floor import CAMPAIGNS, LAW
from desk.law_view import LawAgreeAsked
from outbound.law.writing import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.faults.calling import CallingStorm

THINKS, INSISTS = 25.0, 5.0  # seconds
MODES = ("progressive", "ratio", "predictive")


class Managers:
    """`begin`, `calm` when every fault stops, and `go_home` at the end."""

    def __init__(self, storm: CallingStorm) -> None:
        self.storm = storm
        self.raging = True
        self.wanted = ""

    def begin(self) -> None:
        law = self.storm.centre.plan.floor.laws[LAW]
        for who in ("anna", "bert"):
            self.storm.tell(LawAgreeAsked(who, LAW, digest_of(law), "read"))
        self.storm.after(10.0, self._start_all)
        self._thinks()

    def calm(self) -> None:
        """Every campaign runs from now on."""
        self.raging, self.wanted = False, "running"
        self._insist()

    def go_home(self) -> None:
        self.wanted = "stopped"

    def _start_all(self) -> None:
        for name in CAMPAIGNS:
            self.storm.tell(said.CampaignStartAsked("boss", name))

    def _thinks(self) -> None:
        """Now and then somebody changes his mind."""

        def think() -> None:
            if self.raging:
                self.storm.tell(self._some_word())
                self._thinks()

        self.storm.after(self.storm.random.expovariate(1 / THINKS), think)

    def _some_word(self) -> said.CampaignTold | said.NumberBlockAsked:
        chance = self.storm.random
        name, number = chance.choice(CAMPAIGNS), chance.choice([*self.storm.lists.leads.values()]).number
        words: list[Callable[[], said.CampaignTold | said.NumberBlockAsked]] = [
            lambda: said.CampaignPauseAsked("boss", name),
            lambda: said.CampaignStopAsked("boss", name),
            *(lambda: said.CampaignStartAsked("boss", name) for _ in range(4)),
            lambda: said.CampaignTuneAsked("boss", name, ratio=chance.choice((1.5, 3.0))),
            lambda: said.CampaignTuneAsked("boss", name, lines=chance.randint(2, 12)),
            *(lambda: said.NumberBlockAsked("boss", number, "asked") for _ in range(2)),
        ]
        if self.storm.campaigns()[name].queue:
            words.append(lambda: said.CampaignTuneAsked("boss", name, mode=chance.choice(MODES)))
        return chance.choice(words)()

    def _insist(self) -> None:
        """Until they are as they should be; a server that is dead hears nothing."""
        for name in CAMPAIGNS:
            state = self.storm.watch_dials.state.get(name, "")
            if self.wanted == "running" and state in {"paused", "stopped", "planned", ""}:
                self.storm.tell(said.CampaignStartAsked("boss", name))
            if self.wanted == "stopped" and state != "stopped":
                self.storm.tell(said.CampaignStopAsked("boss", name))
        self.storm.after(INSISTS, self._insist)
