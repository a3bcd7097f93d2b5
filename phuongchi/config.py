"""`phuongchi.toml` as one frozen value. The only reader of configuration files and environment.

Everything below gets its configuration from here as arguments.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from phuongchi import __version__
from phuongchi.addresses import check_listen, check_mails, only_server
from phuongchi.databases import normalised, without_password
from phuongchi.settings import SETTINGS, Setting, Value
from phuongchi.times import Window, parse_cron, parse_window
from phuongchi.tomlfile import TomlText, nearest
from storage.errors import NoArchive, UsageError

FILE = "phuongchi.toml"
VARIABLE = "PHUONGCHI_ARCHIVE"
_NAMES = {setting.name: setting for setting in SETTINGS}
_TABLES = sorted({name.partition(".")[0] for name in _NAMES if "." in name})
_TYPES = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
_MAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+")


@dataclass(frozen=True, slots=True)
class Fetching:
    """How pages are asked for: seconds, counts, and sizes in MiB."""

    delay: float
    per_server: int
    active: int
    batch: int
    processes: int
    silence: int
    timeout: int
    connect: int
    first_byte: int
    idle: int
    quiet: str
    max_pages: int
    max_body: int
    max_attachment: int
    attachments: Literal["documents", "none"]
    images: Literal["none"]
    stopped_platforms: str
    browser: Literal["off", "auto"]
    chromium: str


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What reading one capture may take: processor and wall seconds, memory in MiB; `processes` 0 is one per core."""

    processes: int
    cpu: int
    wall: int
    memory: int


@dataclass(frozen=True, slots=True)
class Serving:
    """How the archive is served: the public address, whether other sites' scripts may read, seconds a question, requests,
    what pages and the API hide, and whether search engines and operators elsewhere are let in.
    """

    url: str
    cors: bool
    seconds: float
    concurrent: int
    public_view: Literal["mask", "full"]
    public_api: Literal["auto", "mask", "full"]
    public_index: bool
    operators_view: bool


@dataclass(frozen=True, slots=True)
class Notifying:
    """Whom a night is told to, and how. Files are relative to the archive; passwords are read where they are used."""

    when: Literal["trouble", "always"]
    to: tuple[str, ...]
    sender: str
    smtp_host: str
    smtp_port: int
    smtp_security: Literal["starttls", "tls", "none"]
    smtp_ca: str
    smtp_user: str
    smtp_password_file: str
    webhook: str
    webhook_secret_file: str
    heartbeat_url: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Logging:
    """How the log is written; `file` None: to stderr alone."""

    format: Literal["text", "json"]
    file: Path | None
    level: Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What WARC files are kept, and where: days after which those of the series `watch` go, 0 for never; the shelf that takes
    finished ones, and the file of its options, both empty for none.
    """

    watch_retention_days: int
    remote: str
    remote_file: str


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one archive."""

    folder: Path
    operator: str
    contact: str
    database: str
    runner: str
    night: Window
    schedule: str
    min_free: int
    fetch: Fetching
    read: ReadLimits
    warc: Keeping
    serve: Serving
    notify: Notifying
    log: Logging
    listen: tuple[str, int] | None
    clock_url: str
    values: Mapping[str, Value]

    @property
    def shown(self) -> dict[str, Value]:
        """All settings as they may be shown: the database's address without its password, of secret ones the server."""
        return {name: _shown(_NAMES[name], value) for name, value in self.values.items()}

    @property
    def user_agent(self) -> str:
        """What every request calls itself. The token for robots.txt is its first word, `PhuongChi`."""
        who = "; ".join(part for part in (_contact_link(self.contact), _plain(self.operator)) if part)
        return f"PhuongChi/{__version__}" + (f" ({who})" if who else "")

    def require_contact(self, *, why: str) -> None:
        """Raise UsageError unless operator and contact are set: portals must be able to find who asks."""
        missing = [name for name in ("operator", "contact") if not self.values[name]]
        if missing:
            raise UsageError(
                f"{' and '.join(missing)} not set in {self.folder / FILE}, and {why} would be asked",
                cure='Set them: operator = "…" and contact = "mail or web address"',
            )


def find_archive(given: Path | None, environment: Mapping[str, str], current: Path) -> Path:
    """The archive's folder: `-C`, else PHUONGCHI_ARCHIVE, else upward from `current` as git does. Raises NoArchive."""
    for folder, source in ((given, "-C"), (environment.get(VARIABLE), VARIABLE)):
        if folder:
            path = Path(folder).expanduser().absolute()
            if not (path / FILE).is_file():
                raise NoArchive(f"no archive in {path} (from {source})", cure=f"Make one with: phuongchi init {path}")
            return path
    for path in (current, *current.parents):
        if (path / FILE).is_file():
            return path
    raise NoArchive(
        f"no archive in {current} or above it", cure="Name one with -C DIR, or make one with: phuongchi init DIR"
    )


