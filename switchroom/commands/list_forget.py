"""`switchroom list forget`: a person taken out of lists and results at his own request, by the running server.

It does not know where he is kept; it asks the server's API.
"""

from __future__ import annotations

from switchroom.commands.answers import Code, UsageError, print_json, print_line
from switchroom.commands.server_talk import LogIn, ask_server
from switchroom.words import say


def forget_person(number: str, why: str, who: LogIn, *, recordings: bool, as_json: bool) -> Code:
    """Have him taken out, and tell of what; he is blocked in any case."""
    if not why.strip():
        raise UsageError(say("steer.why.needed"))
    told = ask_server(who, "/api/outbound/forget", {"number": number, "why": why, "recordings": recordings})
    if as_json:
        print_json(told)
        return Code.OK
    print_line(say("list.forget.done", **{**told, "numbers": len(told["numbers"])}))
    if told["deleted"]:
        print_line(say("list.forget.deleted", recordings=", ".join(told["deleted"])))
    if told["recordings"]:
        print_line(say("list.forget.recordings", recordings=", ".join(told["recordings"])))
    return Code.OK
