"""`sources.yaml` and the tables it names as frozen records: what can be asked, with what, and what comes back.

It does not ask anything: it reads bytes, and tells each fault at its place.

    cards:                              the name by which flows ask
      table: cards.csv                  a file of dialplans/sources/, or `http: https://core.bank.example/cards/{card}`
      keys: card                        columns (or parts of the request) that a question must give
      secret: pin                       optional: the column with the argon2 hash of the caller's secret
      returns: [customer, name, balance]
      private: balance                  told only after the caller has proved who he is
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.faults import Faults, Place, did_you_mean
from ivr.fields import Fields
from ivr.source import read
from ivr.sources import Source
from ivr.steps.identify import BY_NUMBER
from ivr.written import Table

LONGEST_TABLE = 32 * 1024 * 1024  # bytes
MAX_COLUMNS = 32
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.csv\Z")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[\x21-\x7e]*)?\Z")
_HOLE = re.compile(r"\{([^{}]*)\}")
_HASH = re.compile(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,2}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\Z")
_UNFIT = re.compile("[\x00-\x1f\x7f]")
_KEYS = (
    "table",
    "http",
    "method",
    "timeout",
    "headers_from",
    "keys",
    "secret",
    "returns",
    "private",
    "kept_for",
    "lock_after",
    "lock_for",
)

TableRows = Mapping[tuple[str, ...], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One source. Either `table` (a file below `sources/`) or `url` is set; the other is "".

    A question gives a value for each of `keys`, in that order, and one for `secret` when that is not "". The answer
    has a text for each of `returns`. In a table `secret` is a column of argon2id hashes.

    Over HTTP: `{key}` in `url` is filled percent-encoded; with `method` GET the other keys are query parameters, with
    POST all keys and the secret are one JSON object (a source with a secret is always POST). 200 with a JSON object is
    found, 404 not_found, 401 and 403 refused, 423 locked, all else failed. `headers_from` names a secret file with one
    `Name: value` header a line, "" for none. `timeout` is in seconds, and never outlasts the deadline of the question.

    A question that comes without the secret is answered without looking at it: whoever may ask is decided by the flow.
    `kept_for`: seconds for which an answer found without a secret is told again unasked; 0 for never.
    `lock_after` wrong secrets for the same keys within `lock_for` seconds, over all calls, and the source answers
    `locked` unasked until `lock_for` seconds after the last of them.
    """

    name: str
    keys: tuple[str, ...]
    returns: tuple[str, ...]
    private: frozenset[str] = frozenset()
    secret: str = ""
    table: str = ""
    url: str = ""
    method: str = "GET"
    timeout: float = 3.0
    headers_from: str = ""
    kept_for: float = 0.0
    lock_after: int = 5
    lock_for: float = 1800.0

    def known(self) -> Source:
        """What flows may know of it."""
        return Source(self.keys, self.returns, self.private, self.secret)


def parse_sources(text: bytes, file: str) -> tuple[Mapping[str, SourcePlan], Faults]:
    """Every source by name."""
    table, faults = read(text, file)
    found = {}
    for key, value in table.entries if table else ():
        owner = f"source '{key.value}'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        fields = Fields(value, faults, owner, _KEYS, key.place)
        if key.value == BY_NUMBER:
            message = f"{owner}: `identify: number` means the caller's number"
            faults.add(key.place, "bad-name", message, "choose another name")
        elif fields.sound_name(key):
            found[key.value] = _source(fields, key.value)
    return found, faults


def _source(fields: Fields, name: str) -> SourcePlan:
    keys, returns = _names(fields, "keys"), _names(fields, "returns")
    secret = fields.name("secret", "")
    url, method = _url(fields, keys), fields.choice("method", ("GET", "POST"), "POST" if secret else "GET")
    _check_kind(fields)
    if secret and (secret in keys or secret in returns):
        fields.fault(fields.at("secret"), "secret-shown", f"'{secret}' is a secret; it cannot be a key or come back")
    if secret and url and method == "GET":
        hint = "write `method: POST`, or leave the line out"
        fields.fault(fields.at("method"), "secret-in-url", "a secret cannot be asked with GET", hint)
    return SourcePlan(
        name,
        keys,
        returns,
        _private(fields, returns),
        secret,
        _table(fields),
        url,
        method,
        float(fields.seconds("timeout", 1, 30, default=3)),
        fields.name("headers_from", ""),
        float(fields.seconds("kept_for", 0, 3600)) if fields.has("kept_for") else 0.0,
        fields.number("lock_after", 2, 20, default=5),
        float(fields.seconds("lock_for", 60, 24 * 3600, default=1800)),
    )


