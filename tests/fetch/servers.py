"""Servers that break HTTP on purpose, and TLS ones with certificates nobody should trust."""

from __future__ import annotations

import datetime
import ipaddress
import select
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Raw:
    """A server that sends exactly the bytes that `answer` gives for a path and closes; None: it never answers.

    `most` is how many requests waited for their answers at a time, at most; who has hung up waits no more.
    """

    def __init__(self, answer: Callable[[str], bytes | None], tls: ssl.SSLContext | None = None) -> None:
        self.answer, self._tls = answer, tls
        self.paths: list[str] = []
        self.most = 0
        self._waiting: set[socket.socket] = set()
        self._counting = threading.Lock()
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            path = head.split(b" ")[1].decode()
            self.paths.append(path)
            self._count(connection)
            body = self.answer(path)
            if body is None:
                self._over.wait()
                return
            with self._counting:
                self._waiting.discard(connection)
            connection.sendall(body)
            connection.close()

    def _count(self, connection: socket.socket) -> None:
        with self._counting:
            if self._waiting:
                self._waiting.difference_update(select.select(self._waiting, [], [], 0)[0])
            self._waiting.add(connection)
            self.most = max(self.most, len(self._waiting))


@contextmanager
def raw(answer: Callable[[str], bytes | None], *, tls: ssl.SSLContext | None = None) -> Iterator[Raw]:
    server = Raw(answer, tls)
    try:
        yield server
    finally:
        server.close()


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An HTTP answer as bytes; `length` lies about the body's."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", "Connection: close", *headers]
    if not any(line.lower().startswith("transfer-encoding") for line in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def untrusted(
    folder: Path,
    start: datetime.datetime = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    end: datetime.datetime = datetime.datetime(2036, 1, 1, tzinfo=datetime.UTC),
    *,
    address: str = "127.0.0.1",
) -> ssl.SSLContext:
    """TLS for a server at `address` whose certificate was signed by nobody."""
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
    pem = folder / "untrusted.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def old(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same server, as it was twenty years ago: TLS 1.0, and nothing newer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
