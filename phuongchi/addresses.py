"""Addresses in settings that are not the database's: mail, where to call, where to listen. Checked, and shown without secrets.

Addresses of chat and heartbeat services are passwords: whoever knows one can write there. Only their server is shown. Pure.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MAIL = re.compile(r"[^@\s<>(),;:\"]+@[^@\s<>(),;:\"]+")
_LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})")


def check_mails(text: str) -> tuple[str, ...]:
    """The mail addresses in a text, separated by commas or blanks. Raises ValueError for what is none."""
    addresses = tuple(text.replace(",", " ").split())
    for address in addresses:
        if not _MAIL.fullmatch(address):
            raise ValueError(f"{address!r} is not a mail address")
    return addresses


def check_call(text: str) -> str:
    """`text` itself, empty or an address that may be called. Raises ValueError without repeating it."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if text and (not usable or not text.isprintable() or " " in text or parts.fragment):
        raise ValueError("must be an http(s) address")
    return text


def check_listen(text: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:8002` or `[::1]:8002`; None for an empty text. Raises ValueError otherwise."""
    if not text:
        return None
    found = _LISTEN.fullmatch(text)
    if found is None or not int(found[2]) < 65_536:
        raise ValueError("write it as in 127.0.0.1:8002")
    return found[1].strip("[]"), int(found[2])


def only_server(address: str) -> str:
    """An address as it may be shown: scheme and server; path, query and account are `***`."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}{port}/***" if parts.hostname else ("***" if address else "")
    except ValueError:
        return "***"
