"""Every way in which a page or a portal can fail to be fetched, by name.

The names are part of the archive (`failure.class`, `visit.cause`) and of `docs/reference.md`; they may be added to, never
changed. `classify` names what the network layer raised; the other classes are given where they are decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet import error as network
from twisted.internet.defer import CancelledError
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed


@dataclass(frozen=True, slots=True)
class FailureClass:
    """What a failure means: whether asking again may help, and whether it says that nothing answers at the address."""

    meaning: str
    retry: bool = False
    silent: bool = False


CLASSES: Mapping[str, FailureClass] = {
    "net.dns": FailureClass("The host name has no address", retry=True, silent=True),
    "net.refused": FailureClass("The server refuses connections at this port", retry=True, silent=True),
    "net.unreachable": FailureClass("No way leads to the server", retry=True, silent=True),
    "net.reset": FailureClass("The connection broke before the answer was whole", retry=True),
    "timeout.connect": FailureClass("No connection within the time limit", retry=True, silent=True),
    "timeout.first-byte": FailureClass(
        "The server took the request and sent nothing within the time limit", retry=True
    ),
    "timeout.idle": FailureClass("The server fell silent in the middle of its answer", retry=True),
    "timeout.total": FailureClass(
        "The answer was not whole within the time limit; what came of its body is kept, marked truncated. A file waits for the "
        "next run",
        retry=True,
    ),
    "tls.invalid": FailureClass("The certificate is not valid for this host, or TLS failed", silent=True),
    "http.malformed": FailureClass("The answer is not HTTP"),
    "http.incomplete": FailureClass("The body ended before it was whole", retry=True),
    "http.coding": FailureClass(
        "The compressed body breaks off, is damaged or of an unknown kind; it is kept as it came", retry=True
    ),
    "http.404": FailureClass("404 or 410: the page is not there"),
    "http.4xx": FailureClass("Another answer between 400 and 499 but 429"),
    "http.429": FailureClass("Too many requests: the server asks for a pause", retry=True),
    "http.5xx": FailureClass("An answer of 500 and above", retry=True),
    "http.odd": FailureClass("A status that says neither success nor failure, or a redirect to nowhere"),
    "size.header": FailureClass("The answer has more than 200 lines or 64 KiB before its body"),
    "size.body": FailureClass("The body is larger than the limit; what came until then is kept, marked truncated"),
    "size.decoded": FailureClass("The decoded body is larger than the limit; the coded one is kept"),
    "redirect.limit": FailureClass("More than five redirects, or a redirect in a circle"),
    "redirect.offsite": FailureClass("A redirect away from the portal's hosts, ports or folder; not followed"),
    "robots.disallowed": FailureClass("robots.txt asks not to fetch the page"),
    "robots.unavailable": FailureClass("robots.txt could not be had (5xx, 429, no answer): nothing is fetched"),
    "ssrf.blocked": FailureClass("The address is private, or not one of the portal; no connection was made"),
    "url.invalid": FailureClass("The address cannot be asked for"),
    "content.type": FailureClass("The answer is of a kind that is not kept here"),
    "parse.links": FailureClass("Links could not be read from the page; the page itself is kept"),
    "retry.later": FailureClass("The server asks for a longer pause than a run waits", retry=True),
    "needs-browser": FailureClass(
        "The page is drawn by scripts and shows nothing without a browser; it is kept as it came. See `fetch.browser`"
    ),
    "limit.links": FailureClass("An answer has more links than are taken from one; the others are left out"),
    "platform.stopped": FailureClass(
        "`fetch.stopped_platforms` names the portal's software: it is not asked until it is taken off"
    ),
    "server-busy": FailureClass(
        "Another process of this archive went on asking the server: the portal waits for the next run"
    ),
    "visit.stalled": FailureClass(
        "Nothing came of the visit for 25 minutes, what it waited for was lost: the next run goes on"
    ),
    "limit.pages": FailureClass("The portal's pages for one run are used up; the next run goes on"),
    "trap.budget": FailureClass(
        "Addresses like this one brought no article, page after page: those that are left wait for a month"
    ),
    "breaker": FailureClass("Too many failures in a row: the portal is left alone for this run"),
    "parse-limit": FailureClass("Reading the page would go beyond its limits; its bytes are kept"),
    "parse-crash": FailureClass("Two readers died of the page; its bytes are kept"),
    "fixity": FailureClass("The bytes of a capture are damaged or gone: it cannot be read"),
    "internal": FailureClass("A fault of this program"),
}
"""Every class there is. `silent` ones, when robots.txt meets them, make a portal `unreachable`, the others `deferred`."""


class Blocked(Exception):
    """A request that the guard did not let out."""


class HeadTooLarge(Exception):
    """An answer whose head is beyond the limits."""


class NoFirstByte(CancelledError):
    """A server that took a request and sent nothing. Twisted asks again after a lost connection, but not after this."""


class WentSilent(CancelledError):
    """A server that stopped in the middle of its answer."""


class TookTooLong(CancelledError):
    """An answer that had not come to its end when its time was over."""


class DecodedTooLarge(Exception):
    """A body that is too large once it is decoded."""


class CodingBroken(Exception):
    """A body that cannot be decoded to its end."""


def classify(error: BaseException) -> str:
    """The class of what was raised instead of an answer."""
    causes = _causes(error)
    for kind, name in _KINDS:
        if any(isinstance(cause, kind) for cause in causes):
            return name
    return "internal"


def describe(error: BaseException) -> str:
    """What was raised, in a line: the innermost cause says most."""
    *_, last = _causes(error)
    text = " ".join(str(last).split()) or type(last).__name__
    return text[:300]


def of_status(status: int) -> str:
    """The class of an answer that is not a page."""
    if status in (404, 410):
        return "http.404"
    if status == 429:
        return "http.429"
    if status >= 500:
        return "http.5xx"
    return "http.4xx" if status >= 400 else "http.odd"


def retried(failure: str) -> bool:
    """Whether asking again in the same run may help."""
    return CLASSES[failure].retry


def silent(failure: str) -> bool:
    """Whether the failure means that nothing answered at all."""
    return CLASSES[failure].silent


_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (Blocked, "ssrf.blocked"),
    (HeadTooLarge, "size.header"),
    (NoFirstByte, "timeout.first-byte"),
    (WentSilent, "timeout.idle"),
    (TookTooLong, "timeout.total"),
    (DecodedTooLarge, "size.decoded"),
    (CodingBroken, "http.coding"),
    (VerificationError, "tls.invalid"),
    (SSL.Error, "tls.invalid"),
    (ParseError, "http.malformed"),
    (network.TimeoutError, "timeout.connect"),
    (network.TCPTimedOutError, "timeout.connect"),
    (network.NoRouteError, "net.unreachable"),
    (network.DNSLookupError, "net.dns"),
    (CannotResolveHostError, "net.dns"),
    (network.ConnectionRefusedError, "net.refused"),
    (DownloadConnectionRefusedError, "net.refused"),
    (DownloadTimeoutError, "timeout.total"),
    (ResponseDataLossError, "http.incomplete"),
    (DownloadCancelledError, "size.body"),
    (UnsupportedURLSchemeError, "url.invalid"),
    (network.ConnectionLost, "net.reset"),
    (network.ConnectionDone, "net.reset"),
    (network.ConnectError, "net.unreachable"),
    (ResponseFailed, "net.reset"),
    (DownloadFailedError, "net.reset"),
    (ValueError, "url.invalid"),
    (OSError, "net.unreachable"),
)
"""From the most telling kind to the least; the first one that is anywhere in the chain of causes names it."""


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it was raised from, innermost first."""
    chain: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo and len(chain) < 20:
        current = todo.pop()
        if current in chain:
            continue
        chain.append(current)
        todo.extend(
            value
            for reason in getattr(current, "reasons", ())
            if isinstance(value := getattr(reason, "value", None), BaseException)
        )
        todo.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)
    return chain[::-1]
