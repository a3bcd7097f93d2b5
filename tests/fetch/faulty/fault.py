"""One misbehaviour as a value, and the pieces it is made of."""

from __future__ import annotations

from dataclasses import dataclass

ARCHIVED = "archived"
"""Expected of what is kept whole, without a failure row."""

WORDS = "Ủy ban nhân dân phường tổ chức hội nghị tổng kết công tác năm và triển khai nhiệm vụ trọng tâm của quý tới."


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent for so many seconds; without a number until the server ends."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The same bytes over and over, so many times, with a pause between them."""

    data: bytes
    times: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is torn, not closed."""


Step = bytes | Pause | Again | Reset


@dataclass(frozen=True, slots=True)
class Fault:
    """A misbehaviour: the steps of its answer, and the class of failure that its address must get (or `archived`).

    `@HERE@` and `@CANARY@` in bytes become the `host:port` of the server and of a listener nobody may speak to. `at` is the
    address that fails, where it is not the first one (a chain of redirects); `path` the address that the home page links to.
    """

    name: str
    expect: str
    steps: tuple[Step, ...]
    path: str = ""
    at: str = ""

    @property
    def address(self) -> str:
        """The path that the home page links to."""
        return self.path or f"/tin-tuc/{self.name}.html"


def page(title: str = "Hội nghị tổng kết công tác năm của phường", extra: str = "") -> bytes:
    """An article with `extra` markup at its end."""
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Ngày 12/10/2026</p>"
    return (text + f"<p>{WORDS}</p>" * 6 + extra + "</body></html>").encode("utf-8", "surrogatepass")


def http(body: bytes = b"", *headers: str | bytes, status: str = "200 OK", length: bool = True, kind: str = "text/html",
         version: str = "HTTP/1.1") -> bytes:  # fmt: skip
    """An answer as bytes, after which the server closes."""
    lines = [f"{version} {status}".encode(), b"Connection: close"]
    lines += [f"Content-Type: {kind}".encode()] if kind else []
    lines += [f"Content-Length: {len(body)}".encode()] if length else []
    lines += [line.encode() if isinstance(line, str) else line for line in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answer(name: str, expect: str, *steps: Step) -> Fault:
    """A misbehaviour that lies in how an article is sent."""
    return Fault(name, expect, steps)
