"""Reading switchroom.toml and the environment into `Settings`; every fault is told at once.

It does not know what the settings are used for, and it opens no socket.

The file is `--config`, else `SWITCHROOM_CONFIG`, else `switchroom.toml` in the working folder, else none (the
defaults work). A variable `SWITCHROOM_<SECTION>__<KEY>` goes before the file; nodes are counted from 1:
`SWITCHROOM_NODE__1__SIP_PORT=5060`. Relative paths start at the folder of the file.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from switchroom.config_checks import cross_checked
from switchroom.config_faults import ConfigError, Fault, fault_from
from switchroom.config_sources import Key, environment_values, key_lines, without
from switchroom.settings import Settings, anchored, private_node
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "switchroom.toml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Sound settings, their file, and where each key was set (dotted key -> file:line or variable)."""

    settings: Settings
    file: Path | None
    origins: Mapping[str, str]


def load(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Loaded:
    """Return the settings in force, or raise `ConfigError` with every fault that was found."""
    environ = os.environ if environ is None else environ
    path = _file(file, environ)
    tree, origins, faults = _read(path)
    _overlay(tree, origins, faults, environ)
    settings = _validated(tree, origins, faults)
    if settings is not None:
        settings = anchored(settings, path.parent.absolute() if path else Path.cwd())
        faulty = {fault.key for fault in faults}
        faults += [found for found in cross_checked(settings, path, origins) if found.key not in faulty]
    if faults or settings is None:
        raise ConfigError(tuple(faults))
    return Loaded(settings, path, origins)


def _file(file: Path | None, environ: Mapping[str, str]) -> Path | None:
    if file is not None:
        return file
    if environ.get("SWITCHROOM_CONFIG"):
        return Path(environ["SWITCHROOM_CONFIG"])
    return Path(FILE) if Path(FILE).exists() else None


def _read(path: Path | None) -> tuple[dict[str, Any], dict[str, str], list[Fault]]:
    if path is None:
        return {}, {}, []
    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except OSError as error:
        remedy = say("config.file.remedy")
        return {}, {}, [Fault("", say("config.file", file=path, why=error.strerror), remedy, str(path))]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        remedy = say("config.toml.remedy")
        return {}, {}, [Fault("", say("config.toml", why=error), remedy, str(path))]
    return tree, {key: f"{path.name}:{line}" for key, line in key_lines(text).items()}, []


def _overlay(
    tree: dict[str, Any], origins: dict[str, str], faults: list[Fault], environ: Mapping[str, str]
) -> None:
    values, unknown = environment_values(environ)
    faults += unknown
    for name, (section, *rest), value in values:
        if section == "node":
            nodes = tree.setdefault("node", [private_node().model_dump(mode="json", exclude_unset=True)])
            position = int(rest[0]) - 1
            if not isinstance(nodes, list) or not 0 <= position < len(nodes):
                problem = say("config.node.position", position=position + 1)
                faults.append(Fault("node", problem, say("config.node.position.remedy"), name))
                continue
            table, origins[f"node.{rest[0]}.{rest[1]}"] = nodes[position], name
        else:
            table, origins[f"{section}.{rest[0]}"] = tree.setdefault(section, {}), name
        if isinstance(table, dict):
            table[rest[-1]] = value


def _validated(tree: dict[str, Any], origins: dict[str, str], faults: list[Fault]) -> Settings | None:
    """Return settings with the default in each faulty place, so that the rest can be checked too."""
    for _ in range(3):
        try:
            # Through JSON: only there does strict mode let text become a path or one of several choices.
            return Settings.model_validate_json(json.dumps(tree, default=str), strict=True)
        except ValidationError as error:
            keys: list[Key] = []
            for found in error.errors(include_url=False):
                keys.append(found["loc"])
                fault = fault_from(found, origins)
                faults += [fault] if fault not in faults else []
            tree = without(tree, keys)
    return None
