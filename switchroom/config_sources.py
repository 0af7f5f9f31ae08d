"""Where configured values stand: lines of a TOML file, variables of the environment.

It does not know which values are sound.
"""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING, Any, get_origin

from switchroom.config_faults import Fault, sections, unknown_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "SWITCHROOM_"
PLAIN = {int, float, bool}
TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
ENTRY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
Key = tuple[int | str, ...]


def key_lines(text: str) -> dict[str, int]:
    """Return dotted key -> line (from 1) for each table and each plain `key = value` line of a TOML text."""
    lines: dict[str, int] = {}
    table, repeated = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if heading := TABLE.match(line):
            table = heading[2]
            if heading[1] == "[[":
                repeated += 1
                table = f"{table}.{repeated}"
            lines.setdefault(table, number)
        elif entry := ENTRY.match(line):
            lines.setdefault(f"{table}.{entry[1]}" if table else entry[1], number)
    return lines


def environment_values(environ: Mapping[str, str]) -> tuple[list[tuple[str, list[str], Any]], list[Fault]]:
    """Return (variable, key parts, value) for each `SWITCHROOM_A__B`; a fault where it names no setting."""
    values: list[tuple[str, list[str], Any]] = []
    faults: list[Fault] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        parts = name.removeprefix(PREFIX).lower().split("__")
        fault = _unknown(name, parts)
        if fault:
            faults.append(fault)
        else:
            values.append((name, parts, _typed(parts, environ[name])))
    return values, faults


def _unknown(name: str, parts: list[str]) -> Fault | None:
    shapes, key = sections(), ".".join(parts)
    if parts[0] not in shapes:
        return unknown_key(key, parts[0], list(shapes), name)
    if parts[0] == "node" and (len(parts) != 3 or not parts[1].isdecimal()):
        return unknown_key(key, "", ["SWITCHROOM_NODE__1__NAME"], name)
    known = list(shapes[parts[0]].model_fields)
    if len(parts) != (3 if parts[0] == "node" else 2) or parts[-1] not in known:
        return unknown_key(key, parts[-1], known, name)
    return None


def _typed(parts: list[str], raw: str) -> Any:
    """Return numbers, booleans and lists as such, because a variable is always text."""
    kind = sections()[parts[0]].model_fields[parts[-1]].annotation
    if get_origin(kind) is tuple:
        return [word for word in re.split(r"[,\s]+", raw) if word]
    if kind not in PLAIN:
        return raw
    try:
        return tomllib.loads(f"value = {raw.strip().lower()}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def without(tree: dict[str, Any], keys: Iterable[Key]) -> dict[str, Any]:
    """Return a copy of `tree` without the values at `keys`; a node without a name gets one."""
    tree = deepcopy(tree)
    for key in sorted(keys, key=len, reverse=True):
        place: Any = tree
        for part in key[:-1]:
            place = place[part]
        if isinstance(place, dict):
            place.pop(key[-1], None)
        elif isinstance(place, list) and isinstance(key[-1], int):
            place[key[-1]] = {}
        if key[0] == "node" and key[-1] == "name" and isinstance(place, dict):
            place["name"] = f"node-{int(key[1]) + 1}"
    return tree
