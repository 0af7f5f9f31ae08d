"""The short files of a dialplans folder as frozen records: numbers, prompts, customers.

It does not know folders or disks, nor whether the files agree with each other (`floorplan.py` does). Queues and
agents have files of their own, `queuefile.py` and `agentfile.py`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ivr.faults import Faults, Place, did_you_mean
from ivr.fields import Fields
from ivr.source import read
from ivr.written import Table

LONGEST_PROMPT = 1000  # characters
LONGEST_CUSTOMERS = 32 * 1024 * 1024  # bytes
_NUMBER = re.compile(r"\+?[0-9]{1,20}\Z")
_COLUMNS = ("number", "customer", "name", "segment")
_MORE = ("household", "agent")  # columns that may follow
_UNFIT = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Called number to flow name; `fallback` is the flow for every other number."""

    flows: Mapping[str, tuple[str, Place]]
    fallback: str
    fallback_at: Place


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """A known number and whose it is. `agent` is who looks after this customer, "" when nobody in particular."""

    number: str
    customer: str
    name: str
    segment: str
    household: str = ""
    agent: str = ""


def parse_numbers(text: bytes, file: str) -> tuple[Numbers, Faults]:
    table, faults = read(text, file)
    fields = Fields(table or Table((), Place()), faults, "numbers", ("numbers", "fallback"), Place())
    if table is None:
        return Numbers({}, "", Place()), faults
    flows: dict[str, tuple[str, Place]] = {}
    for key, value in fields.entries("numbers"):
        if not _NUMBER.match(key.value):
            fields.fault(key.place, "bad-number", f"'{key.value}' is not a number", "write digits, with or without +")
        flows[key.value] = (fields.sound_name(fields.scalar(value, key.value)), value.place)
    return Numbers(flows, fields.name("fallback"), fields.at("fallback")), faults


def parse_prompts(text: bytes, file: str) -> tuple[Mapping[str, str], Faults]:
    """Prompt name to the text that is spoken."""
    table, faults = read(text, file)
    found = {}
    for key, value in table.entries if table else ():
        fields = Fields(Table((), key.place), faults, f"prompt '{key.value}'", ())
        fields.sound_name(key)
        spoken = " ".join(fields.scalar(value, key.value).value.split())
        if len(spoken) > LONGEST_PROMPT:
            fields.fault(value.place, "too-long", f"{len(spoken)} characters; a prompt has at most {LONGEST_PROMPT}")
        found[key.value] = spoken
    return found, faults


def parse_customers(
    raw: bytes, file: str, agents: Collection[str] | None = None
) -> tuple[Mapping[str, CustomerPlan], Faults]:
    """Number to customer, from CSV: `number,customer,name,segment`, and `household` and `agent` where they are kept.

    `agents` are the names that may stand in the last column; None when they are not known.
    """
    if len(raw) > LONGEST_CUSTOMERS:
        faults = Faults(file)
        faults.add(Place(), "too-large", f"the file has {len(raw)} bytes; at most {LONGEST_CUSTOMERS} are read")
        return {}, faults
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults = Faults(file, raw.decode("utf-8", errors="replace"))
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(Place(line), "bad-utf8", f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8")
        return {}, faults
    rows = _Rows(Faults(file, text), agents)
    return rows.read(text), rows.faults


class _Rows:
    """One reading of the lines of a customer file."""

    def __init__(self, faults: Faults, agents: Collection[str] | None) -> None:
        self.faults = faults
        self.agents = agents
        self.columns: tuple[str, ...] = ()
        self.found: dict[str, CustomerPlan] = {}

    def read(self, text: str) -> Mapping[str, CustomerPlan]:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            for row in rows:
                if rows.line_num == 1:
                    if not self._is_header(row):
                        break
                elif row:
                    self._take(row, rows.line_num)
        except csv.Error as error:
            self.faults.add(Place(max(1, rows.line_num)), "bad-csv", f"not readable as CSV: {error}")
        return self.found

    def _is_header(self, row: list[str]) -> bool:
        more = row[len(_COLUMNS) :]
        self.columns = tuple(row)
        if tuple(row[: len(_COLUMNS)]) == _COLUMNS and set(more) <= set(_MORE) and len(set(more)) == len(more):
            return True
        hint = f"{' and '.join(_MORE)} may follow"
        self.faults.add(Place(1), "bad-header", f"the first line must be {','.join(_COLUMNS)}", hint)
        return False

    def _take(self, row: list[str], line: int) -> None:
        if len(row) != len(self.columns):
            message = f"{len(row)} values; a line has {len(self.columns)}: {','.join(self.columns)}"
            self.faults.add(Place(line), "bad-row", message)
            return
        values = dict(zip(self.columns, (value.strip() for value in row), strict=True))
        number, agent = values["number"], values.get("agent", "")
        at = Place(line, 1, len(number))
        if not _NUMBER.match(number):
            self.faults.add(at, "bad-number", f"'{number}' is not a number", "write digits, with or without +")
        elif number in self.found:
            self.faults.add(at, "number-twice", f"'{number}' belongs to '{self.found[number].customer}' already")
        elif not values["customer"] or any(_UNFIT.search(value) for value in row):
            message = "a customer needs an id, and no value may have control characters"
            self.faults.add(Place(line), "bad-row", message)
        elif agent and self.agents is not None and agent not in self.agents:
            hint = did_you_mean(agent, self.agents)
            self.faults.add(Place(line), "unknown-agent", f"there is no agent '{agent}'", hint)
        else:
            self.found[number] = CustomerPlan(**values)
