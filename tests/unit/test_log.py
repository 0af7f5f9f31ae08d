"""The log: one JSON object a line, the contact on it, secrets struck out, libraries included."""

import io
import json
import logging

import pytest
import structlog

from switchroom import log
from switchroom.settings import LogFormat, LogLevel, LogSettings

pytestmark = pytest.mark.unit


@pytest.fixture
def stream():
    root, level, handlers = logging.getLogger(), logging.getLogger().level, logging.getLogger().handlers[:]
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def set_up(stream: io.StringIO, level: LogLevel = LogLevel.INFO, form: LogFormat = LogFormat.AUTO):
    log.set_up(LogSettings(level=level, format=form), stream)
    return structlog.get_logger("switchroom.test")


def test_a_line_is_one_json_object_with_time_level_and_contact(stream):
    logger = set_up(stream)
    with log.about(contact="a1-17.3"):
        logger.info("offer.accepted", agent="李娜")
    logger.info("idle")
    first, second = lines(stream)
    assert (first["event"], first["contact"], first["agent"]) == ("offer.accepted", "a1-17.3", "李娜")
    assert first["level"] == "info"
    assert first["at"].endswith("Z")
    assert "contact" not in second


def test_what_sounds_like_a_secret_is_struck_out_however_deep(stream):
    set_up(stream).warning(
        "login", password="hunter2", headers={"Authorization": "hunter2", "x": {"ami_secret": "hunter2"}},
        agi_token="hunter2", digits="4711", digits_count=4, secret=False,
    )  # fmt: skip
    text = stream.getvalue()
    assert "hunter2" not in text
    assert "4711" not in text
    assert lines(stream)[0]["digits_count"] == 4
    assert lines(stream)[0]["secret"] is False


def test_a_line_break_in_a_value_makes_no_second_line(stream):
    set_up(stream).info("call", name='evil\n{"event": "forged"}\r\x00')
    assert len(lines(stream)) == 1


def test_the_level_is_kept(stream):
    logger = set_up(stream, LogLevel.WARNING)
    logger.info("small")
    logger.error("large")
    assert [line["event"] for line in lines(stream)] == ["large"]


def test_a_librarys_lines_look_like_ours_and_its_chatter_is_left_out(stream):
    set_up(stream)
    logging.getLogger("alembic").warning("old %s", "schema")
    logging.getLogger("aiohttp.access").info("GET /")
    assert [line["event"] for line in lines(stream)] == ["old schema"]


def test_an_exception_is_on_its_line(stream):
    logger = set_up(stream)
    try:
        raise ValueError("planted")  # noqa: TRY301  it must have been raised to have a traceback
    except ValueError:
        logger.exception("failed")
    assert "ValueError: planted" in lines(stream)[0]["exception"]


def test_the_console_form_is_for_eyes(stream):
    set_up(stream, form=LogFormat.CONSOLE).info("hello", agent="chen")
    assert "hello" in stream.getvalue()
    assert "agent=chen" in stream.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(stream.getvalue())
