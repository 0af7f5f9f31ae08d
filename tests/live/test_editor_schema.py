"""The schema of flows in a real editor's language server: it completes, explains, and marks a wrong key."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cti.debian import cache_folder
from ivr.known import Known
from ivr.schema import flow_schema

pytestmark = pytest.mark.live

SERVER = cache_folder() / "yaml-language-server-2.0.0/node_modules/yaml-language-server/bin/yaml-language-server"
KNOWN = Known({"en": frozenset({"hello", "main-menu"})}, frozenset({"cards", "loans"}))
FLOW = """\
# yaml-language-server: $schema=flow.schema.json
flow: demo
languages: [en]
start: menu
steps:
  menu:
    menu: hello
    keys:
      1: bye
    tries: 3
    no_input: bye
    no_match: bye
  bye:
    hangup: normal
"""


class Editor:
    """What an editor says to a language server over its standard streams, and what it hears."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        node = shutil.which("node")
        assert node
        self.server = subprocess.Popen(  # noqa: S603 - the server that set-up installed
            [node, str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(self) -> None:
        workspace = [{"uri": self.folder.as_uri(), "name": "flows"}]
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": workspace})
        self._send({"method": "initialized", "params": {}})
        settings = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": settings}})

    def open(self, text: str) -> list[dict[str, Any]]:
        """Open a file and return what the server finds wrong with it."""
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return self._wait(lambda told: told.get("method") == "textDocument/publishDiagnostics")["params"]["diagnostics"]

    def at(self, method: str, line: int, character: int) -> Any:
        where = {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}}
        return self.ask(f"textDocument/{method}", where)

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.asked += 1
        number = self.asked
        self._send({"id": number, "method": method, "params": params})
        return self._wait(lambda told: told.get("id") == number and "method" not in told)["result"]

    @property
    def uri(self) -> str:
        return (self.folder / "demo.yaml").as_uri()

    def close(self) -> None:
        self.server.kill()
        self.server.wait()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def _wait(self, wanted: Any) -> dict[str, Any]:
        while True:
            told = self.heard.get(timeout=60)
            if wanted(told):
                return told

    def _listen(self) -> None:
        stream = self.server.stdout
        assert stream
        while True:
            size = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    size = int(line.partition(b":")[2])
            if not size:
                return
            told = json.loads(stream.read(size))
            if "id" in told and "method" in told:  # it asks us: for settings, or to be told of changes
                items = told.get("params", {}).get("items", [])
                self._send({"id": told["id"], "result": [None] * len(items) if items else None})
            else:
                self.heard.put(told)


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    if not SERVER.exists() or not shutil.which("node"):
        pytest.skip("yaml-language-server is not installed; set-up with --test installs it where there is npm")
    (tmp_path / "flow.schema.json").write_text(json.dumps(flow_schema(KNOWN)), encoding="utf-8")
    found = Editor(tmp_path)
    try:
        found.begin()
        yield found
    finally:
        found.close()


def labels(completion: Any) -> set[str]:
    items = completion["items"] if isinstance(completion, dict) else completion
    return {item["label"] for item in items}


def test_a_sound_flow_is_not_marked(editor: Editor) -> None:
    assert editor.open(FLOW) == []


def test_a_wrong_key_and_a_missing_exit_are_marked_at_their_line(editor: Editor) -> None:
    text = FLOW.replace("    tries: 3\n", "    tries: 3\n    waits: 5s\n").replace("    no_match: bye\n", "")
    told = editor.open(text)
    marks = {(mark["range"]["start"]["line"], mark["message"]) for mark in told}
    assert any(line == 10 and "waits" in message for line, message in marks)
    assert any("no_match" in message for _, message in marks)


def test_a_value_out_of_range_is_marked(editor: Editor) -> None:
    told = editor.open(FLOW.replace("tries: 3", "tries: 12").replace("hangup: normal", "hangup: norml"))
    assert {mark["range"]["start"]["line"] for mark in told} == {9, 13}


def test_a_key_is_explained_when_the_pointer_rests_on_it(editor: Editor) -> None:
    editor.open(FLOW)
    told = editor.at("hover", 9, 6)["contents"]["value"]
    assert "How often the menu is played in all" in told
    assert "1 to 9" in told


def test_verbs_keys_and_the_names_of_the_floor_are_offered(editor: Editor) -> None:
    editor.open(FLOW + "  person:\n    queue: cards\n    \n  wait:\n    \n")
    assert {"limit", "answered", "timed_out", "skills"} <= labels(editor.at("completion", 16, 4))
    assert {"cards", "loans"} <= labels(editor.at("completion", 15, 11))
    assert {"menu", "play", "collect", "queue"} <= labels(editor.at("completion", 18, 4))
