"""The whole contact floor as one frozen plan, read from a dialplans folder, or every fault of all its files at once.

It does not know the running server. Numbers are compared as they are written: bring them to one form before.

    numbers.yaml  queues.yaml  agents.yaml  calendars.yaml  customers.csv  sources.yaml  sources/*.csv
    autopilot.yaml  schedule.yaml  laws.yaml  campaigns.yaml  flows/*.yaml  prompts/<language>.yaml
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.calendar import Calendar, parse_calendars
from ivr.faults import Fault, Faults, Place, did_you_mean
from ivr.flow import Flow, parse_flow
from ivr.known import FlowText, Known
from ivr.saying import Kind, inventory
from ivr.steps.queue import Queue
from switchroom.agentfile import AgentPlan, parse_agents
from switchroom.autopilotfile import AutopilotPlan, parse_autopilot
from switchroom.campaign_checks import check_campaigns
from switchroom.campaignfile import NAME as CAMPAIGNS
from switchroom.campaignfile import NOBODY as CALLS_NOBODY
from switchroom.campaignfile import Calling, parse_campaigns
from switchroom.floor_folder import FloorFolder
from switchroom.floorfiles import (
    LONGEST_CUSTOMERS,
    CustomerPlan,
    Numbers,
    parse_customers,
    parse_numbers,
    parse_prompts,
)
from switchroom.flow_versions import with_versions
from switchroom.lawfile import BUILT_IN, Profile, parse_laws
from switchroom.lawfile import NAME as LAWS
from switchroom.queue_checks import check_queues, needs_of
from switchroom.queuefile import QueuePlan, parse_queues
from switchroom.schedulefile import NAME as SCHEDULE
from switchroom.schedulefile import NOBODY, Schedule, parse_schedule
from switchroom.sourcefiles import LONGEST_TABLE, SourcePlan, TableRows, parse_sources, parse_table
from switchroom.waiting_checks import check_waiting, fragments_of_waiting

__all__ = ["AgentPlan", "CustomerPlan", "FloorPlan", "QueuePlan", "SourcePlan", "check_floor", "load_floor"]


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """Everything that integrators write. `prompts` are texts by (name, language); `customers` are by number.

    `tables` are the rows of each source that is a table, by the values of its keys.
    """

    numbers: Mapping[str, str]
    fallback: str
    flows: Mapping[str, Flow]
    queues: Mapping[str, QueuePlan]
    agents: Mapping[str, AgentPlan]
    calendars: Mapping[str, Calendar]
    prompts: Mapping[tuple[str, str], str]
    customers: Mapping[str, CustomerPlan]
    sources: Mapping[str, SourcePlan] = field(default_factory=dict)
    tables: Mapping[str, TableRows] = field(default_factory=dict)
    schedule: Schedule = NOBODY
    autopilot: AutopilotPlan = field(default_factory=AutopilotPlan)
    laws: Mapping[str, Profile] = field(default_factory=lambda: BUILT_IN)
    calling: Calling = CALLS_NOBODY

    @property
    def catalogue(self) -> Mapping[tuple[str, str], str]:
        """Everything that can be heard, by (name, language): the prompts, and the fragments of the values said."""
        waiting = fragments_of_waiting(self.queues, self.flows.values())
        return {**fragments_of(self.flows.values()), **waiting, **self.prompts}

    def flow_for(self, called: str) -> Flow:
        """The flow that answers a called number; the fallback flow for numbers that nobody planned."""
        return self.flows[self.numbers.get(called, self.fallback)]


def load_floor(folder: Path) -> tuple[FloorPlan | None, tuple[Fault, ...]]:
    """The plan in `folder`, or None and every fault of all files."""
    loader = _Loader(folder)
    plan = loader.plan()
    faults = tuple(loader.folder.faults)
    return (None, faults) if faults else (with_versions(plan), ())


def fragments_of(flows: Iterable[Flow]) -> dict[tuple[str, str], str]:
    """The texts of the fragments that the flows may need to say their values, by (name, language)."""
    needed: dict[str, set[Kind]] = {}
    for flow in flows:
        kinds = {said.kind for step in flow.steps.values() for said in step.verb.says()}
        for language in flow.languages:
            needed.setdefault(language, set()).update(kinds)
    texts = {language: inventory(language, kinds) for language, kinds in needed.items()}
    return {(name, language): text for language, known in texts.items() for name, text in known.items()}


def check_floor(folder: Path) -> list[Fault]:
    """Every fault of all files in `folder`; [] when the floor can open."""
    return list(load_floor(folder)[1])


class _Loader:
    """One reading of one folder, file after file; each may use the names of those before."""

    def __init__(self, folder: Path) -> None:
        self.folder = FloorFolder(folder)

    def plan(self) -> FloorPlan:
        folder = self.folder
        calendars = folder.told(parse_calendars(*folder.file("calendars.yaml")))
        written = folder.file("queues.yaml")
        queues, wrong = parse_queues(*written, calendars)
        folder.tell(wrong.all())
        agents = folder.told(parse_agents(*folder.file("agents.yaml"), queues))
        sources, tables = self._sources()
        prompts = self._prompts()
        folder.go_blind(calendars, queues, agents, prompts)
        if not wrong:
            self._check_queues(written, queues, agents, calendars)
        flows = self._flows(self._known(calendars, queues, agents, prompts, sources), queues, agents)
        self._check_waiting(written, queues, flows, prompts)
        numbers = self._numbers(flows)
        return FloorPlan(
            numbers={called: flow for called, (flow, _) in numbers.flows.items()},
            fallback=numbers.fallback,
            flows={name: flow for name, flow in flows.items() if flow},
            queues=queues,
            agents=agents,
            calendars=calendars,
            prompts={(name, language): text for language, texts in prompts.items() for name, text in texts.items()},
            customers=self._customers(agents),
            sources=sources,
            tables=tables,
            schedule=self._schedule(agents),
            autopilot=self._autopilot(queues),
            laws=(laws := self._laws()),
            calling=self._calling(queues, flows, laws),
        )

    def _known(
        self,
        calendars: Mapping[str, Calendar],
        queues: Mapping[str, QueuePlan],
        agents: Mapping[str, AgentPlan],
        prompts: Mapping[str, Mapping[str, str]],
        sources: Mapping[str, SourcePlan],
    ) -> Known:
        """The names that a flow may use."""
        skills = frozenset(skill for agent in agents.values() for skill, _ in agent.skills)
        names = {language: frozenset(texts) for language, texts in prompts.items()}
        asked = {name: source.known() for name, source in sources.items()}
        exits = {name: queue.exits for name, queue in queues.items()}
        return Known(names, frozenset(queues), skills, calendars, asked, self._flow_texts(), queue_exits=exits)

    def _prompts(self) -> dict[str, Mapping[str, str]]:
        prompts = {}
        for path in self.folder.files("prompts"):
            prompts[path.stem] = self.folder.told(parse_prompts(*self.folder.file(f"prompts/{path.name}")))
        return prompts

    def _check_queues(
        self,
        written: tuple[bytes, str],
        queues: Mapping[str, QueuePlan],
        agents: Mapping[str, AgentPlan],
        calendars: Mapping[str, Calendar],
    ) -> None:
        faults = Faults(written[1], written[0].decode("utf-8", errors="replace"))
        check_queues(queues, agents, calendars, faults)
        self.folder.tell(faults.all())

    def _check_waiting(
        self,
        written: tuple[bytes, str],
        queues: Mapping[str, QueuePlan],
        flows: Mapping[str, Flow | None],
        prompts: Mapping[str, Mapping[str, str]],
    ) -> None:
        faults = Faults(written[1], written[0].decode("utf-8", "replace"))
        check_waiting(queues, [flow for flow in flows.values() if flow], prompts, faults)
        self.folder.tell(faults.all())

    def _flows(
        self, known: Known, queues: Mapping[str, QueuePlan], agents: Mapping[str, AgentPlan]
    ) -> dict[str, Flow | None]:
        """Every flow by name; None stands for one at fault."""
        flows: dict[str, Flow | None] = {}
        told: dict[Fault, None] = {}  # a flow tells the faults of those that it calls, too
        for stem, written in known.flows.items():
            flow, faults = parse_flow(written.text, written.file, known)
            told.update(dict.fromkeys(faults))
            flows[stem] = flow
            if flow:
                raw = Faults(written.file, written.text.decode("utf-8"))
                told.update(dict.fromkeys(_cross_faults(flow, stem, raw, (queues, agents))))
        self.folder.tell(told)
        return flows

    def _flow_texts(self) -> dict[str, FlowText]:
        return {path.stem: FlowText(*self.folder.file(f"flows/{path.name}")) for path in self.folder.files("flows")}

    def _numbers(self, flows: Mapping[str, Flow | None]) -> Numbers:
        raw, name = self.folder.file("numbers.yaml")
        numbers, faults = parse_numbers(raw, name)
        for flow, place in (*numbers.flows.values(), (numbers.fallback, numbers.fallback_at)):
            if flow and flow not in flows:
                faults.add(place, "unknown-flow", f"there is no flow '{flow}'", did_you_mean(flow, flows))
            elif flow and (found := flows[flow]) and found.is_part:
                message = f"flow '{flow}' can only be called by other flows: it has parameters or `return` steps"
                faults.add(place, "subflow-number", message, "name the flow that calls it")
        self.folder.tell(faults.all())
        return numbers

    def _customers(self, agents: Mapping[str, AgentPlan]) -> Mapping[str, CustomerPlan]:
        if not self.folder.holds("customers.csv"):
            return {}
        raw, name = self.folder.file("customers.csv", LONGEST_CUSTOMERS)
        return self.folder.told(parse_customers(raw, name, agents or None)) if raw else {}

    def _autopilot(self, queues: Mapping[str, QueuePlan]) -> AutopilotPlan:
        if not self.folder.holds("autopilot.yaml"):
            return AutopilotPlan()
        raw, name = self.folder.file("autopilot.yaml")
        return self.folder.told(parse_autopilot(raw, name, queues)) if raw else AutopilotPlan()

    def _laws(self) -> Mapping[str, Profile]:
        if not self.folder.holds(LAWS):
            return BUILT_IN
        raw, name = self.folder.file(LAWS)
        return self.folder.told(parse_laws(raw, name)) if raw else BUILT_IN

    def _calling(
        self, queues: Mapping[str, QueuePlan], flows: Mapping[str, Flow | None], laws: Mapping[str, Profile]
    ) -> Calling:
        if not self.folder.holds(CAMPAIGNS):
            return CALLS_NOBODY
        raw, name = self.folder.file(CAMPAIGNS)
        calling, faults = parse_campaigns(raw, name)
        if calling.campaigns:
            check_campaigns(calling, queues, flows, laws, faults)
        self.folder.tell(faults.all())
        return calling

    def _sources(self) -> tuple[Mapping[str, SourcePlan], Mapping[str, TableRows]]:
        if not self.folder.holds("sources.yaml"):
            return {}, {}
        raw, name = self.folder.file("sources.yaml")
        sources = self.folder.told(parse_sources(raw, name)) if raw else {}
        if not sources:
            self.folder.blind.add("unknown-source")
        tables = {}
        for source in sources.values():
            if source.table:
                raw, name = self.folder.file(f"sources/{source.table}", LONGEST_TABLE)
                tables[source.name] = self.folder.told(parse_table(raw, name, source))
        return sources, tables

    def _schedule(self, agents: Mapping[str, AgentPlan]) -> Schedule:
        if not self.folder.holds(SCHEDULE):
            return NOBODY
        raw, name = self.folder.file(SCHEDULE)
        return self.folder.told(parse_schedule(raw, name, agents)) if raw else NOBODY

def _cross_faults(
    flow: Flow, stem: str, faults: Faults, floor: tuple[Mapping[str, QueuePlan], Mapping[str, AgentPlan]]
) -> tuple[Fault, ...]:
    """What only the whole floor can tell of a flow: its file's name, and whether anybody can answer its callers."""
    queues, agents = floor
    if flow.name != stem:
        faults.add(Place(), "flow-name", f"flow '{flow.name}' stands in a file named '{stem}'", "give both one name")
    for step in flow.steps.values():
        verb = step.verb
        if not isinstance(verb, Queue):
            continue
        needs = needs_of(queues[verb.queue])
        for language in flow.languages:
            demands = verb.demands(language)
            if not any(agent.serves(verb.queue, demands, need) for agent in agents.values() for need in needs):
                asked = ", ".join(f"{skill} {level}" for skill, level in demands) or "no skill"
                message = f"step '{step.name}': no agent of queue '{verb.queue}' can answer a caller in {language}"
                faults.add(step.place, "nobody-fits", message, f"asked for: {asked}")
    return faults.all()
