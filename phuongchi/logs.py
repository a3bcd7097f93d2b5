"""The log of `schedule` and `crawl`: one event a line, as text for people or as JSON for programs, with run and portal.

What comes from portals stays in its line, whatever it holds; passwords, and names in addresses, are masked before anything is
written. Children hand their records to us as events, so that there is one log.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from phuongchi.console import Voice
from phuongchi.settings import KEYS, SECRETS
from storage.errors import PhuongChiError, UsageError

if TYPE_CHECKING:
    from phuongchi.config import Config
    from phuongchi.runners.order import Observer

NAME = "phuongchi"
"""The name of our logger."""

portal: ContextVar[str] = ContextVar("portal", default="")
"""Whose portal's work this is, where a child knows it."""

_ACCOUNT = re.compile(r"(?<=://)[^/\s@]+@")
_GIVEN = re.compile(
    r"(?i)\b(password|passwd|secret|token|api_?key|access_?key|signature|authorization)(\"?\s*[=:]\s*\"?)[^\s&\"',;]+"
)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LEVELS = {"page": logging.DEBUG, "read": logging.DEBUG, "given-up": logging.WARNING, "unreadable": logging.WARNING}


class Mask:
    """Takes out of a text what nobody may read: known secrets, accounts in addresses, what is named like a password."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) > 3}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text as it may be written."""
        if self._known is not None:
            text = self._known.sub("***", text)
        return _GIVEN.sub(r"\1\2***", _ACCOUNT.sub("***@", text))


def environment_mask() -> Mask:
    """The mask of whoever knows no configuration: what the environment holds, accounts in addresses, words like password."""
    return Mask(os.environ.get(name, "") for name in SECRETS)


def secrets_of(config: Config, environment: Mapping[str, str]) -> list[str]:
    """Everything in the configuration and the environment that must not be written."""
    how, found = (
        config.notify,
        [environment.get(name, "") for name in (*SECRETS, *KEYS)],
    )
    for name in (how.smtp_password_file, how.webhook_secret_file, config.warc.remote_file):
        if name:
            try:
                text = (config.folder / name).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                continue  # whoever needs it says so
            found += _keys(text) if name == config.warc.remote_file else [text]
    for address in (how.webhook, how.heartbeat_url, config.database):
        parts = urlsplit(address) if "://" in address else None
        if parts is not None and parts.scheme != "sqlite":
            found += [parts.password or "", *([parts.path, parts.query] if address != config.database else [])]
    return [secret for secret in found if secret.strip("/")]


def _keys(options: str) -> list[str]:
    """The values in a file of options that are keys."""
    pairs = (line.partition("=") for line in options.splitlines())
    return [
        value.strip().strip("\"'")
        for name, _, value in pairs
        if re.search("KEY|SECRET|TOKEN|PASSW", name, re.IGNORECASE)
    ]


class Lines(logging.Formatter):
    """One record as one line: `text` or `json`. `stamped` text begins with the time; a journal has its own."""

    def __init__(self, form: str, mask: Mask, *, stamped: bool) -> None:
        super().__init__()
        self._json, self._mask, self._stamped = form == "json", mask, stamped

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields = dict(getattr(record, "fields", {}))
        message = record.getMessage()
        if record.exc_info:
            message = f"{message}: {self.formatException(record.exc_info)}"
        if self._json:
            at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            own = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": message}
            masked = _each_text({**fields, **own} if set(fields) & set(own) else {**own, **fields}, self._mask)
            return _UNSEEN.sub(_escaped, json.dumps(masked, ensure_ascii=False, default=str))
        more = " ".join(f"{name}={_short(value)}" for name, value in fields.items() if value not in ("", None))
        text = _UNSEEN.sub(_escaped, self._mask(f"{message} [{more}]" if more else message))
        if not self._stamped:
            return text
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ} {record.levelname} {text}"


