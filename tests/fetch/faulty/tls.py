"""Listeners on https ports that nobody should trust, or that do not speak TLS at all."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fetch.faulty.fault import http, page
from tests.fetch.faulty.server import Faulty, Listener

CERTIFICATES = ("tu-ky", "het-han", "chua-den-han", "sai-ten")
"""Kinds that a portal with `tls = "accept-invalid"` may have."""

NO_TLS = {
    "khong-tls": "tls.invalid",
    "rac": "tls.invalid",
    "dong-ngay": "robots.unavailable",
    "im-lang": "robots.unavailable",
}
"""Kinds that no setting excuses, with the cause of the visit's end."""


class Says(Listener):
    """Sends bytes that are no TLS, whatever it is asked, and closes; nothing at all where `data` is None."""

    def __init__(self, data: bytes | None) -> None:
        self._data = data
        super().__init__()

    def talk(self, connection: socket.socket) -> None:
        """Speak first."""
        if self._data is None:
            self.over.wait()
        elif self._data:
            connection.recv(65536)
            connection.sendall(self._data)


def listeners(folder: Path) -> Mapping[str, Callable[[], Listener]]:
    """How to make each kind of listener."""
    year = datetime.timedelta(days=365)
    now = datetime.datetime.now(datetime.UTC)
    contexts = {
        "tu-ky": _context(folder / "1.pem", "127.0.0.1", now - year, now + year),
        "het-han": _context(folder / "2.pem", "127.0.0.1", now - 2 * year, now - year),
        "chua-den-han": _context(folder / "3.pem", "127.0.0.1", now + year, now + 2 * year),
        "sai-ten": _context(folder / "4.pem", "10.9.8.7", now - year, now + year),
    }
    answers = {"/": (http(page()),)}
    made: dict[str, Callable[[], Listener]] = {
        kind: lambda context=context: Faulty(answers, tls=context)  # type: ignore[misc]
        for kind, context in contexts.items()
    }
    made["khong-tls"] = lambda: Says(http(page()))
    made["rac"] = lambda: Says(bytes(range(256)) * 8)
    made["dong-ngay"] = lambda: Says(b"")
    made["im-lang"] = lambda: Says(None)
    return made


def _context(path: Path, address: str, start: datetime.datetime, end: datetime.datetime) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "phuong.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
