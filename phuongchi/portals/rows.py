"""One row of `portals.toml` as a `Portal`, checked key by key. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit

from crawler.links import keys
from phuongchi.times import parse_cron, parse_quiet
from phuongchi.tomlfile import nearest
from storage.records import Portal, RobotsOverride, portal_id

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.~_\[\]:-]{0,199}")
_SELECTORS = ("title", "date", "body", "byline")


class RowError(ValueError):
    """A row that cannot be used. `key` is the key at fault, `cure` what to write instead."""

    def __init__(self, key: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.key, self.message, self.cure = key, message, cure


def read_row(row: Mapping[str, Any]) -> Portal:
    """The portal that `row` describes; only `url` is required. Raises RowError."""
    for key in row:
        if key not in KEYS:
            raise RowError(key, f"{key} is not a key of a portal", nearest(key, KEYS) or "Keys: " + ", ".join(KEYS))
    if not row.get("url"):
        raise RowError("url", "a portal needs its url", 'As in url = "https://phuong7.example.gov.vn/"')
    values = {key: _checked(key, value) for key, value in row.items()}
    url = cast(str, values.pop("url"))
    values["id"] = values.get("id") or portal_id(url)
    values["hosts"] = _hosts(url, cast(Sequence[str], values.get("hosts", ())))
    if is_loopback(url):
        values["allow_private"] = tuple(dict.fromkeys((with_port(url), *values.get("allow_private", ()))))
    return Portal(url=url, **values)


def check_url(text: str) -> str:
    """`text` as a portal's address, with at least `/` as path. Raises ValueError saying what is wrong with it."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{text!r} is not an http or https address")
    if not parts.hostname or any(char.isspace() for char in text.strip()):
        raise ValueError(f"{text!r} has no usable host name")
    if parts.username or parts.password:
        raise ValueError(f"{text!r} holds a name or password")
    try:
        _ = parts.port
        parts.hostname.encode("idna")
    except (ValueError, UnicodeError):
        raise ValueError(f"{text!r} has no usable host name or port") from None
    if parts.query or parts.fragment:
        raise ValueError(f"{text!r} has a query or a fragment; a portal is a host or a folder of one")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path or '/'}"


def host_of(url: str) -> str:
    """`host[:port]` of `url`, lower case, default ports left out."""
    return keys.host_of(urlsplit(url))


def with_port(url: str) -> str:
    """`host:port` of `url`, the port always written."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def is_loopback(url: str) -> bool:
    """Whether `url` names this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hosts(url: str, given: Sequence[str]) -> tuple[str, ...]:
    first = host_of(url)
    hosts = [first, *(host.lower() for host in given)]
    if not given and re.fullmatch(r"[a-z0-9.-]*[a-z]", first):
        # Half the portals answer under both names and redirect from one to the other.
        hosts.append(first.removeprefix("www.") if first.startswith("www.") else f"www.{first}")
    return tuple(dict.fromkeys(hosts))


def _checked(key: str, value: object) -> Any:
    try:
        return KEYS[key](value)
    except RowError:
        raise
    except ValueError as error:
        raise RowError(key, f"{key}: {error}") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text in quotes")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _url(value: object) -> str:
    return check_url(_text(value))


def _identifier(value: object) -> str:
    text = _text(value)
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} cannot be an id: letters, digits, dots, dashes and ~ only")
    return text


def _host_list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError('must be a list as in ["phuong7.example.gov.vn"]')
    hosts = tuple(_text(item).lower() for item in value)
    for host in hosts:
        parts = urlsplit(f"//{host}")
        try:
            usable = bool(parts.hostname) and not parts.path and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"{host!r} is not a host or host:port")
    return hosts


def _private_list(value: object) -> tuple[str, ...]:
    hosts = _host_list(value)
    for host in hosts:
        if urlsplit(f"//{host}").port is None:
            raise ValueError(f"{host!r} needs its port, as in 127.0.0.1:8800")
    return hosts


def _tls(value: object) -> str:
    if value not in ("verify", "accept-invalid"):
        raise ValueError('must be "verify" or "accept-invalid"')
    return str(value)


def _cron(value: object) -> str:
    return parse_cron(_text(value)) if value else ""


def _quiet(value: object) -> str:
    text = _text(value)
    if text:
        parse_quiet(text)
    return text


def _override(value: object) -> RobotsOverride:
    if not isinstance(value, dict) or set(value) != {"reason", "until"} or not _text(value["reason"]):
        raise ValueError('must be a table as in { reason = "…", until = "2027-01-31" }')
    until = value["until"].isoformat() if isinstance(value["until"], date) else _text(value["until"])
    try:
        date.fromisoformat(until)
    except ValueError:
        raise ValueError(f"until = {until!r} is not a day as in 2027-01-31") from None
    return RobotsOverride(reason=_text(value["reason"]), until=until)


def _selectors(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= set(_SELECTORS):
        raise ValueError("must be a table of CSS selectors for " + ", ".join(_SELECTORS))
    return {key: _text(selector) for key, selector in value.items()}


KEYS: Mapping[str, Callable[[object], Any]] = {
    "url": _url,
    "id": _identifier,
    "name": _text,
    "hosts": _host_list,
    "unit": _text,
    "province": _text,
    "platform": _text,
    "cron": _cron,
    "tls": _tls,
    "allow_private": _private_list,
    "robots_override": _override,
    "selectors": _selectors,
    "quiet": _quiet,
    "enabled": _flag,
    "retired": _flag,
}
"""The keys of a row, each with its reader; `docs/reference.md` is tested against them."""
