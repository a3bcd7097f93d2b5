"""Messages on their way out: mail by SMTP, JSON by POST, a heartbeat by GET. Each within its time, each failure in words.

What goes wrong is said without the address: those of webhooks and heartbeats are secrets.
"""

from __future__ import annotations

import base64
import http.client
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib import error, request
from urllib.parse import unquote, urlsplit

from phuongchi.config import Notifying

T = TypeVar("T")
TRIES = 3
"""How often a webhook is asked."""

PAUSE = 2.0
"""Seconds before the second try; twice as long before the third."""

PORTS = {"starttls": 587, "tls": 465, "none": 25}
_AGAIN = (408, 425, 429, 500, 502, 503, 504)


class NotSent(Exception):
    """A message did not get out; says why, without addresses and passwords. `alone`: others may well be taken now."""

    def __init__(self, why: str, *, alone: bool = False) -> None:
        super().__init__(why)
        self.alone = alone


def secret(environment: Mapping[str, str], variable: str, folder: Path, file: str) -> str:
    """A password from the environment, else from a file (relative to the archive); "" if neither is set. Raises NotSent."""
    if given := environment.get(variable, ""):
        return given
    if not file:
        return ""
    try:
        return (folder / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise NotSent(
            f"the file with the password cannot be read: {getattr(trouble, 'strerror', 'not text')}"
        ) from None


def send_mail(how: Notifying, message: EmailMessage, password: str, *, folder: Path) -> None:
    """Hand a mail to the server. Raises NotSent."""
    try:
        within(3 * how.timeout, lambda: _send_mail(how, message, password, folder))
    except smtplib.SMTPRecipientsRefused as trouble:
        raise NotSent(f"the mail server refused {', '.join(trouble.recipients)}") from None
    except smtplib.SMTPResponseException as trouble:
        refused = isinstance(trouble, smtplib.SMTPDataError) and trouble.smtp_code >= 500
        raise NotSent(f"the mail server said {trouble.smtp_code} {_text(trouble.smtp_error)}", alone=refused) from None
    except (smtplib.SMTPException, OSError, ValueError) as trouble:
        raise NotSent(f"mail by {how.smtp_host}: {_why(trouble)}") from None


def post(url: str, content: bytes, headers: Mapping[str, str], *, timeout: float, pause: float = PAUSE) -> None:
    """Give a webhook its JSON; what may pass is tried again. Raises NotSent."""
    sent = _request(url, content, {"Content-Type": "application/json", **headers})
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            status = within(2 * timeout, lambda: _ask(sent, timeout))
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            problem = _why(trouble)
            continue
        if 200 <= status < 300:
            return
        problem = f"it answered {status}"
        if status not in _AGAIN:
            raise NotSent(problem, alone=True)
    raise NotSent(problem)


def beat(url: str, ending: str, *, timeout: float, said: str = "") -> None:
    """Call a heartbeat's address, with `start`, `fail` or nothing behind it; `said` goes along as text. Raises NotSent."""
    address, question, query = url.partition("?")
    target = address.rstrip("/") + (f"/{ending}" if ending else "") + question + query
    content = said.encode()[:10_000] or None
    sent = _request(target, content, {"Content-Type": "text/plain; charset=utf-8"} if content else {})
    try:
        status = within(2 * timeout, lambda: _ask(sent, timeout))
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        raise NotSent(_why(trouble)) from None
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; TimeoutError when it takes longer: timeouts of sockets start anew with every byte."""
    result: list[Any] = []

    def run() -> None:
        try:
            result.append((True, work()))
        except BaseException as trouble:  # handed to who waits
            result.append((False, trouble))

    worker = threading.Thread(target=run, name="sending", daemon=True)
    worker.start()
    worker.join(seconds)
    if not result:
        raise TimeoutError("took too long")
    good, value = result[0]
    if good:
        made: T = value
        return made
    raise value


class _NoRedirect(request.HTTPRedirectHandler):
    """What is signed for one address goes to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _request(url: str, content: bytes | None, headers: Mapping[str, str]) -> request.Request:
    """A request; a name and password in the address become a header, because urllib would take them for part of the host."""
    parts = urlsplit(url)
    account, at, place = parts.netloc.rpartition("@")
    basic = {"Authorization": f"Basic {base64.b64encode(unquote(account).encode()).decode()}"} if at else {}
    return request.Request(  # noqa: S310 (the setting takes http and https only)
        parts._replace(netloc=place).geturl(), data=content, headers={"User-Agent": "PhuongChi", **basic, **headers}
    )


def _ask(sent: request.Request, timeout: float) -> int:
    opener = request.build_opener(_NoRedirect())
    try:
        with opener.open(sent, timeout=timeout) as answer:
            return int(answer.status)
    except error.HTTPError as refused:
        with refused:
            return refused.code


def _send_mail(how: Notifying, message: EmailMessage, password: str, folder: Path) -> None:
    context = ssl.create_default_context(cafile=str(folder / how.smtp_ca) if how.smtp_ca else None)
    port = how.smtp_port or PORTS[how.smtp_security]
    if how.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(how.smtp_host, port, timeout=how.timeout, context=context)
    else:
        server = smtplib.SMTP(how.smtp_host, port, timeout=how.timeout)
    with server:
        if how.smtp_security == "starttls":
            server.starttls(context=context)
        if how.smtp_user:
            server.login(how.smtp_user, password)
        server.send_message(message)


def _why(trouble: BaseException) -> str:
    """An exception in words: the reason inside of urllib's, the system's words for its number."""
    reason = getattr(trouble, "reason", None)
    if isinstance(reason, BaseException):
        return _why(reason)
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {trouble.verify_message}"
    if isinstance(trouble, TimeoutError):
        return "it did not answer in time"
    said = getattr(trouble, "strerror", None)  # other words of it may hold the address
    return f"{type(trouble).__name__}: {said}" if said else type(trouble).__name__


def _text(said: bytes | str) -> str:
    return " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split())[:200]