def load(folder: Path) -> Config:
    """The configuration of the archive in `folder`. Raises UsageError naming file, line, key and cure."""
    source = TomlText.read(folder / FILE)
    values = {setting.name: setting.default for setting in SETTINGS}
    for name, value in _flatten(source):
        values[name] = _checked(source, _NAMES[name], value)
    return _build(folder, values)


def refuse_unusable(values: Mapping[str, Value]) -> None:
    """Raise UsageError when one of these settings, by name, cannot be used; empty ones are not set."""
    for name, value in values.items():
        if problem := _problem(_NAMES[name], value) if value != "" else "":
            setting = _NAMES[name]
            shown = "" if name == "database" or setting.secret else f" = {value!r}"
            raise UsageError(f"{name}{shown}: {problem}", cure=_NAMES[name].meaning)


def _flatten(source: TomlText) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in source.values.items():
        if key in _TABLES and isinstance(value, dict):
            found += [(f"{key}.{inner}", item) for inner, item in value.items()]
        else:
            found.append((key, value))
    for name, _ in found:
        if name not in _NAMES:
            table, _, key = name.rpartition(".")
            cure = nearest(name, _NAMES) or "All settings: phuongchi config"
            raise source.complaint(f"{name} is not a setting", table, key, cure=cure)
    return found


def _checked(source: TomlText, setting: Setting, value: object) -> Value:
    table, _, key = setting.name.rpartition(".")
    kind = type(setting.default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise source.complaint(f"{setting.name} must be {_TYPES[kind]}", table, key, cure=_example(setting))
    problem = _problem(setting, value)
    if problem:
        shown = _shown(setting, value)
        raise source.complaint(f"{setting.name} = {shown!r}: {problem}", table, key, cure=_example(setting))
    return value


def _shown(setting: Setting, value: Value) -> Value:
    """A value as people may see it."""
    if setting.secret:
        return only_server(str(value))
    return without_password(str(value)) if setting.name == "database" else value


def _problem(setting: Setting, value: Value) -> str:
    if setting.choices and value not in setting.choices:
        return "must be " + " or ".join(setting.choices)
    if isinstance(value, float) and not math.isfinite(value):
        return "must be a number of everyday size"
    if setting.least is not None and isinstance(value, int | float) and value < setting.least:
        return f"must not be less than {setting.least:g}"
    if setting.name == "contact" and value and not _contact_link(str(value)):
        return "must be a mail address or an http(s) address"
    if setting.check is not None:
        try:
            setting.check(str(value))
        except ValueError as error:
            return str(error)
    return ""


def _example(setting: Setting) -> str:
    default = f'"{setting.default}"' if isinstance(setting.default, str) else setting.default
    return f"The default is {setting.name} = {default}" if setting.default != "" else ""


def _contact_link(contact: str) -> str:
    if _MAIL.fullmatch(contact):
        return contact
    parts = urlsplit(contact)
    return f"+{contact}" if parts.scheme in ("http", "https") and parts.hostname else ""


def _plain(text: str) -> str:
    """`text` as a header can carry it: Vietnamese without its marks, nothing but printable ASCII, no brackets."""
    bare = unicodedata.normalize("NFKD", text.translate({0x111: "d", 0x110: "D"}))
    return re.sub(r"[^ -~]|[()\\;]", "", bare).strip()


def _build(folder: Path, values: dict[str, Value]) -> Config:
    def part(table: str) -> dict[str, Any]:
        return {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{table}.")}

    return Config(
        folder=folder,
        operator=str(values["operator"]),
        contact=str(values["contact"]),
        database=database_url(folder, str(values["database"])),
        runner=str(values["runner"]),
        night=parse_window(str(values["night"])),
        schedule=parse_cron(str(values["schedule"])),
        min_free=int(values["min_free"]),
        fetch=Fetching(**part("fetch")),
        read=ReadLimits(**part("read")),
        warc=Keeping(**{**part("warc"), "remote": _shelf(folder, str(values["warc.remote"]))}),
        serve=Serving(**part("serve")),
        notify=Notifying(**{**part("notify"), "to": check_mails(str(values["notify.to"]))}),
        log=Logging(**{**part("log"), "file": folder / str(values["log.file"]) if values["log.file"] else None}),
        listen=check_listen(str(values["monitor.listen"])),
        clock_url=str(values["monitor.clock_url"]),
        values=values,
    )


def _shelf(folder: Path, setting: str) -> str:
    """The `warc.remote` setting: a folder's name is relative to the archive's."""
    return setting if not setting or "://" in setting else str((folder / setting).absolute())


def database_url(folder: Path, setting: str) -> str:
    """The `database` setting as a URL: a file name is relative to the archive's folder."""
    address = normalised(setting)
    if address.startswith(("postgresql://", "sqlite://")):
        return address
    return f"sqlite:///{(folder / setting).absolute()}"
