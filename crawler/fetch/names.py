"""Which server a portal is on before anybody has asked it: what its name leads to.

Politeness is owed to servers. A server that answered before is known by its address; until then DNS says whether two names
are one, so that their first requests take turns as well. Only the crawl child asks DNS, and only for portals it is about to
begin; no other part of the program does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from twisted.python.failure import Failure

from crawler.fetch import guard
from storage.records import Portal


class Names:
    """The servers of a batch's portals; `wake` is called when an answer of DNS has come."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._found: dict[str, str] = {}

    def server(self, portal: Portal) -> str:
        """What the portal's server is called, empty while DNS is being asked.

        It is the one that answered last, else the address that its name leads to (with the port on loopback, where each port
        is a server of its own), else, where DNS knows none, the name.
        """
        where = guard.place(portal.url)
        host = urlsplit(portal.url).hostname or ""
        if portal.server or guard.is_address(host):
            return portal.server or where
        if where not in self._found:
            self._found[where] = ""
            self._ask(where, host, portal.url)
        return self._found[where]

    def _ask(self, where: str, host: str, url: str) -> None:
        from twisted.internet import reactor

        def came(address: str) -> None:
            self._settle(where, guard.server_of(address, url))

        def failed(_: Failure) -> None:
            self._settle(where, where)  # the first request meets the same trouble and names it

        resolver: Any = reactor  # Twisted's own types call a name a sequence of numbers
        resolver.resolve(host).addCallbacks(came, failed)

    def _settle(self, where: str, server: str) -> None:
        self._found[where] = server
        self._wake()
