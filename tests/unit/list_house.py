"""A store of lists, and files brought to it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from journal.lead_store import LeadStore
from switchroom.list_import import Wish, stage

LIST = "客户编号,姓名,手机号,余额\nC1,王伟,13812345678,=1+2\nC2,李娜,13812345679,5\n"


@pytest.fixture
def house(tmp_path):
    """A store, and `take`, which imports text or bytes and returns the list's file."""
    with LeadStore(tmp_path / "lists") as store:
        yield SimpleNamespace(
            store=store, path=tmp_path / "in.csv", take=lambda *text, **said: take(store, tmp_path, *text, **said)
        )


def wish_for(path, name="jan", region="CN", **said):
    return Wish(path, name, region, "Asia/Shanghai", "ann", **said)


def take(store, folder, written, name="jan", **said):
    path = folder / "in.csv"
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    with stage(store, wish_for(path, name, **said), 1000.0) as staged:
        staged.keep()
    return store.file(name)


def leads(file):
    return list(file.all_leads())