class ToParent(logging.Handler):
    """In a child: records become events, with the portal that is being worked on."""

    def __init__(self, emit: Callable[[Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._emit = emit

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record over."""
        try:
            message = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                message = f"{message}: {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
            event = {"event": "log", "level": record.levelno, "logger": record.name, "message": message[:4000]}
            self._emit({**event, **({"portal": portal.get()} if portal.get() else {})})
        except Exception:  # as every handler does: a log line never ends a crawl
            self.handleError(record)


class RunLog:
    """An `Observer` that writes a run's events into the log."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Write one event."""
        fields = {name: value for name, value in event.items() if name not in ("event", "message", "level", "logger")}
        kind = str(event.get("event", ""))
        if kind == "log":
            logging.getLogger(str(event.get("logger", NAME))).log(
                int(event.get("level", logging.WARNING)), "%s", event.get("message", ""), extra={"fields": fields}
            )
            return
        level = _LEVELS.get(kind, logging.INFO)
        if kind == "visit" and event.get("state") not in ("done", None):
            level = logging.WARNING
        logging.getLogger(NAME).log(level, "%s", kind, extra={"fields": fields})


class LogVoice(Voice):
    """A voice whose lines go into the log; results stay on stdout."""

    __slots__ = ()

    def last_line(self, value: Mapping[str, Any]) -> None:
        """The summary of a run, as fields of a record."""
        logging.getLogger(NAME).info("run ended", extra={"fields": dict(value)})

    def _line(self, text: str) -> None:
        logging.getLogger(NAME).info("%s", text)


@dataclass(frozen=True, slots=True)
class MaskedVoice(Voice):
    """A voice for a person, whose lines hold nothing that nobody may read; results stay as they are."""

    mask: Mask = field(default_factory=Mask)

    def last_line(self, value: Mapping[str, Any]) -> None:
        """The summary of a run; its texts are masked one by one, so that it stays JSON."""
        Voice(self.loudness).last_line(_each_text(value, self.mask))

    def shown(self, text: str) -> str:
        """A line as it may be shown: without secrets."""
        return self.mask(text)

    def _line(self, text: str) -> None:
        Voice(self.loudness)._line(self.shown(text))


@contextmanager
def logging_as(config: Config, voice: Voice, environment: Mapping[str, str] | None = None) -> Iterator[Voice]:
    """While the block runs, the log goes where the settings say; hands out the voice to use.

    With `log.format = "text"` and no file they stay lines for people on stderr, masked. Raises UsageError when the file cannot
    be written.
    """
    how, root = config.log, logging.getLogger()
    mask = Mask(secrets_of(config, environment if environment is not None else os.environ))
    if how.format == "text" and how.file is None:
        yield MaskedVoice(voice.loudness, mask)
        return
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if how.file is not None:
        handlers.append(_file(how.file))
    for handler in handlers:
        handler.setFormatter(Lines(how.format, mask, stamped=isinstance(handler, logging.FileHandler)))
        root.addHandler(handler)
    before, own = root.level, logging.getLogger(NAME)
    own.setLevel(how.level.upper())
    root.setLevel(max(logging.getLevelName(how.level.upper()), logging.WARNING))
    try:
        yield LogVoice(voice.loudness)
    except PhuongChiError as error:
        own.error("%s", error)
        raise
    finally:
        root.setLevel(before)
        own.setLevel(logging.NOTSET)
        for handler in handlers:
            root.removeHandler(handler)
            if isinstance(handler, logging.FileHandler):
                handler.close()


@contextmanager
def following(voice: Voice, portals: Sequence[str]) -> Iterator[Observer]:
    """Who shows a run while it goes on: the log where there is one, else a live line or plain ones."""
    if isinstance(voice, LogVoice):
        yield RunLog()
        return
    from phuongchi.progress import RunProgress

    with RunProgress(voice, portals) as progress:
        yield progress


def _file(path: Path) -> logging.FileHandler:
    """A handler that appends; a file that was moved away (logrotate) is begun anew."""
    from logging.handlers import WatchedFileHandler

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return WatchedFileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"log.file: {path} cannot be written: {error.strerror}", cure="Name another file") from error


def _each_text(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {mask(str(name)): _each_text(item, mask) for name, item in value.items()}
    return [_each_text(item, mask) for item in value] if isinstance(value, list | tuple) else value


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
