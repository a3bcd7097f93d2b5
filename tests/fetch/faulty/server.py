"""The server of a faulty portal: raw sockets on loopback, one thread a connection, everything that was asked remembered."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar

from tests.fetch.faulty.fault import Again, Pause, Reset, Step, http

Answers = Mapping[str, tuple[Step, ...]]
L = TypeVar("L", bound="Listener")


class Listener:
    """Listens on a port of its own; subclasses say what a connection gets."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End all connections."""
        self.over.set()
        self._socket.close()

    def talk(self, connection: socket.socket) -> None:
        """Speak to a client; the canary does not."""

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._served, args=(connection,), daemon=True).start()

    def _served(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            self.talk(connection)


class Faulty(Listener):
    """Answers each path with its steps, other paths with 404. `asked` holds the request heads by path, in order."""

    def __init__(self, answers: Answers, *, canary: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.answers, self._canary, self._tls = answers, canary, tls
        self.asked: list[tuple[str, str]] = []
        super().__init__()
        self.url = f"{'https' if tls else 'http'}://{self.place}/"

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [path for path, _ in self.asked]

    def talk(self, connection: socket.socket) -> None:
        """Read one request, play its answer, close."""
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            path = head.split(b" ")[1].decode("latin-1")
            self.asked.append((path, head.decode("latin-1")))
            nothing = (http(b"<p>404</p>", status="404 Not Found"),)
            for step in self.answers.get(path, self.answers.get(path.partition("?")[0], nothing)):
                self._play(step, connection)

    def _play(self, step: Step, connection: socket.socket) -> None:
        if isinstance(step, Pause):
            self.over.wait(step.seconds)
        elif isinstance(step, Again):
            data = self._filled(step.data)
            for _ in range(step.times):
                connection.sendall(data)
                if step.pause and self.over.wait(step.pause):
                    return
        elif isinstance(step, Reset):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        else:
            connection.sendall(self._filled(step))

    def _filled(self, data: bytes) -> bytes:
        """Bytes with the addresses of this run in them, and the length that they have then."""
        port = self._canary.rpartition(":")[2]
        filled = data
        for name, value in (("CANARYPORT", port), ("CANARY", self._canary), ("HERE", self.place)):
            filled = filled.replace(f"@{name}@".encode(), value.encode())
        before, after = len(data.partition(b"\r\n\r\n")[2]), len(filled.partition(b"\r\n\r\n")[2])
        return filled.replace(b"Content-Length: %d\r\n" % before, b"Content-Length: %d\r\n" % after, 1)


@contextmanager
def running(listener: L) -> Iterator[L]:
    """The listener, for the block."""
    try:
        yield listener
    finally:
        listener.close()
