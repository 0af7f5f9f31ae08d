"""Editions on disk: copied, checked, kept, found again, and brought back."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import small_floor

from switchroom.edition import Edition
from switchroom.floorplan import load_floor
from switchroom.rollback import keep_present, plan_return, with_entries, write_files
from switchroom.staging import CannotRender, Opening, Refusal, opening
from switchroom.versions import Deployed, fingerprint

pytestmark = pytest.mark.unit


@pytest.fixture
def stage(tmp_path):
    made = small_floor.stage_in(tmp_path)
    small_floor.write(made.dialplans)
    return made


def deploy(stage, edition: Edition, at: float, how: str = "saved") -> None:
    flows = ({"flow": name, "version": flow.version} for name, flow in edition.plan.floor.flows.items())
    named = ({"flow": "", "version": ""}, *flows)
    stage.versions.note(tuple(Deployed(at, edition.key, before="", by="anna", how=how, **one) for one in named))


def version(edition: Edition) -> str:
    return edition.plan.floor.flows["main"].version


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_equal_files_are_one_edition_and_any_change_is_another(stage):
    first, again = stage.edition(), stage.edition()
    assert first.key == again.key
    (stage.dialplans / "queues.yaml").write_text(small_floor.QUEUES + "# a word\n")
    other = stage.edition()
    assert other.key != first.key
    assert version(other) == version(first), "queues are not what makes a flow's version"


def test_an_edition_is_kept_as_it_was_and_read_back(stage):
    first = stage.edition()
    small_floor.write(stage.dialplans, 2)
    kept = stage.kept(first.key)
    assert version(kept) == version(first)
    assert kept.sounds == first.sounds
    assert "hello-1" in kept.plan.floor.flows["main"].steps


def test_a_text_is_kept_once_however_many_editions_have_it(stage):
    for number in range(5):
        small_floor.write(stage.dialplans, number + 1)
        stage.edition()
    numbers = {path.stat().st_ino for path in stage.versions.folder.glob("*/numbers.yaml")}
    assert len(list(stage.versions.folder.glob("*/numbers.yaml"))) == 5
    assert len(numbers) == 1


def test_nothing_is_left_behind_by_a_save_that_is_refused(stage):
    (stage.dialplans / "flows" / "main.yaml").write_text("flow: main\nsteps: [\n")
    refused = stage.edition()
    assert isinstance(refused, Refusal)
    assert str(stage.dialplans / "flows" / "main.yaml") + ":" in refused.lines()[0], "it names the file that is edited"
    assert not [path for path in stage.versions.folder.iterdir() if path.name.startswith(".copy")]


def test_customers_are_never_copied(stage):
    (stage.dialplans / "customers.csv").write_text("number,customer,name,segment\n13800000001,c1,Li Na,gold\n")
    edition = stage.edition()
    link = stage.versions.place(edition.key) / "customers.csv"
    assert link.is_symlink()
    assert edition.plan.customer("13800000001").name == "Li Na"
    texts = b"".join(path.read_bytes() for path in (stage.versions.folder / "files").iterdir())
    assert b"13800000001" not in texts


def test_a_prompt_that_cannot_be_made_is_a_refusal(tmp_path):
    def render(_floor):
        raise CannotRender("no voice for prompt 'hello' in en")

    stage = small_floor.stage_in(tmp_path, render)
    small_floor.write(stage.dialplans)
    assert stage.edition().lines() == ("no voice for prompt 'hello' in en",)


def test_sounds_that_are_gone_are_made_again(tmp_path):
    made = []

    def render(floor):
        made.append(floor)
        return {key: str(tmp_path / f"{key[0]}-{len(made)}") for key in floor.prompts}

    stage = small_floor.stage_in(tmp_path, render)
    small_floor.write(stage.dialplans)
    first = stage.edition()
    for path in first.sounds.values():
        Path(f"{path}.wav").write_bytes(b"")
    assert stage.kept(first.key).sounds == first.sounds
    assert len(made) == 1
    Path(f"{next(iter(first.sounds.values()))}.wav").unlink()
    assert stage.kept(first.key).sounds != first.sounds
    assert len(made) == 2


def test_two_programs_may_keep_the_same_at_once(stage):
    with ThreadPoolExecutor(4) as pool:
        keys = {made.key for made in pool.map(lambda _: stage.edition(), range(8))}
    assert len(keys) == 1
    assert stage.kept(keys.pop()) is not None


def test_a_folder_that_cannot_be_read_is_a_refusal(tmp_path):
    stage = small_floor.stage_in(tmp_path)
    assert isinstance(stage.edition(), Refusal)


def test_a_full_disk_is_a_refusal_and_leaves_nothing(stage, monkeypatch):
    def full(_self, _path, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(stage.versions), "_copy_text", full)
    assert "No space left" in stage.edition().lines()[0]
    assert not list(stage.versions.folder.glob(".copy-*"))


def test_a_copy_that_somebody_died_over_is_tidied_up_in_time(stage):
    _, copy = stage.versions.copy(stage.dialplans)
    now = copy.stat().st_mtime
    stage.versions.tidy(now + 60.0)
    assert copy.exists()
    stage.versions.tidy(now + 7200.0)
    assert not copy.exists()


def test_a_link_back_to_the_folder_itself_ends(stage):
    (stage.dialplans / "flows" / "again").symlink_to(stage.dialplans)
    assert fingerprint(stage.dialplans)
    assert isinstance(stage.edition(), Edition)


def test_what_looks_like_an_editors_leftover_is_no_change(stage):
    before, looks = stage.edition().key, fingerprint(stage.dialplans)
    (stage.dialplans / "flows" / ".main.yaml.swp").write_text("x")
    (stage.dialplans / "flows" / "main.yaml~").write_text("x")
    assert (stage.edition().key, fingerprint(stage.dialplans)) == (before, looks)


def test_a_file_of_the_same_size_looks_different(stage):
    looks = fingerprint(stage.dialplans)
    path = stage.dialplans / "flows" / "main.yaml"
    status = path.stat()
    path.write_text(path.read_text().replace("hello-1", "hallo-1"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert fingerprint(stage.dialplans) != looks


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_version_is_found_by_what_was_deployed_and_else_by_what_is_kept(stage):
    first = stage.edition()
    deploy(stage, first, 1.0)
    second = small_floor.edition(stage, 2)
    assert stage.versions.find("main", version(first)) == first.key
    assert stage.versions.find("main", version(second)) == second.key, "staged, then we died"
    assert stage.versions.find("main", "no-version") == ""
    assert stage.versions.head() == first.key


def test_a_line_that_was_not_written_to_its_end_is_passed_over(stage):
    first = stage.edition()
    deploy(stage, first, 1.0)
    with (stage.versions.folder / "deployed.jsonl").open("a") as log:
        log.write('{"at": 2.0, "edition": "f00')
    assert stage.versions.head() == first.key


def test_a_call_back_that_is_open_at_a_start_needs_no_edition(stage):
    """It goes through no flow. A server that looked for one could not start while anybody was to be called back."""
    one = stage.edition()
    deploy(stage, one, 1.0)
    assert stage.of_calls(one, [("", "")]) == {}


def test_the_editions_of_calls_are_loaded_each_once(stage):
    first = stage.edition()
    second = small_floor.edition(stage, 2)
    third = small_floor.edition(stage, 3)
    found = stage.of_calls(third, [("main", version(one)) for one in (first, second, third)] + [("gone", "x")])
    assert {pair[1] for pair in found} == {version(first), version(second)}
    assert found["main", version(first)].sounds == first.sounds


def test_a_server_begins_with_what_was_in_force_and_is_not_kept_out_by_a_bad_file(stage):
    first = stage.edition()
    deploy(stage, first, 1.0)
    (stage.dialplans / "numbers.yaml").write_text("numbers: {}\nfallback: nobody\n")
    begun = opening(stage)
    assert isinstance(begun, Opening)
    assert begun.edition.key == first.key
    assert isinstance(begun.found, Refusal)


def test_a_first_server_with_a_bad_file_does_not_open(stage):
    (stage.dialplans / "numbers.yaml").write_text("numbers: {}\nfallback: nobody\n")
    assert isinstance(opening(stage), Refusal)


# ── bringing back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_version_comes_back_with_its_prompts_and_nothing_else(stage):
    first = stage.edition()
    small_floor.write(stage.dialplans, 2, agents=small_floor.AGENTS.replace("Ann", "Anna"))
    prompts = stage.dialplans / "prompts" / "en.yaml"
    prompts.write_text("# the greeting\n" + prompts.read_text() + "others: Not of this flow\n")
    found = plan_return(stage.versions, stage.dialplans, "main", version(first))
    assert not found.faults
    assert not found.missed
    write_files(stage.dialplans, found.files)
    floor, _ = load_floor(stage.dialplans)
    assert floor.flows["main"].version == version(first)
    assert floor.prompts["others", "en"] == "Not of this flow"
    assert floor.agents["ann"].name == "Anna"
    told = "hello: Hello 1\nask: Ask 1\nmore: More 1\n"
    assert prompts.read_text() == f"# the greeting\n{told}# the end\nothers: Not of this flow\n"


def test_a_version_that_would_not_be_sound_today_is_not_written(tmp_path):
    stage = small_floor.stage_in(tmp_path)
    loans = small_floor.QUEUES + "loans:\n  ring_for: 10s\n  wrap_up: 5s\n"
    agents = small_floor.AGENTS.replace("queues: [cards]", "queues: [cards, loans]")
    first = small_floor.edition(stage, 1, agents=agents, queues=loans, queue="loans")
    small_floor.write(stage.dialplans, 2)
    found = plan_return(stage.versions, stage.dialplans, "main", version(first))
    assert any(fault.code == "unknown-queue" for fault in found.faults)
    assert str(stage.dialplans) in found.faults[0].file


def test_what_is_overwritten_is_kept_even_with_faults(stage):
    stage.edition()
    (stage.dialplans / "flows" / "main.yaml").write_text("flow: main # half a")
    place = keep_present(stage.versions, stage.dialplans)
    assert (place / "flows" / "main.yaml").read_text() == "flow: main # half a"


def test_the_version_of_now_needs_no_files(stage):
    first = stage.edition()
    assert plan_return(stage.versions, stage.dialplans, "main", version(first)).files == {}


@pytest.mark.parametrize(
    ("now", "then", "names", "after"),
    [
        ("a: 1\nb: 2\n", "a: 9\nb: 8\n", {"a"}, "a: 9\nb: 2\n"),
        ("a: 1\n", "a: 1\nnew: two\n  lines\n", {"new"}, "a: 1\nnew: two\n  lines\n"),
        ("a: 1", "a: 1\nb: 2", {"b"}, "a: 1\nb: 2\n"),
        ("a: one\n  two\n\n# about b\nb: 2\n", "a: x\nb: 2\n", {"a"}, "a: x\n\n# about b\nb: 2\n"),
        ('a: "1"   # said\n', "a: 1\n", {"a"}, 'a: "1"   # said\n'),
        ("", "a: 1\n", {"a"}, "a: 1\n"),
    ],
)
def test_a_catalogue_changes_in_the_entries_that_are_wanted_and_nowhere_else(now, then, names, after):
    assert with_entries(now.encode(), then.encode(), names).decode() == after
