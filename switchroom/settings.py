"""The shape of every setting: its section, its key, its type and limits, its default.

It does not know where a value comes from (`config.py` reads the file and the environment), nor what is done
with it.

All sections are frozen. Paths are absolute once `config.load` has returned. Secrets are never in here, only
the names of the files that hold them; `secret_files.read_secret` reads one when it is needed.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Port = Annotated[int, Field(ge=1, le=65535)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]+$")]
VoiceChoice = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?=(auto|espeak-ng|flite|piper|kokoro(:[a-z_]+)?)$"),
]
Prefix = Annotated[str, StringConstraints(pattern=r"^(\+|\+?\d{1,15})$")]
Person = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}(:[a-z0-9][a-z0-9-]{0,60})?$")]
UNSET = Path()


class Language(StrEnum):
    """The languages that every screen and prompt exists in."""

    ENGLISH = "en"
    CHINESE = "zh-CN"


class Durability(StrEnum):
    """What a committed fact survives: our own death, or also a power cut (slower: one fsync a commit)."""

    PROCESS = "process"
    POWER = "power"


class BusMode(StrEnum):
    """Where facts are published: nowhere, on a broker inside our own process, or on a broker of yours."""

    NONE = "none"
    IN_PROCESS = "in_process"
    MQTT = "mqtt"


class LogLevel(StrEnum):
    """The least grave line that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line looks: for machines, for eyes, or for eyes when they are there (a terminal)."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class Section(BaseModel):
    """One table of switchroom.toml: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ServerSettings(Section):
    """Folders, and the language, time zone and home country code where nothing finer says otherwise."""

    data: Path = Path("var")
    dialplans: Path = Path("dialplans")
    language: Language = Language.ENGLISH
    timezone: str = "UTC"
    country: Annotated[str, StringConstraints(pattern=r"^\d{0,3}$")] = "86"


class HttpSettings(Section):
    """Where the pages, the API, /healthz and /metrics listen."""

    host: Host = "127.0.0.1"
    port: Port = 8080


class JournalSettings(Section):
    """Where the facts are kept. `url` is SQLAlchemy's; after loading it is never empty."""

    url: str = ""
    durability: Durability = Durability.PROCESS


class BusSettings(Section):
    """Where facts are published. `password_file` is None when the broker asks for none."""

    mode: BusMode = BusMode.NONE
    url: str = "mqtt://127.0.0.1:1883"
    username: str = ""
    password_file: Path | None = None


class AgiSettings(Section):
    """Where our FastAGI server listens for Asterisk."""

    host: Host = "127.0.0.1"
    port: Port = 4573


class NodeSettings(Section):
    """One Asterisk. `own` means that we start, configure and stop it ourselves (`switchroom asterisk`).

    `recordings` is the folder as this server sees it, `asterisk_recordings` the same folder as Asterisk sees
    it. Only for an own node: `sip_port`, `bind`, `rtp_from`, `rtp_to`, and `trunks`, the addresses whose
    calls come in without a password; the first takes the calls that go out, HOST:PORT where it is not 5060.
    """

    name: Name
    own: bool = False
    ami_host: Host = "127.0.0.1"
    ami_port: Port = 5038
    ami_user: Name = "switchroom"
    ami_secret_file: Path = UNSET
    ami_tls: bool = False
    agi_token_file: Path = UNSET
    recordings: Path = UNSET
    asterisk_recordings: Path = UNSET
    bind: Host = "127.0.0.1"
    sip_port: Port = 15060
    rtp_from: Port = 20000
    rtp_to: Port = 20999
    trunks: tuple[Host, ...] = ("127.0.0.1",)


class OutsideSettings(Section):
    """Where callers may be connected to: the first digits of allowed numbers. None, unless they are written here.

    The whole number must be digits, with or without `+`. Everything else is refused, whatever a flow says.
    """

    numbers: tuple[Prefix, ...] = ()


