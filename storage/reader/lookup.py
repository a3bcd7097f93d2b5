"""Which article is meant by an address, whatever form of it somebody has."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, tuple_

from storage import schema
from storage.engine import Database
from storage.reader.captures import Keys, host_of, places

_capture, _portal, _article, _address = schema.capture, schema.portal, schema.article, schema.article_address
_HOPS = 3


def articles_at(db: Database, url: str, keys_of: Callable[[str], Keys]) -> list[str]:
    """The ids of the articles that were seen at an address, on each portal that has it; redirects are followed.

    `keys_of` gives the keys of an address by platform. Raises what it raises for the address that is asked for.
    """
    keys = keys_of(url)
    with db.read() as connection:
        for _ in range(_HOPS):
            found = _with_keys(connection, keys) or _cited_by(connection, url)
            if found:
                return found
            url = _onward(connection, keys)
            try:
                keys = keys_of(url)
            except ValueError:
                break
    return []


def _with_keys(connection: Connection, keys: Keys) -> list[str]:
    """By the addresses at which it was met, else by the one that told it apart from others at first sight."""
    for pairs in places(connection, keys):
        met = select(_address.c.article).where(tuple_(_address.c.portal, _address.c.key).in_(pairs)).distinct()
        known = select(_article.c.id).where(tuple_(_article.c.portal, _article.c.identity).in_(pairs))
        for query in (met, known):
            if found := connection.execute(query).scalars().all():
                return sorted(found)
    return []


def _cited_by(connection: Connection, url: str) -> list[str]:
    """By the address that it is cited by, which its page may have named without our having asked there.

    Only among the articles of the portals on its host: there is no index of these addresses.
    """
    host = host_of(url)
    here = [name for name, home in connection.execute(select(_portal.c.id, _portal.c.url)) if _is_on(url, name, home)]
    rest = url.partition("://")[2].partition("/")[2].partition("#")[0]
    forms = {f"{scheme}://{www}{host}/{path}" for scheme in ("http", "https") for www in ("", "www.")
             for path in (rest, rest.rstrip("/"), f"{rest}/")}  # fmt: skip
    query = select(_article.c.id).where(_article.c.portal.in_(here), _article.c.url.in_({url, *forms}))
    return sorted(connection.execute(query).scalars()) if here else []


def _onward(connection: Connection, keys: Keys) -> str:
    """Where the last redirect that was met at an address leads; empty if there was none."""
    for pairs in places(connection, keys):
        here = (tuple_(_capture.c.portal, _capture.c.key).in_(pairs)) & (_capture.c.location != "")
        query = select(_capture.c.location).where(here).order_by(_capture.c.entry.desc()).limit(1)
        if found := connection.execute(query).scalar():
            return str(found)
    return ""


def _is_on(url: str, portal: str, home: str) -> bool:
    """Whether an address lies on a portal's host, and in its folder if the portal is one folder of the host."""
    folder = urlsplit(home).path.rstrip("/") if "~" in portal else ""
    return host_of(url) == host_of(home) and urlsplit(url).path.startswith(folder)
