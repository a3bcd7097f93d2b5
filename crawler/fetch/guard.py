"""Where requests may go: the portal's own hosts and ports, over http and https, on public addresses.

Checked three times: before a request is made (`refusal`), when a name is resolved (`GuardedResolver`: the address that was
checked is the one connected to), and on the address that answered. A page cannot send the crawler to a private address,
whatever it links or redirects to; only an exact `host:port` in `allow_private`, or a portal whose own address is loopback,
opens one.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred

from crawler.fetch.failures import Blocked
from storage.records import Portal

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2048
MOST_REDIRECTS = 5


class _Parts(NamedTuple):
    """What is looked at in an address: `with_port` has the default port written out, `user` says that it carries a name."""

    scheme: str
    place: str
    with_port: str
    user: bool


@lru_cache(maxsize=4_096)  # asked several times for each request
def _parts(url: str) -> _Parts:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise ValueError(f"no host in {url!r}")
    if ":" in host:
        host = f"[{host}]"
    default, port = DEFAULT_PORTS.get(parts.scheme), parts.port
    where = host if port is None or port == default else f"{host}:{port}"
    with_port = f"{host}:{default if port is None else port}"
    return _Parts(parts.scheme, where, with_port, parts.username is not None or parts.password is not None)


def place(url: str) -> str:
    """`host[:port]` of `url`, lower case, without a default port. Raises ValueError for an address without a host."""
    return _parts(url).place


def hosts_of(portal: Portal) -> frozenset[str]:
    """All `host[:port]` that the portal's crawl may speak to: its hosts, each with and without `www.`."""
    return _hosts_of(portal.url, tuple(portal.hosts))


@lru_cache(maxsize=1_024)  # asked three times for each request
def _hosts_of(url: str, others: tuple[str, ...]) -> frozenset[str]:
    named = {place(url), *(host.strip().lower() for host in others if host.strip())}
    bare = {host.removeprefix("www.") for host in named}
    return frozenset(bare | {host if _literal(host) is not None else f"www.{host}" for host in bare} | named)


def private_places(portal: Portal) -> frozenset[str]:
    """The `host:port` pairs of the portal that may lie on a private or loopback address."""
    return _private_places(portal.url, tuple(portal.allow_private))


@lru_cache(maxsize=1_024)
def _private_places(url: str, entries: tuple[str, ...]) -> frozenset[str]:
    allowed = {entry.strip().lower() for entry in entries}
    address = _literal(place(url))
    if place(url).split(":")[0] == "localhost" or (address is not None and address.is_loopback):
        allowed.add(_parts(url).with_port)
    return frozenset(allowed)


def refusal(url: str, portal: Portal) -> str:
    """Why `url` must not be asked for this portal; empty if it may be.

    Does not look at the portal's folder or at robots.txt.
    """
    try:
        parts = _parts(url)
    except ValueError as error:
        return f"no usable address: {error}"
    if parts.scheme not in DEFAULT_PORTS:
        return f"scheme {parts.scheme!r} is not http or https"
    if parts.user:
        return "the address carries a user name"
    if len(url) > LONGEST_URL:
        return f"the address is longer than {LONGEST_URL} characters"
    return _not_its_own(parts, portal)


def left(url: str, portal: Portal) -> str:
    """Why the place that `url` names is none of the portal's; empty if it is one.

    A page was found on a place of its portal: if that is none of them now, its row in `portals.toml` has changed since.
    """
    try:
        return _not_its_own(_parts(url), portal)
    except ValueError:
        return ""


def _not_its_own(parts: _Parts, portal: Portal) -> str:
    where = parts.place
    if where not in hosts_of(portal):
        return f"{where} is not one of the portal's hosts"
    address = _literal(where)
    private = (address is not None and not is_public(address)) or where.split(":")[0] == "localhost"
    if private and parts.with_port not in private_places(portal):
        return f"{where} is a private address and not in allow_private"
    return ""


def at_home(url: str, portal: Portal) -> bool:
    """Whether `url` lies on the host of the portal's own address, with or without `www.`, over http or https."""
    return place(url).removeprefix("www.") == place(portal.url).removeprefix("www.")


def address_refusal(address: str, url: str, portal: Portal) -> str:
    """Why an answer from `address` to a request for `url` must not be taken; empty if it may be."""
    ip = _address(address)
    if ip is None or is_public(ip) or _parts(url).with_port in private_places(portal):
        return ""
    return f"{address} is a private address"


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the open network: also not a private one in the clothes of IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast


def server_of(address: str, url: str) -> str:
    """How a server is called: its address, on loopback with the port, because there each port is another server."""
    if (known := _address(address)) is not None and known.is_loopback:
        parts = urlsplit(url)
        return f"{address}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    return address


def is_address(host: str) -> bool:
    """Whether a host is an address and no name."""
    return _literal(f"[{host}]" if ":" in host else host) is not None


class GuardedResolver(CachingThreadedResolver):
    """Resolves names to public addresses only.

    `private_names` are the host names of the running batch that may be private; their ports are checked with the request.
    """

    private_names: ClassVar[frozenset[str]] = frozenset()

    def getHostByName(self, name: str, timeout: object = ()) -> Deferred[str]:  # noqa: N802  # Twisted's name
        """The address of `name`. Fails with Blocked when it is not public."""
        found: Deferred[str] = super().getHostByName(name)
        found.addCallback(self._checked, name)
        return found

    def _checked(self, address: str, name: str) -> str:
        if name.lower() in self.private_names or is_public(ipaddress.ip_address(address)):
            return address
        raise Blocked(f"{name} leads to the private address {address}")


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _literal(where: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a `host[:port]` that is one and no name."""
    return _address(where[1:].split("]")[0] if where.startswith("[") else where.split(":")[0])


@lru_cache(maxsize=4_096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
