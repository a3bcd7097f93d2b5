"""Limits that hold while an answer comes in: how long a server may be silent, how large its head may be, what a broken end is.

Scrapy limits the whole time and the body; a server that sends headers for ever, or nothing after the first line, is met here.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ResponseReader,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadCancelledError, ResponseDataLossError, StopDownload
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import get_maxsize_msg
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import STATUS, ParseError, ResponseFailed, TransportProxyProducer
from twisted.web.client import URI
from twisted.web.http import _DataLoss
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import UNKNOWN_LENGTH

from crawler.fetch.failures import HeadTooLarge, NoFirstByte, TookTooLong, WentSilent, classify

log = logging.getLogger(__name__)

DATALOSS, BROKEN = "dataloss", "broken:"
"""Flags of an answer whose body is not whole: Scrapy's, and ours with the class of failure."""

LARGEST_HEAD = 64 * 1024
"""Bytes of an answer before its body, interim answers (1xx) included."""

MOST_LINES = 200
"""Lines of an answer before its body."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a server must have taken the connection, sent its first byte, and sent a further one."""

    connect: float
    first_byte: float
    idle: float


BACKSTOP = 5.0
"""Seconds after its time is over in which an answer that was broken off must have ended; then Scrapy drops it."""


class Places(_BindAddressAgent):
    """Twisted's agent, which makes up once how a place is reached, and not for each request to it."""

    def __init__(self, reactor: Any, contextFactory: Any, connectTimeout: float, pool: Any) -> None:  # noqa: N803  # Twisted's
        super().__init__(reactor, contextFactory, connectTimeout, None, pool)
        self._endpoints: dict[tuple[bytes, bytes, int], Any] = {}

    def _getEndpoint(self, uri: URI) -> Any:  # noqa: N802  # Twisted's name
        place = uri.scheme, uri.host, uri.port
        if place not in self._endpoints:
            self._endpoints[place] = super()._getEndpoint(uri)  # type: ignore[no-untyped-call]
        return self._endpoints[place]


class PatientAgent(_ScrapyAgent):
    """Scrapy's agent: the request's own time limits the whole, that of `places` the connection.

    What has come of a body when its time is over is kept, as of one that breaks off.
    """

    def __init__(self, *, places: Places, **options: Any) -> None:
        super().__init__(**options)
        self._places = places
        self._deadline: asyncio.TimerHandle | None = None
        self._late = False

    def _get_agent(self, request: Request, timeout: float) -> Places:
        return self._places

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        """Take the body in as Scrapy does, and remember how it ends: Scrapy says that it broke off, and not why.

        Of head and body come in, Scrapy would tell whoever listens, for which it makes up the head twice. Nobody does.
        """
        self._end: Failure | None = getattr(txresponse, "_reason", None)

        def finish(reason: Failure | None = None) -> None:
            del txresponse._bodyDataFinished  # or the body would stay in memory, in a circle
            self._end = reason
            txresponse._bodyDataFinished(reason)

        txresponse._bodyDataFinished = finish
        self._end_in_time(txresponse)
        length, maxsize = txresponse.length, request.meta["download_maxsize"]
        if length == 0:  # a body that is none never ends
            return {"txresponse": txresponse, **_peer(txresponse)}
        if length != UNKNOWN_LENGTH and length > maxsize:
            words = get_maxsize_msg(length, maxsize, request, expected=True)
            log.warning(words)
            txresponse._transport._producer.abortConnection()
            raise DownloadCancelledError(words)
        finished: Deferred[Any] = Deferred(partial(self._cancel, txresponse=txresponse))
        txresponse.deliverBody(
            Body(
                finished=finished, txresponse=txresponse, request=request, maxsize=maxsize, warnsize=0,
                fail_on_dataloss=False, crawler=self._crawler,
            )
        )  # fmt: skip
        self._txresponse = txresponse
        return finished

    def _end_in_time(self, txresponse: Any) -> None:
        """Break the body off when its time is over, before Scrapy would drop it. (On asyncio's loop, Twisted's own calls cannot
        be put off.)"""
        from twisted.internet import reactor

        timer: Any = self._timeout_cl
        later: Any = reactor
        left, drop = timer.getTime() - later.seconds(), timer.func
        timer.cancel()
        self._timeout_cl = later.callLater(left + BACKSTOP, drop)
        self._deadline = asyncio.get_event_loop().call_later(left, self._break_off, txresponse)

    def _break_off(self, txresponse: Any) -> None:
        self._late = True
        txresponse._transport._producer.abortConnection()

    def _cb_timeout(self, result: Any, request: Request, url: str, timeout: float) -> Any:
        if self._deadline is not None:
            self._deadline.cancel()
        return super()._cb_timeout(result, request, url, timeout)

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        response = super()._cb_bodydone(result, url)
        if self._late and DATALOSS not in response.flags:
            response.flags.append(DATALOSS)
        if DATALOSS in response.flags:
            lost = ResponseDataLossError()
            lost.__cause__ = TookTooLong() if self._late else self._end.value if self._end is not None else None
            response.flags.append(f"{BROKEN}{classify(lost)}")
        return response


class Body(_ResponseReader):
    """A body on its way. One that grows beyond what its request may have is cut; what came until then is kept, and marked."""

    def connectionMade(self) -> None:  # noqa: N802  # Twisted's name
        """Whom the body comes from; the protocol has looked already."""
        peer = _peer(self._txresponse)
        self._certificate, self._ip_address = peer["certificate"], peer["ip_address"]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """More of it."""
        if self._finished.called:
            return
        self._bodybuf.write(data)
        self._bytes_received += len(data)
        if self._bytes_received > self._request.meta["body_limit"]:
            transport: Any = self.transport
            transport.stopProducing()
            transport.loseConnection()
            self._finish_response(stop_download=StopDownload(fail=False))