class PeopleSettings(Section):
    """Who may log in beside the agents. `NAME:DEPARTMENT` runs the campaigns of one department alone."""

    supervisors: tuple[Name, ...] = ("supervisor",)
    campaigns: tuple[Person, ...] = ("campaigns",)
    administrators: tuple[Name, ...] = ("administrator",)


class ListSettings(Section):
    """For how many days a list is kept that is done with; 0: for ever."""

    keep_days: Annotated[int, Field(ge=0, le=3650)] = 0


class RecordingSettings(Section):
    """For how many days after its talk a law wants a recording kept, whoever asks; 0: none does."""

    keep_days: Annotated[int, Field(ge=0, le=36500)] = 0


class FigureSettings(Section):
    """Seconds: answered within `target` is in time; a caller gone before `short` is a short abandon."""

    target: Annotated[float, Field(gt=0, le=3600)] = 20.0
    short: Annotated[float, Field(ge=0, le=3600)] = 5.0


class PromptSettings(Section):
    """Who speaks prompts that nobody recorded: `voices` are `language=voice`, others are `auto`.

    `python` is an interpreter that has piper or kokoro, "" for our own; `kokoro_voices` the folder of its voices.
    """

    voices: tuple[VoiceChoice, ...] = ()
    python: str = ""
    kokoro_voices: Path | None = None


class LogSettings(Section):
    """What is written to standard error, and how."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.AUTO


def private_node() -> NodeSettings:
    """Return the node used when switchroom.toml names none: an Asterisk of our own, off the usual ports."""
    return NodeSettings(name="a1", own=True, ami_port=15038)


class Settings(Section):
    """Everything that can be set, read once before the first socket opens."""

    server: ServerSettings = ServerSettings()
    http: HttpSettings = HttpSettings()
    journal: JournalSettings = JournalSettings()
    bus: BusSettings = BusSettings()
    agi: AgiSettings = AgiSettings()
    nodes: Annotated[tuple[NodeSettings, ...], Field(alias="node")] = (private_node(),)
    outside: OutsideSettings = OutsideSettings()
    people: PeopleSettings = PeopleSettings()
    lists: ListSettings = ListSettings()
    recordings: RecordingSettings = RecordingSettings()
    figures: FigureSettings = FigureSettings()
    prompts: PromptSettings = PromptSettings()
    log: LogSettings = LogSettings()


def anchored(settings: Settings, folder: Path) -> Settings:
    """Make each path absolute (relative ones start at `folder`) and fill in what follows from the rest."""
    data = (folder / settings.server.data).absolute()
    server = settings.server.model_copy(
        update={"data": data, "dialplans": (folder / settings.server.dialplans).absolute()}
    )
    url = settings.journal.url or f"sqlite:///{data / 'journal.db'}"
    password = settings.bus.password_file and (folder / settings.bus.password_file).absolute()
    kokoro = settings.prompts.kokoro_voices and (folder / settings.prompts.kokoro_voices).absolute()
    return settings.model_copy(
        update={
            "server": server,
            "journal": settings.journal.model_copy(update={"url": url}),
            "bus": settings.bus.model_copy(update={"password_file": password}),
            "prompts": settings.prompts.model_copy(update={"kokoro_voices": kokoro}),
            "nodes": tuple(_anchored_node(node, folder, data) for node in settings.nodes),
        }
    )


def _anchored_node(node: NodeSettings, folder: Path, data: Path) -> NodeSettings:
    def path(given: Path, default: Path) -> Path:
        return default if given == UNSET else (folder / given).absolute()

    recordings = path(node.recordings, data / "recordings")
    # Left as written when given: it is a path in Asterisk's world, perhaps on another machine.
    theirs = recordings if node.asterisk_recordings == UNSET else node.asterisk_recordings
    return node.model_copy(
        update={
            "ami_secret_file": path(node.ami_secret_file, data / "secrets" / f"{node.name}-ami"),
            "agi_token_file": path(node.agi_token_file, data / "secrets" / f"{node.name}-agi"),
            "recordings": recordings,
            "asterisk_recordings": theirs,
        }
    )
