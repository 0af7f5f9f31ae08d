"""The description of the API (OpenAPI 3.1), made from the table of routes.

It does not know the routes' meaning beyond their summary and shapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from desk.asking import COOKIE, Route, Who
from desk.models import Refusal

_REF: Final = "#/components/schemas/{model}"
_MEANINGS: Final = {
    400: "The request is not well formed.",
    401: "Not logged in, or wrong user or password.",
    403: "This role may not, or the request came from a foreign page.",
    404: "There is no such thing, or it is not this user's to see.",
    408: "The body came too slowly.",
    409: "The floor will not do it in this state.",
    413: "The request is too large.",
    415: "The body is not application/json.",
    416: "The range lies outside.",
    422: "What was sent is well formed but cannot be taken; the message says why.",
    429: "Too many tries; Retry-After says how long to wait.",
    503: "Not ready; the body says why.",
}

Schema = dict[str, Any]


def describe(routes: Sequence[Route], version: str) -> Schema:
    """Describe all routes."""
    schemas: Schema = {}
    paths: Schema = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    _schema(Refusal, "serialization", schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Switchroom", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
        },
    }


def _operation(route: Route, schemas: Schema) -> Schema:
    described: Schema = {
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "security": [] if route.who is Who.ANYONE else [{"session": []}],
        "responses": _responses(route, schemas),
        "x-who": route.who.value,
    }
    parameters = _path_parameters(route)
    if route.asked is not None and route.method == "GET":
        parameters += _query_parameters(_resolved(route.asked))
    if parameters:
        described["parameters"] = parameters
    if route.asked is not None and route.method == "POST":
        shape = _schema(route.asked, "validation", schemas)
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": shape}}}
    if route.takes:
        shape = {"type": "string", "format": "binary"}
        described["requestBody"] = {"required": True, "content": {route.takes: {"schema": shape}}}
    return described


def _responses(route: Route, schemas: Schema) -> Schema:
    shape: Schema = {"type": "string"}
    if route.answer is not None:
        shape = _schema(route.answer, "serialization", schemas)
    answers: Schema = {"200": {"description": "Done.", "content": {route.content: {"schema": shape}}}}
    if route.content == "audio/wav":
        answers["206"] = {"description": "The range asked for.", "content": answers["200"]["content"]}
    for status in sorted(_refusals(route)):
        refusal = shape if status == 503 else {"$ref": _REF.format(model="Refusal")}
        answers[str(status)] = {
            "description": _MEANINGS[status],
            "content": {"application/json": {"schema": refusal}},
        }
    return answers


def _refusals(route: Route) -> set[int]:
    known = set(route.refusals) | {400}
    if route.method == "POST":
        known |= {403, 413, 415}
    if route.who is not Who.ANYONE:
        known |= {401}
    if route.who not in (Who.ANYONE, Who.USER) or route.path == "/metrics":
        known |= {403}
    return known


def _path_parameters(route: Route) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _query_parameters(shape: Schema) -> list[Schema]:
    return [
        {"name": name, "in": "query", "required": name in shape.get("required", ()), "schema": field}
        for name, field in shape["properties"].items()
    ]


def _resolved(asked: Any) -> Schema:
    return TypeAdapter(asked).json_schema(mode="validation")


def _schema(shape: Any, mode: JsonSchemaMode, schemas: Schema) -> Schema:
    made = TypeAdapter(shape).json_schema(mode=mode, ref_template=_REF)
    schemas.update(made.pop("$defs", {}))
    title = made.get("title")
    if made.get("type") == "object" and title:
        schemas[title] = made
        return {"$ref": _REF.format(model=title)}
    return made
