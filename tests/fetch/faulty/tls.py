"""Listeners on https ports that nobody should trust, or that do not speak TLS at all."""

from __future__ import annotations

import datetime
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.fetch.faulty.fault import http, page
from tests.fetch.faulty.server import Faulty, Listener
from tests.fetch.servers import old, untrusted

CERTIFICATES = {
    "tu-ky": ("self-signed",),
    "het-han": ("expired", "self-signed"),
    "chua-den-han": ("not-yet-valid", "self-signed"),
    "sai-ten": ("other-name", "self-signed"),
    "giao-thuc-cu": ("old-protocol", "self-signed"),
}
"""Kinds that a portal with `tls = "accept-invalid"` may have, with what each capture says of them."""

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
        "tu-ky": untrusted(folder, now - year, now + year),
        "het-han": untrusted(folder, now - 2 * year, now - year),
        "chua-den-han": untrusted(folder, now + year, now + 2 * year),
        "sai-ten": untrusted(folder, now - year, now + year, address="10.9.8.7"),
        "giao-thuc-cu": old(untrusted(folder, now - year, now + year)),
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
