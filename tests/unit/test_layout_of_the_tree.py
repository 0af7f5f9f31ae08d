"""The charter, where a machine can check it: sizes, names, pure rooms, no trace of any one machine."""

import ast
import re
import subprocess
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
ROOMS = ("lean", "ivr", "acd", "outbound", "recordings", "customers", "cti", "journal", "desk", "switchroom")
LINES, FUNCTION_LINES = 300, 25  # of a file, of a function
LONGER = {  # rooms that are not there yet; `desk` binds its routes in one function a file
    "desk": (300, 50),
    "switchroom": (300, 50),
}
NAMED = {  # what is longer, and why it reads better so
    "cti/asterisk/agi_visit.py": (340, "one automaton: each answer of a channel leads to its next command"),
    "acd/contacts.py _moved": (30, "a record written field by field, because `replace` is slow"),
    "acd/forecast.py share_in_time": (30, "one formula, step by step"),
    "cti/asterisk/survey.py read_last_words": (30, "a record read field by field"),
    "cti/voices/kokoro_speaker.py main": (30, "a program of one function, which runs in another interpreter"),
    "ivr/saying/inventory.py _chinese": (35, "a table of words"),
    "ivr/saying/inventory.py _english": (35, "a table of words"),
    "outbound/listing/row.py read": (35, "a record read field by field, a million times"),
    "switchroom/words_en.py": (400, "a table of sentences"),
    "switchroom/words_zh.py": (400, "a table of sentences"),
    "switchroom/trial/exchange.py": (340, "one line: what is asked of it, its keys and its clock are one state"),
}
PURE = (
    *("ivr", "acd", "outbound", "customers"),
    *("recordings/policy.py", "recordings/naming.py", "switchroom/centre.py", "switchroom/way.py"),
)
BANNED_IN_PURE = {
    "asyncio",
    "time",
    "random",
    "secrets",
    "logging",
    "structlog",
    "os",
    "socket",
    "subprocess",
}
BANNED_CALLS = {"now", "utcnow", "today", "open", "print", "input"}
FORBIDDEN = {
    "manager",
    "helper",
    "helpers",
    "util",
    "utils",
    "base",
    "common",
    "misc",
    "data",
    "info",
    "process",
}
THEIRS = {"data_received", "info"}  # asyncio and panoramisk call these of ours by name
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".conf", ".sh", ".html", ".css", ".js", ".csv", ".lock", ""}


def tracked() -> list[Path]:
    """Return every file that git knows or would add; a tree without git (an sdist) is walked."""
    try:
        out = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  git is on the path
            cwd=TREE, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [TREE / name for name in out.split("\0") if name and (TREE / name).is_file()]


def modules(*places: str) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = TREE / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return str(path.relative_to(TREE))


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_and_no_function_is_too_long(room):
    most, most_of_function = LONGER.get(room, (LINES, FUNCTION_LINES))
    faults = []
    for path in modules(room):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > allowed(shown(path), most):
            faults.append(f"{shown(path)} has {count} lines")
        for node in functions(path):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > allowed(f"{shown(path)} {node.name}", most_of_function):
                faults.append(f"{shown(path)}:{node.lineno} {node.name} has {lines} lines")
    assert not faults, "\n".join(faults)


def allowed(name: str, most: int) -> int:
    return NAMED[name][0] if name in NAMED else most


def test_what_is_named_as_longer_is_there_and_is_longer():
    sizes = {}
    for path in modules(*ROOMS):
        sizes[shown(path)] = (len(path.read_text(encoding="utf-8").splitlines()), LINES)
        for node in functions(path):
            lines = (node.end_lineno or 0) - node.lineno + 1
            sizes[f"{shown(path)} {node.name}"] = (lines, FUNCTION_LINES)
    needless = [name for name in NAMED if name not in sizes or sizes[name][0] <= sizes[name][1]]
    assert not needless


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_is_for_and_what_it_does_not_know(room):
    faults = []
    for path in modules(room):
        essay = ast.get_docstring(parsed(path)) or ""
        if not essay:
            faults.append(f"{shown(path)} has no docstring")
        elif "\n\n" not in essay and not small(path):
            faults.append(f"{shown(path)} does not say what it does not know")
    assert not faults, "\n".join(faults)


