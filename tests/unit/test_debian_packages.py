"""Programs unpacked from Debian's packages: sources, suites, and what is told when it cannot be."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from cti import debian

pytestmark = pytest.mark.unit


# ── apt sources ───────────────────────────────────────────────────────────────────────────────────────────

DEB822 = """\
Types: deb
# a comment in the middle
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
"""


def test_deb822_sources_are_read():
    found = list(debian.parse_deb822(DEB822))
    assert [source.uri for source in found] == [
        "http://mirror.example/debian",
        "http://mirror.example/debian-security",
    ]
    assert found[0].suites == ("bookworm", "bookworm-updates")
    assert found[0].signed_by.endswith("debian-archive-keyring.gpg")


def test_one_line_sources_are_read():
    text = """
# deb http://old.example/debian bookworm main
deb-src http://m.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://m.example/debian bookworm main contrib # why
deb http://add-on.example/apt stable extra
"""
    found = list(debian.parse_one_line(text))
    assert [(source.uri, source.components, source.signed_by) for source in found] == [
        ("http://m.example/debian", ("main", "contrib"), "/k.gpg"),
        ("http://add-on.example/apt", ("extra",), ""),
    ]


def test_the_mirror_is_debian_itself_not_security_or_an_add_on(monkeypatch):
    monkeypatch.delenv(debian.MIRROR_VARIABLE, raising=False)
    add_on = debian.Source("https://add-on.example/apt", ("cloud-bookworm",), ("main",))
    security = debian.Source("http://m.example/debian-security", ("bookworm-security",), ("main",))
    own = debian.Source("http://cache.example/deb-remote/", ("bookworm",), ("main", "contrib"))
    plain = debian.Source("http://m.example/debian/", ("bookworm",), ("main",))
    assert debian.debian_mirror([add_on, security]) is None
    assert debian.debian_mirror([add_on, security, own]) == own
    assert debian.debian_mirror([own, plain]) == plain
    monkeypatch.setenv(debian.MIRROR_VARIABLE, "http://named.example/debian")
    assert debian.debian_mirror([plain]).uri == "http://named.example/debian"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6", (22, 10, 1)),
        ("1:22.10.1~dfsg-1", (22, 10, 1)),
        ("asterisk-22.9", (22, 9)),
        ("", ()),
    ],
)
def test_versions_are_numbers(text, version):
    assert debian.version_of(text) == version


@pytest.mark.parametrize(
    ("triple", "loader"),
    [("x86_64-linux-gnu", "ld-linux-x86-64.so.2"), ("aarch64-linux-gnu", "ld-linux-aarch64.so.1")],
)
def test_a_program_starts_through_its_own_loader_on_both_machines(tmp_path, triple, loader):
    for path in (f"usr/lib/{triple}/{loader}", "usr/sbin/asterisk"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    command = debian.command_in(tmp_path, "asterisk")
    assert command[0] == str(tmp_path / f"usr/lib/{triple}/{loader}")
    assert str(tmp_path / f"usr/lib/{triple}") in command[2].split(":")
    assert command[3] == str(tmp_path / "usr/sbin/asterisk")


def test_a_folder_that_is_not_whole_is_told_with_its_remedy(tmp_path):
    with pytest.raises(debian.CannotUnpackError, match="delete that folder"):
        debian.command_in(tmp_path, "asterisk")


def test_no_apt_and_no_mirror_are_told_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(debian.MIRROR_VARIABLE, raising=False)
    monkeypatch.setattr(debian, "machine_sources", tuple)
    with pytest.raises(debian.CannotUnpackError, match=f"no Debian mirror .*{debian.MIRROR_VARIABLE}"):
        debian.unpack(("asterisk",), suite="sid")
    monkeypatch.setattr(debian.shutil, "which", lambda *_: None)
    with pytest.raises(debian.CannotUnpackError, match="apt-get, dpkg, dpkg-deb not found"):
        debian.unpack(("asterisk",), suite="sid")
    assert not list(debian.cache_folder().glob("asterisk*"))
    assert not list(debian.cache_folder().glob(".unpacking*"))


def test_two_who_unpack_at_once_do_it_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    worked: list[str] = []

    def slow(work: Path, packages: tuple[str, ...], suite: str, say: debian.Say) -> Path:
        worked.append(suite)
        time.sleep(0.1)  # the other one must be waiting at the lock now
        root = work / "root"
        root.mkdir()
        final = debian.cache_folder() / "asterisk-22.10.1"
        root.rename(final)
        return final

    monkeypatch.setattr(debian, "_unpack_in", slow)
    roots: list[Path] = []
    both = [threading.Thread(target=lambda: roots.append(debian.unpack(("asterisk",), suite="sid"))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert worked == ["sid"]
    assert roots == [tmp_path / "switchroom/asterisk-22.10.1"] * 2


def test_the_leavings_of_a_killed_set_up_are_cleared(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(debian, "_unpack_in", lambda work, *_: work)
    stale = debian.cache_folder() / ".unpacking-asterisk-dead"
    stale.mkdir(parents=True)
    debian.unpack(("asterisk",), suite="sid")
    assert not stale.exists()
    assert [path.name for path in debian.cache_folder().iterdir()] == [".asterisk.lock"]
