"""How we write a log: one JSON object a line on standard error, or coloured text where a person looks.

It does not know what is worth a line. A line about a contact carries its id, bound once for everything below:

    with about(contact="a1-1732220000.17"):
        log.info("offer.accepted", agent="chen")

Values under a name that sounds like a secret are struck out, as a second net: nobody should have passed them.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

from switchroom.settings import LogFormat, LogSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

SECRET = re.compile(r"secret|password|passwd|token|digits|cookie|authorization", re.IGNORECASE)
STRUCK_OUT = "[struck out]"
DEEPEST = 5
CHATTY = ("alembic", "aiohttp.access", "amqtt", "transitions", "panoramisk")

about = bound_contextvars
"""Bind names (contact=..., node=...) to every line written inside the `with`, also by tasks started in it."""


def set_up(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send every line, ours and the libraries', to `stream` (standard error) in the configured form."""
    stream = stream or sys.stderr
    first: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        strike_out_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *first,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=_last(settings, stream))
    outlet = logging.StreamHandler(stream)
    outlet.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [outlet]
    root.setLevel(settings.level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def where(fault: BaseException) -> str:
    """Where in the code it happened, without its text: for faults whose text may hold what a caller keyed."""
    return "".join(traceback.format_tb(fault.__traceback__))


def _last(settings: LogSettings, stream: TextIO) -> list[structlog.typing.Processor]:
    console = settings.format is LogFormat.CONSOLE or (settings.format is LogFormat.AUTO and stream.isatty())
    if console:
        renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]


def strike_out_secrets(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace each value whose name sounds like a secret; counts (numbers) and what is empty may stay."""
    return {name: _struck_out(name, value, DEEPEST) for name, value in line.items()}


def _struck_out(name: str, value: Any, depth: int) -> Any:
    if SECRET.search(name) and value and not isinstance(value, bool | int | float):
        return STRUCK_OUT
    if isinstance(value, dict) and depth:
        return {key: _struck_out(str(key), inner, depth - 1) for key, inner in value.items()}
    return value
