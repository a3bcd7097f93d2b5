"""The `database` setting: a file name or an address, checked, and shown without its password. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SECRET = re.compile(r"(?<=[?&]password=)[^&]*", re.IGNORECASE)
_POSTGRES = ("postgresql", "postgres")


def database_problem(setting: str) -> str:
    """What is wrong with a `database` setting, in words that never show its password; empty when it can be used."""
    found = _SCHEME.match(setting)
    if found is None:
        return "must not be empty" if not setting.strip() else ""
    scheme = found[1].lower()
    if scheme == "sqlite":
        return "" if len(setting) > len("sqlite:///") and setting.lower().startswith("sqlite:///") else "names no file"
    if scheme not in _POSTGRES:
        return f"{scheme}:// is no database that can be used, write a file name or postgresql://…"
    try:
        parts = urlsplit(setting)
        port = parts.port
    except ValueError:
        return "the address has no usable host or port (in a password, write @ : / # ? % as %40 %3A %2F %23 %3F %25)"
    if port == 0:
        return "the port must not be 0"
    if not parts.path.strip("/"):
        return "the address names no database, as in postgresql://user@host/phuongchi"
    if parts.fragment or parts.netloc.count("@") > 1 or "@" in parts.path + parts.query:
        return "the address holds a # or a second @: in a password, write them as %23 and %40"
    return ""


def check_database(setting: str) -> str:
    """`setting` itself. Raises ValueError saying what is wrong with it."""
    problem = database_problem(setting)
    if problem:
        raise ValueError(problem)
    return setting


def normalised(setting: str) -> str:
    """The setting with its scheme in lower case, `postgres://` written as `postgresql://`."""
    found = _SCHEME.match(setting)
    if found is None:
        return setting
    scheme = found[1].lower()
    return f"{'postgresql' if scheme in _POSTGRES else scheme}://{setting[found.end() :]}"


def without_password(setting: str) -> str:
    """The setting as it may be shown: every password in it is `***`."""
    found = _SCHEME.match(setting)
    if found is None:
        return setting
    rest = _SECRET.sub("***", setting[found.end() :])
    account, at, place = rest.rpartition("@")
    user, colon, _ = account.partition(":")
    return found[0] + (f"{user}{':***' if colon else ''}@" if at else "") + place
