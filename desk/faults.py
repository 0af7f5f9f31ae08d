"""Refusals of the API: one shape for all, `{error, message, field?}`.

It does not know what was asked. `error` is for programs and never changes, `message` is for people.
"""

from __future__ import annotations

import json

from aiohttp import web
from pydantic import ValidationError


class Fault(Exception):
    """The request is not done; says why, and in which field."""

    def __init__(self, status: int, error: str, message: str, field: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.field = status, error, message, field
        self.retry_after = retry_after

    def response(self) -> web.Response:
        content = {"error": self.error, "message": self.message}
        if self.field:
            content["field"] = self.field
        headers = {"Cache-Control": "no-store"}
        if self.retry_after:
            headers["Retry-After"] = str(max(1, round(self.retry_after)))
        return web.Response(
            status=self.status, text=json.dumps(content), content_type="application/json", headers=headers
        )


def not_found(what: str) -> Fault:
    """Refuse alike what does not exist and what this user must not know of."""
    return Fault(404, "not_found", f"There is no such {what}.")


def of_validation(error: ValidationError) -> Fault:
    """Name the first wrong field. What was sent is never repeated: it may be a password."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Fault(400, "bad_json", first["msg"])
    field = ".".join(str(part) for part in first["loc"])
    return Fault(400, "bad_field", f"{field or 'request'}: {first['msg']}", field)


_NAMES = {
    404: ("not_found", "There is nothing at this address."),
    405: ("wrong_method", "This address does not take that method."),
    413: ("too_large", "The request is larger than the server takes."),
}


def of_http(error: web.HTTPException) -> Fault:
    """Give the framework's own refusals our shape."""
    name, message = _NAMES.get(error.status, ("bad_request", error.reason))
    return Fault(error.status, name, message)
