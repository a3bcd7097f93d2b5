"""Which servers portals are on, asked of DNS before the first contact: two crawl children never ask one server.

A portal that answered before is known by its server's address. Of a name with several addresses any may answer, so all count.
Inside a child `crawler.fetch.names` does the same for its pace.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from storage.records import Portal

AT_A_TIME = 16
"""Names that DNS is asked for at a time."""

PATIENCE = 60.0
"""Seconds in all; names without an answer by then stand for themselves."""


async def servers_of(portals: Sequence[Portal]) -> Mapping[str, frozenset[str]]:
    """The servers that each portal may be on, by its id."""
    hosts = {urlsplit(portal.url).hostname or "" for portal in portals if not portal.server}
    addresses: dict[str, frozenset[str]] = {}
    gate = asyncio.Semaphore(AT_A_TIME)

    async def ask(host: str) -> None:
        async with gate:
            addresses[host] = await _addresses(host)

    if hosts:
        asked = [asyncio.create_task(ask(host)) for host in sorted(hosts)]
        _, late = await asyncio.wait(asked, timeout=PATIENCE)
        for task in late:
            task.cancel()
    return {portal.id: _of(portal, addresses) for portal in portals}


def together(portals: Sequence[Portal], servers: Mapping[str, frozenset[str]]) -> tuple[Portal, ...]:
    """Portals with a server to be put into batches by: those that may be on one server share it."""
    head: dict[str, str] = {}

    def root(name: str) -> str:
        while head.setdefault(name, name) != name:
            name = head[name]
        return name

    for portal in portals:
        first, *others = sorted(servers[portal.id])
        for other in others:
            head[root(other)] = root(first)
    return tuple(replace(portal, server=root(min(servers[portal.id]))) for portal in portals)


async def _addresses(host: str) -> frozenset[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset({host})  # the first request meets the same trouble and names it
    return frozenset(str(address[0]) for *_, address in found) or frozenset({host})


def _of(portal: Portal, addresses: Mapping[str, frozenset[str]]) -> frozenset[str]:
    from crawler.fetch import guard

    if portal.server:
        return frozenset({portal.server})
    host = urlsplit(portal.url).hostname or ""
    named = addresses.get(host, frozenset({host}))
    return frozenset(guard.server_of(name, portal.url) if guard.is_address(name) else name for name in named)