def _peer(txresponse: Any) -> dict[str, Any]:
    """Whom an answer comes from, as Scrapy's protocol has noted it."""
    certificate = getattr(txresponse, "_scrapy_certificate", None)
    return {"certificate": certificate, "ip_address": getattr(txresponse, "_scrapy_ip_address", None)}


def broken(response: Response) -> str:
    """The class of failure of an answer whose body broke off; empty for a whole one."""
    return next((flag.removeprefix(BROKEN) for flag in response.flags if flag.startswith(BROKEN)), "")


class StrictFactory(_LenientHTTP11ClientFactory):
    """Makes the protocols of a connection pool."""

    def __init__(self, *arguments: Any, patience: Patience) -> None:
        super().__init__(*arguments)  # type: ignore[no-untyped-call]
        self._patience = patience

    def buildProtocol(self, addr: Any) -> StrictProtocol:  # noqa: N802  # Twisted's name
        """The protocol of a new connection."""
        protocol = StrictProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.patience = self._patience
        return protocol


class StrictProtocol(_LenientHTTP11ClientProtocol):
    """HTTP/1.1 with a server that must not fall silent."""

    patience: Patience
    _silence: asyncio.TimerHandle | None = None

    def request(self, request: Any) -> Any:
        """Send a request; its answer must begin, and go on, in time."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = StrictParser
            self._transportProxy.__class__ = Prompt
            self._expect(self.patience.first_byte, NoFirstByte)
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """More of the answer."""
        self._expect(self.patience.idle, WentSilent)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None:
            self._expect_nothing()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802  # Twisted's name
        """The connection is over."""
        self._expect_nothing()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _expect(self, seconds: float, otherwise: type[NoFirstByte | WentSilent]) -> None:
        self._expect_nothing()
        error = otherwise(f"nothing came for {seconds:g} s")
        self._silence = asyncio.get_event_loop().call_later(seconds, self._end, error)

    def _expect_nothing(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        self._silence = None

    def _end(self, error: Exception) -> None:
        if self._parser is not None and self.transport is not None:
            self.transport.abortConnection()
            self._disconnectParser(Failure(error))  # type: ignore[no-untyped-call]


class Prompt(TransportProxyProducer):
    """What a parser and an answer know of their connection. It is not paused between head and body: `PatientAgent` takes the
    body in the same moment, and the loop need not hear twice of each answer that nothing has changed.

    Takes the place of the class of one that was made already.
    """

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's name
        """Go on reading."""

    def resumeProducing(self) -> None:  # noqa: N802  # Twisted's name
        """It was not paused."""


class StrictParser(_LenientHTTPClientParser):
    """Reads an answer; a head that is too large or contradicts itself ends it.

    Takes the place of the class of a parser that was made already, so it has no `__init__`.
    """

    MAX_LENGTH = LARGEST_HEAD
    _lines = _bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  # Twisted's name
        """One line of the head. Raises HeadTooLarge, ParseError."""
        self._lines += 1
        self._bytes += len(line) + 1
        if self._lines > MOST_LINES or self._bytes > LARGEST_HEAD:
            raise HeadTooLarge(f"more than {MOST_LINES} lines or {LARGEST_HEAD} bytes before the body")
        try:
            super().lineReceived(line)
        except (ValueError, KeyError) as error:  # lengths that contradict each other, a transfer coding nobody knows
            raise ParseError(str(error), line[:200]) from error  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802  # Twisted's name
        """One header. A name that cannot be one is left out, as browsers do."""
        with suppress(InvalidHeaderName):
            super().headerReceived(name.rstrip(), value)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  # Twisted's name
        """A line that does not end."""
        raise HeadTooLarge(f"a line of more than {LARGEST_HEAD} bytes before the body")

    def statusReceived(self, status: bytes) -> None:  # noqa: N802  # Twisted's name
        """The first line. Raises ParseError."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not 100 <= self.response.code <= 999:
            raise ParseError("a status that is none", status[:200])  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure | Exception | None = None) -> None:  # noqa: N802  # Twisted's name
        """The end of the connection: also the end of a body whose length nobody said, if it was closed and not torn.

        A connection that stays open for the next request brings an exception, not a Failure.
        """
        error = reason.value if isinstance(reason, Failure) else None
        if self.bodyDecoder is not None and isinstance(reason, Failure) and self._torn(error):
            lost = ResponseFailed([reason, Failure(_DataLoss())], self.response)  # type: ignore[no-untyped-call]
            self.response._bodyDataFinished(Failure(lost))  # type: ignore[no-untyped-call]
        elif isinstance(error, ConnectionDone | ConnectionLost) and self._no_http():
            super().connectionLost(Failure(ParseError("this is not HTTP", self._buffer[:200])))  # type: ignore[no-untyped-call]
        else:
            super().connectionLost(reason)  # type: ignore[arg-type]

    def _no_http(self) -> bool:
        return (
            self.state == STATUS and bool(self._buffer) and not self._buffer.startswith(b"HTTP/"[: len(self._buffer)])
        )

    def _torn(self, error: BaseException | None) -> bool:
        """Whether the end was no orderly one. Many servers close TLS without saying so: that says nothing there."""
        if isinstance(error, WentSilent | ConnectionAborted):
            return True
        return isinstance(error, ConnectionLost) and not self.request.absoluteURI.startswith(b"https:")
