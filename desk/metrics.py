"""The figures as Prometheus reads them, in a registry of the desk's own.

It does not compute any rate: `figures` does, for this as for the page.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from acd.tally import How
from desk.asking import Desk
from desk.figures import Figures, Wanted, work_out
from desk.vocabulary import FloorView

WINDOW: Final = 1800.0
AGENT_STATES: Final = ("offline", "not_ready", "ready", "dialling", "offered", "talking", "wrap_up")
CONTACT_STATES: Final = ("flow", "waiting", "offered", "talking")


async def exposition(desk: Desk, now: float) -> str:
    """Give the metrics text of this moment; the rates are those of the last half hour."""
    wanted = Wanted(now - WINDOW, now, None, desk.settings.target, desk.settings.short_abandon)
    figures = await work_out(desk.library, wanted)
    registry = CollectorRegistry()
    registry.register(_Moment(desk, desk.floor.look(), figures, await desk.library.last_seq()))
    return generate_latest(registry).decode()


@dataclass(eq=False, slots=True)
class _Moment(Collector):
    desk: Desk
    view: FloorView
    figures: Figures
    facts: int

    def collect(self) -> Iterable[Metric]:
        yield from self._floor()
        yield from self._rates()
        yield from self._counted()
        yield from self._audited()
        yield from self._screens()
        yield from self._flows()

    def _floor(self) -> Iterator[Metric]:
        agents = Tally(agent.state for agent in self.view.agents)
        contacts = Tally(contact.state for contact in self.view.contacts)
        yield _gauges("switchroom_agents", "Agents by state.", "state", {s: agents[s] for s in AGENT_STATES})
        yield _gauges(
            "switchroom_contacts",
            "Open contacts by state.",
            "state",
            {s: contacts[s] for s in CONTACT_STATES},
        )
        yield _gauges(
            "switchroom_node_up",
            "1 while a telephone node answers.",
            "node",
            {name: float(up) for name, up in self.view.nodes},
        )
        waiting = [c.context.asked_at for c in self.view.contacts if c.state in ("waiting", "offered")]
        longest = max((self.view.at - asked_at for asked_at in waiting), default=0.0)
        yield GaugeMetricFamily("switchroom_longest_wait_seconds", "Wait of who waits longest.", value=longest)

    def _rates(self) -> Iterator[Metric]:
        shares = {rate.key: rate.percent / 100 for rate in self.figures.rates if rate.percent is not None}
        yield _gauges(
            "switchroom_service_level_ratio",
            "Service level of the last 1800 s by named formula; /api/figures gives the formulas.",
            *("rate", shares),
        )
        counts = self.figures.counts
        yield _gauges(
            "switchroom_waits",
            "Requests for a person in the last 1800 s by what became of them.",
            "how",
            {how.value: float(getattr(counts, how.value)) for how in How},
        )
        yield GaugeMetricFamily(
            "switchroom_answered_in_time",
            "Answered within the target in the last 1800 s.",
            value=counts.answered_in_time,
        )

    def _counted(self) -> Iterator[Metric]:
        reckoning = self.desk.reckoning()
        text = "Counts of callers that disagreed since the start; the log has each with its cause. Watch that it is 0."
        yield CounterMetricFamily("switchroom_reconciliation_faults", text, value=reckoning.faults)
        text = "Times that the live count was checked since the start."
        yield CounterMetricFamily("switchroom_reconciliation_checks", text, value=reckoning.checks)
        text = "Callers who asked for a person since the start, by queue and by what became of them."
        callers = GaugeMetricFamily("switchroom_callers", text, labels=["queue", "how"])
        for queue in reckoning.queues:
            for how in ("offered", "answered", "abandoned", "flowed_out", "callback", "lost", "in_progress"):
                callers.add_metric([queue.queue, how], getattr(queue, how))
        yield callers

    def _audited(self) -> Iterator[Metric]:
        audited = self.desk.audited()
        text = "Invariants found broken on the living floor since the start; the log has each. Watch that it is 0."
        found = CounterMetricFamily("switchroom_audit_findings", text, labels=["invariant"])
        for invariant in ("I1", "I3", "I4", "I9", "I21"):
            found.add_metric([invariant], audited.findings.get(invariant, 0))
        yield found
        text = "Looks of the audit at a node's channels since the start."
        yield CounterMetricFamily("switchroom_audit_looks", text, value=audited.looks)
        yield GaugeMetricFamily("switchroom_audit_standing", "Findings that still stand.", value=audited.standing)
        yield GaugeMetricFamily("switchroom_audit_seconds", "Length of the audit's last look.", value=audited.took)

    def _flows(self) -> Iterator[Metric]:
        shelf = self.desk.flows
        in_force = GaugeMetricFamily("switchroom_flow", "1 for each flow in force.", labels=["flow", "version"])
        for flow, version in shelf.versions().items():
            in_force.add_metric([flow, version], 1.0)
        yield in_force
        text = "Faults of the files in the dialplans folder that are not in force; 0 when they are."
        yield GaugeMetricFamily("switchroom_floor_faults", text, value=len(shelf.trouble))
        text = "Changes of the dialplans folder since the start, by what became of them."
        changes = CounterMetricFamily("switchroom_floor_changes", text, labels=["result"])
        changes.add_metric(["in_force"], shelf.deployed)
        changes.add_metric(["refused"], shelf.refused)
        yield changes

    def _screens(self) -> Iterator[Metric]:
        live = self.desk.live
        yield GaugeMetricFamily("switchroom_screens", "Connected screens.", value=live.count())
        for name, text, value in (
            ("switchroom_screens_dropped", "Screens cut off because they did not read.", live.dropped),
            ("switchroom_pops_shown", "Callers put on a screen before the ring.", live.shown),
            ("switchroom_pops_unseen", "Callers offered to an agent with no screen open.", live.unseen),
            ("switchroom_facts", "Facts in the journal.", self.facts),
        ):
            yield CounterMetricFamily(name, text, value=value)


def _gauges(name: str, text: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for one, value in values.items():
        family.add_metric([one], value)
    return family
