"""TLS by portal: certificates are verified, unless a portal's row says `tls = "accept-invalid"`.

Then any certificate and old protocols are taken, and what is wrong with them is noted: each capture says it, with the
certificate's sha256 (`Capture.tls`). It is what the verification would have failed on, found by OpenSSL while it connects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from OpenSSL import SSL
from OpenSSL.crypto import X509
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.ssl import Certificate, TLSVersion, platformTrust
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

CODES = {
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "unknown-issuer",
    20: "unknown-issuer",
    21: "unknown-issuer",
    2: "unknown-issuer",
    23: "revoked",
}
"""OpenSSL's verification errors (X509_V_ERR_…) by the word a capture has for them; any other is `invalid`."""

OTHER_NAME, OLD_PROTOCOL = "other-name", "old-protocol"

SECURE = ("TLSv1.2", "TLSv1.3")

CIPHERS = b"DEFAULT:@SECLEVEL=0"
"""What servers of that age speak: short keys and SHA-1."""

MOST_KNOWN = 10_000
"""Certificates whose faults are remembered: a server that makes up a new one for each connection fills no memory."""


class Faults:
    """What was wrong with the certificates of a batch's excused hosts, by host, port and sha256."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], tuple[str, ...]] = {}

    def note(self, where: str, sha256: str, wrong: frozenset[str]) -> None:
        """Remember what is wrong with a certificate that a host showed."""
        if len(self._met) >= MOST_KNOWN:
            self._met.clear()
        self._met[where, sha256] = tuple(sorted(wrong))

    def of(self, url: str, certificate: Certificate | None) -> tuple[tuple[str, ...], str]:
        """What was wrong with the connection that answered at `url`, and its certificate's sha256; empty for plain http."""
        parts = urlsplit(url)
        if certificate is None or parts.scheme != "https":
            return (), ""
        sha256 = _digest(certificate)
        return self._met.get((f"{parts.hostname}:{parts.port or 443}", sha256), ()), sha256


class LaxOptions(_ScrapyCertificateOptions):
    """TLS as old as OpenSSL still speaks it, and certificates looked at without being trusted."""

    def __init__(self) -> None:
        super().__init__(
            trustRoot=platformTrust(),  # type: ignore[no-untyped-call]
            fixBrokenPeers=True, insecurelyLowerMinimumTo=TLSVersion.TLSv1_0,
        )  # fmt: skip

    def _makeContext(self, skipCiphers: bool = False) -> SSL.Context:  # noqa: N802, N803  # Twisted's names
        context = super()._makeContext(skipCiphers=True)
        context.set_min_proto_version(SSL.TLS1_VERSION)
        if not skipCiphers:
            context.set_cipher_list(CIPHERS)  # last: nothing of a context can be set once it has connections
        return context


class LaxConnection(ClientTLSOptions):
    """Opens TLS to a host and notes what a strict client would have refused."""

    def __init__(self, connect: Any, hostname: str, where: str, faults: Faults) -> None:
        super().__init__(connect, hostname)
        self._where, self._faults = where, faults

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803  # Twisted's names
        """A connection that takes any certificate."""
        connection = super().clientConnectionForTLS(tlsProtocol)
        connection.set_verify(SSL.VERIFY_PEER, self._looking())
        return connection

    def _looking(self) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
        wanted = (DNS_ID if self._hostnameIsDnsName else IPAddress_ID)(self._hostnameASCII)
        wrong: set[str] = set()

        def look(connection: SSL.Connection, certificate: X509, error: int, depth: int, ok: int) -> bool:
            if not ok:
                wrong.add(CODES.get(error, "invalid"))
            if depth == 0:
                if not _names(certificate, wanted):
                    wrong.add(OTHER_NAME)
                if connection.get_protocol_version_name() not in SECURE:
                    wrong.add(OLD_PROTOCOL)
                self._faults.note(self._where, _digest(certificate), frozenset(wrong))
            return True

        return look


@implementer(IPolicyForHTTPS)
class PortalTls:
    """Which hosts are verified (`strict`), and which are `excused` because the row of their portal says so."""

    def __init__(self, strict: _ScrapyClientContextFactory, excused: frozenset[str], faults: Faults) -> None:
        self._strict, self._excused, self._faults = strict, excused, faults
        self._lax: LaxOptions | None = None
        self._verified: Any = None

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802  # Twisted's name
        """How to open TLS to this host and port."""
        host = hostname.decode("ascii").lower()
        if (host if port == 443 else f"{host}:{port}") not in self._excused:
            # All hosts share what trust in authorities is made of: to load their certificates takes as long as a page.
            self._verified = self._verified or self._strict.creatorForNetloc(hostname, port)._createConnection
            return ClientTLSOptions(self._verified, host)
        self._lax = self._lax or LaxOptions()
        return LaxConnection(self._lax._makeTLSConnection, host, f"{host}:{port}", self._faults)


def _names(certificate: X509, wanted: DNS_ID | IPAddress_ID) -> bool:
    try:
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (CertificateError, VerificationError, ValueError):
        return False
    return True


def _digest(certificate: X509 | Certificate) -> str:
    return certificate.digest("sha256").decode("ascii").replace(":", "").lower()