def _check_kind(fields: Fields) -> None:
    if fields.has("table") == fields.has("http"):
        fields.fault(fields.place, "one-kind", "write either `table:` or `http:`")
        return
    wrong = ("method", "timeout", "headers_from") if fields.has("table") else ()
    for key in wrong:
        if fields.has(key):
            fields.fault(fields.at(key), "not-here", f"'{key}' belongs to `http:`", "remove the line")
    if not fields.has("secret"):
        for key in ("lock_after", "lock_for"):
            if fields.has(key):
                fields.fault(fields.at(key), "not-here", f"'{key}' needs `secret:`", "remove the line")


def _names(fields: Fields, key: str) -> tuple[str, ...]:
    names: list[str] = []
    for text in fields.texts(key):
        name = fields.sound_name(text)
        if name in names:
            fields.fault(text.place, "name-twice", f"'{name}' is listed twice")
        elif name:
            names.append(name)
    if len(names) > MAX_COLUMNS:
        fields.fault(fields.at(key), "too-many", f"{len(names)} names; a source has at most {MAX_COLUMNS}")
    return tuple(names)


def _private(fields: Fields, returns: tuple[str, ...]) -> frozenset[str]:
    texts = fields.texts("private", required=False)
    for text in texts:
        if fields.sound_name(text) and text.value not in returns:
            hint = did_you_mean(text.value, returns)
            fields.fault(text.place, "unknown-return", f"'{text.value}' is not among `returns`", hint)
    return frozenset(text.value for text in texts)


def _table(fields: Fields) -> str:
    file = fields.text("table", "")
    if file and not _FILE.match(file):
        fields.fault(fields.at("table"), "bad-file", f"'{file}' is not a table's file", "write one like cards.csv")
        return ""
    return file


def _url(fields: Fields, keys: tuple[str, ...]) -> str:
    url = fields.text("http", "")
    if not url:
        return ""
    if not _URL.match(url):
        fields.fault(fields.at("http"), "bad-url", "this is not an address", "write one like https://host/path/{key}")
        return ""
    for hole in _HOLE.findall(url):
        if hole not in keys:
            fields.fault(fields.at("http"), "unknown-key", f"'{{{hole}}}' is not a key", did_you_mean(hole, keys))
    return url


def parse_table(raw: bytes, file: str, plan: SourcePlan) -> tuple[TableRows, Faults]:
    """The rows of a table by their keys; each row holds what the source returns, and its secret's hash.

    Faults quote no line: what stands in one may be private.
    """
    if len(raw) > LONGEST_TABLE:
        faults = Faults(file)
        faults.add(Place(), "too-large", f"the file has {len(raw)} bytes; at most {LONGEST_TABLE} are read")
        return {}, faults
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults = Faults(file)
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(Place(line), "bad-utf8", f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8")
        return {}, faults
    faults = Faults(file)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[tuple[str, ...], Mapping[str, str]] = {}
    try:
        header = [name.strip() for name in next(rows, [])]
        if _sound_header(header, plan, faults):
            for row in rows:
                _row(row, rows.line_num, header, _Reading(plan, found, faults))
    except csv.Error as error:
        faults.add(Place(max(1, rows.line_num)), "bad-csv", f"not readable as CSV: {error}")
    return found, faults


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of one table."""

    plan: SourcePlan
    found: dict[tuple[str, ...], Mapping[str, str]]
    faults: Faults


def _sound_header(header: list[str], plan: SourcePlan, faults: Faults) -> bool:
    needed = (*plan.keys, *plan.returns, *((plan.secret,) if plan.secret else ()))
    missing = [name for name in needed if name not in header]
    for name in missing:
        message = f"the first line has no column '{name}', which source '{plan.name}' needs"
        faults.add(Place(1), "missing-column", message, did_you_mean(name, header))
    if len(set(header)) != len(header):
        faults.add(Place(1), "column-twice", "a column is named twice in the first line")
        return False
    return not missing


def _row(row: list[str], line: int, header: list[str], reading: _Reading) -> None:
    plan, faults = reading.plan, reading.faults
    if not row:
        return
    if len(row) != len(header):
        faults.add(Place(line), "bad-row", f"{len(row)} values; a line has {len(header)}")
        return
    values = dict(zip(header, (value.strip() for value in row), strict=True))
    keys = tuple(values[key] for key in plan.keys)
    if not all(keys) or any(_UNFIT.search(value) for value in values.values()):
        faults.add(Place(line), "bad-row", "a key is empty, or a value has control characters")
    elif keys in reading.found:
        faults.add(Place(line), "key-twice", f"{', '.join(keys)} stands in an earlier line already")
    elif plan.secret and not _HASH.match(values[plan.secret]):
        hint = "write what `switchroom hash` prints, or take the secret out"
        faults.add(Place(line), "plain-secret", f"column '{plan.secret}' holds no argon2id hash", hint)
    else:
        wanted = (*plan.returns, *((plan.secret,) if plan.secret else ()))
        reading.found[keys] = {name: values[name] for name in wanted}
