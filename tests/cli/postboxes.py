"""Real servers on loopback that take what is sent after a night: mail, and POST or GET requests."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Postbox:
    """A mail server's clients: what came, and which account they used. `refuse` is said instead of taking a mail."""

    mails: list[EmailMessage] = field(default_factory=list)
    accounts: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuse: str = ""
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.refuse:
            return self.refuse
        self.encrypted.append(session.ssl is not None)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def authenticate(self, _server: object, _session: object, _envelope: object, _how: str, data: Any) -> AuthResult:
        self.accounts.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret-pass")


@contextmanager
def postbox(security: str = "none", tls: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[Postbox]:
    """A mail server that speaks `none`, `starttls` or `tls`; with `login` it takes mail from its account only."""
    box = Postbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=0, tls_context=tls if security == "starttls" else None,
        ssl_context=tls if security == "tls" else None, require_starttls=security == "starttls",
        authenticator=box.authenticate if login else None, auth_required=login and security == "starttls", auth_require_tls=security == "starttls",
    )  # fmt: skip
    knock = controller._trigger_server

    def trigger() -> None:
        box.port = controller.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        knock()

    controller._trigger_server = trigger  # type: ignore[method-assign]  # the system chose the port
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Caller:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Callbox:
    """An HTTP server that notes what it is asked; `answers` are the next statuses, then 200."""

    url: str = ""
    calls: list[Caller] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def callbox() -> Iterator[Callbox]:
    """Such a server, until the block ends."""
    box = Callbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            box.calls.append(Caller(self.command, self.path, dict(self.headers), body))
            status = box.answers.pop(0) if box.answers else 200
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    box.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