def small(path: Path) -> bool:
    """Tell whether one line is enough: a short module, or one that holds nothing but constants."""
    text = path.read_text(encoding="utf-8")
    body = ast.parse(text).body[1:]
    return len(text.splitlines()) < 120 or all(isinstance(node, ast.Assign | ast.AnnAssign) for node in body)


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_says_nothing(room):
    faults = []
    for path in modules(room):
        faults += [f"{shown(path)}: the file"] if FORBIDDEN & words(path.stem) else []
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            bad = FORBIDDEN & words(node.name)
            if isinstance(node, ast.ClassDef) and "handler" in words(node.name):
                bad.add("handler")
            if bad and node.name not in THEIRS:
                faults.append(f"{shown(path)}:{node.lineno} {node.name}: {', '.join(bad)}")
    assert not faults, "\n".join(faults)


def words(name: str) -> set[str]:
    """Return the words of a_name or of AName in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_the_pure_rooms_have_no_clock_no_chance_no_loop_and_no_input_or_output():
    faults = []
    for path in modules(*PURE):
        for node in ast.walk(parsed(path)):
            where = f"{shown(path)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
                faults.append(f"{where} is asynchronous")
            names = imported(node)
            faults += [f"{where} imports {name}" for name in names if name.split(".")[0] in BANNED_IN_PURE]
            if isinstance(node, ast.Call) and called(node) in BANNED_CALLS:
                faults.append(f"{where} calls {called(node)}()")
    assert not faults, "\n".join(faults)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        # Only the clock is asked for by a method; `open` and `print` are bare names, `.open()` may be ours.
        return node.func.attr if node.func.attr in {"now", "utcnow", "today"} else ""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def test_tests_are_no_package():
    assert not list((TREE / "tests").rglob("__init__.py"))


def test_test_files_have_names_of_their_own():
    names = [path.name for path in (TREE / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert len(names) == len(set(names)), "without packages, two test files of one name hide each other"


def test_every_test_file_is_marked_with_its_tier():
    for tier in ("unit", "wire", "live", "sim"):
        for path in (TREE / "tests" / tier).rglob("test_*.py"):
            text = path.read_text(encoding="utf-8")
            assert re.search(rf"^pytestmark\b.*pytest\.mark\.{tier}\b", text, re.MULTILINE | re.DOTALL), (
                shown(path)
            )


def test_our_top_level_names_are_ours_alone():
    owners = packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["switchroom"])) == {"switchroom"}, (
            f"{room} also comes from {owners[room]}"
        )


# Written in parts, so that this file does not find itself.
TRACES = re.compile(
    "|".join(
        (
            r"(?<![\w.])/" + r"(?:work|root|home/\w+|Users/\w+|tmp/\w+)/",
            r"/opt/" + r"(?:wheels|pypi)",
            r"file" + r"s\.pythonhosted|mirrors?\.[a-z]+\.(?:com|cn|edu|org)|arti" + r"factory",
            r"/simple" + r"/[a-z]",
            r"--" + r"(?:index-url|extra-index-url|find-links|trusted-host)",
        )
    )
)


def test_nothing_tells_of_the_machine_it_was_written_on():
    faults = []
    for path in tracked():
        if path.suffix not in TEXT or path.stat().st_size > 1_000_000:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if found := TRACES.search(line):
                faults.append(f"{shown(path)}:{number} {found[0]}")
    assert not faults, "\n".join(faults)


NOQA = re.compile(r"#\s*(?:ruff: )?noqa\b")
REASONED = re.compile(r"noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*[\s(`-]+\w")


def test_every_noqa_gives_its_reason():
    faults = []
    for path in modules(*ROOMS, "tests", "setup", "docs", "benchmarks"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if NOQA.search(line) and not REASONED.search(line) and "re.compile" not in line:
                faults.append(f"{shown(path)}:{number} {line.strip()}")
    assert not faults, "\n".join(faults)


def test_the_lock_pins_every_package_and_names_no_address():
    for line in (TREE / "requirements.lock").read_text().splitlines():
        assert re.fullmatch(r'#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+(; python_version >= "3\.\d+")?', line), (
            line
        )


def test_secrets_and_what_runs_are_not_tracked():
    for path in tracked():
        parts = path.relative_to(TREE).parts
        assert parts[0] not in {"var", ".venv", "node_modules"}, path
        assert not re.search(r"secrets?\.json$|\.pem$|\.key$|\.db(-wal|-shm)?$", path.name), path
