"""A client of an archive's API, for programs elsewhere: needs nothing but urllib3, and imports nothing else of this project.

    archive = Client("http://127.0.0.1:8001")
    for article in archive.articles(q='"lễ hội"', since="2024"):
        print(article["published_at"], article["title"])

    for batch in archive.follow("cursor.txt"):       # for ever; killed at any moment, it goes on where it was
        for change in batch:
            copy[change.article] = change.object

Articles and other objects are the dictionaries that the API gives; its description is at `/api/v1/openapi.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

import urllib3

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]
    import polars

Article = dict[str, Any]
"""An object of the schema `phuongchi.article/1`."""

_AGAIN = (429, 502, 503, 504)
_LONGEST_PAUSE = 60.0
_INSTANTS = ("first_seen", "last_seen", "removed_at")


class ClientError(Exception):
    """Something went wrong; `problem` is the server's own account of it (RFC 9457), if it gave one."""

    def __init__(self, message: str, *, status: int = 0, problem: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status, self.problem = status, problem or {}


class NotFound(ClientError):
    """There is no such thing in the archive (404)."""


class Refused(ClientError):
    """The request was wrong, or what it asks for may not be shown (other 4xx)."""


class OldCursor(ClientError):
    """The archive was restored or made anew since this cursor (410): the copy must be made again from the beginning."""


class Unavailable(ClientError):
    """The server could not be reached, or had no room, also after several tries."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an article; `object` is the article as it stands now (None: it was not asked for).

    `kind` is `created revised redated reextracted moved clustered unclustered removed returned history-added withheld released
    redacted`, or what later versions add. A withheld, redacted or restricted article is a tombstone without text.
    """

    cursor: str
    kind: str
    article: str
    at: str
    digest: str
    object: Article | None = None


class Client:
    """An archive at an address. Safe to share between threads; `timeout` in seconds for one answer, `tries` for one request."""

    def __init__(
        self, url: str, *, timeout: float = 30.0, tries: int = 6, agent: str = "phuongchi-client/1",
        pool: urllib3.PoolManager | None = None,
    ) -> None:  # fmt: skip
        self._base = url.rstrip("/") + "/api/v1"
        self._timeout, self._tries = timeout, tries
        self._headers = {"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        self._pool = pool or urllib3.PoolManager(maxsize=8)
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; who waits for another try gives up."""
        self._closed.set()
        self._pool.clear()

    def about(self) -> dict[str, Any]:
        """Which archive it is, its epoch, and the cursor of the change feed as it stands."""
        return self._object("")

    def articles(self, *, fields: Sequence[str] = (), page_size: int = 100, **filters: Any) -> Iterator[Article]:
        """The articles that are asked for, one by one. `filters` are those of `/api/v1/articles`: `q since until portal ward
        province kind removed hidden order` and more."""
        wanted = {"fields": ",".join(fields)} if fields else {}
        yield from self._items("/articles", page_size, {**wanted, **filters})

    def article(self, id: str, *, revision: int | None = None) -> Article:
        """One article, or a state of it. Raises NotFound."""
        return self._object(f"/articles/{quote(id)}" + (f"/revisions/{revision}" if revision is not None else ""))

    def revisions(self, id: str) -> list[dict[str, Any]]:
        """The states of an article, oldest first, without their texts. Raises NotFound."""
        return list(self._object(f"/articles/{quote(id)}/revisions")["items"])

    def diff(self, id: str, old: int, new: int) -> dict[str, Any]:
        """Two states of an article compared by word. Raises NotFound."""
        return self._object(f"/articles/{quote(id)}/diff", {"from": old, "to": new})

    def lookup(self, url: str) -> list[Article]:
        """The articles at an address, in whatever form it is written; empty if the archive does not have it."""
        return list(self._object("/lookup", {"url": url})["items"])

    def captures(self, *, page_size: int = 200, **filters: Any) -> Iterator[dict[str, Any]]:
        """What was asked and what came: of the archive, a `portal` or a `url`."""
        yield from self._items("/captures", page_size, filters)

    def body(self, capture: int) -> bytes:
        """The bytes of a capture as they were received. Raises NotFound, Refused for those that may not be shown."""
        return self._ask(f"/captures/{capture}/body").data

    def portals(self) -> Iterator[dict[str, Any]]:
        """All portals."""
        yield from self._items("/portals", 200)

    def clusters(self) -> Iterator[dict[str, Any]]:
        """All clusters, with their sizes."""
        yield from self._items("/clusters", 200)

    def cluster(self, id: str) -> dict[str, Any]:
        """One cluster with its articles in the order of spread. Raises NotFound."""
        return self._object(f"/clusters/{quote(id)}")

    def runs(self) -> Iterator[dict[str, Any]]:
        """All runs, the newest first."""
        yield from self._items("/runs", 200)

    def changes(
        self, after: str = "", *, wait: int = 0, objects: bool = True, limit: int = 200
    ) -> tuple[list[Change], str]:
        """What happened behind a cursor, oldest first, and the cursor to go on with.

        With nothing new it waits up to `wait` seconds. Raises OldCursor.
        """
        asked = {"after": after, "wait": wait, "limit": limit, "expand": str(objects).lower()}
        found = self._object("/changes", asked, timeout=self._timeout + wait)
        names = Change.__slots__
        items = [Change(**{name: one[name] for name in names if name in one}) for one in found["items"]]
        return items, str(found["next"])

    def follow(
        self,
        cursor: str | os.PathLike[str],
        *,
        wait: int = 50,
        until_current: bool = False,
        objects: bool = True,
        limit: int = 200,
        resync: Callable[[OldCursor], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[list[Change]]:
        """What happens to articles, batch by batch, from the cursor in a file on; for ever, or `until_current`.

        The file is written when the next batch is asked for, so after the one before was dealt with: whoever is killed gets
        that batch again, and none is ever missed. After a restore or reindex of the archive `resync` is called (drop the copy
        there: every article comes again); without it OldCursor is raised. `stop` ends it between two batches, each of at
        most `limit` changes.
        """
        path = Path(cursor)
        place = read_cursor(path)
        while not (stop is not None and stop.is_set()):
            try:
                batch, onward = self.changes(place, wait=0 if until_current else wait, objects=objects, limit=limit)
            except OldCursor as error:
                if resync is None:
                    raise
                resync(error)
                place = ""
                save_cursor(path, place)
                continue
            if batch:
                yield batch
            if onward != place:
                save_cursor(path, onward)
                place = onward
            if until_current and not batch:
                return

    def to_pandas(self, **filters: Any) -> pandas.DataFrame:
        """The articles that are asked for as a table; needs pandas. Instants become times, dates stay as printed."""
        import pandas

        table = pandas.DataFrame(list(self.articles(**filters)))
        for name in set(_INSTANTS) & set(table.columns):
            table[name] = pandas.to_datetime(table[name], utc=True)
        return table

    def to_polars(self, **filters: Any) -> polars.DataFrame:
        """The articles that are asked for as a table; needs polars. Instants become times, dates stay as printed."""
        import polars

        table = polars.DataFrame(list(self.articles(**filters)), infer_schema_length=None)
        times = [polars.col(name).cast(polars.String).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
                 for name in _INSTANTS if name in table.columns]  # fmt: skip
        return table.with_columns(times)

    def _items(self, path: str, page_size: int, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page."""
        after: str | None = ""
        while after is not None:
            place = {"after": after} if after else {}
            page = self._object(path, {"limit": page_size, **(query or {}), **place})
            yield from page["items"]
            after = page["next"]

    def _object(
        self, path: str, query: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask(path, query, timeout=timeout).data)
        return found

    def _ask(
        self, path: str, query: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> urllib3.BaseHTTPResponse:
        """The good answer to a request, after some tries. Raises ClientError."""
        given = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in (query or {}).items()
        }
        url = self._base + path + (f"?{urlencode(given)}" if given else "")
        for number in range(1, self._tries + 1):
            asked = 0.0
            try:
                answer = self._pool.request(
                    "GET", url, headers=self._headers, timeout=timeout or self._timeout, retries=False, redirect=False
                )
            except urllib3.exceptions.HTTPError as error:
                fault = Unavailable(f"{url}: {error}")
            else:
                if answer.status == 200:
                    return answer
                if answer.status not in _AGAIN:
                    raise _fault(url, answer)
                fault = Unavailable(f"{url}: {answer.status}", status=answer.status, problem=_problem(answer))
                asked = _seconds(answer.headers.get("Retry-After", ""))
            if number == self._tries or self._closed.wait(_pause(number, asked)):
                raise fault
        raise ValueError("tries must be 1 at least")


def read_cursor(path: Path) -> str:
    """The cursor in a file; empty (from the beginning) if there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text("utf-8").strip()
    return ""


def save_cursor(path: Path, cursor: str) -> None:
    """Write a cursor to a file that holds the old one or the whole new one at every moment, also after a power failure."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(cursor + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fault(url: str, answer: urllib3.BaseHTTPResponse) -> ClientError:
    problem = _problem(answer)
    said = f"{url}: {answer.status} {problem.get('detail', '')} {problem.get('cure', '')}".strip()
    kind = {404: NotFound, 410: OldCursor}.get(answer.status, Refused if answer.status < 500 else ClientError)
    return kind(said, status=answer.status, problem=problem)


def _problem(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        found = json.loads(answer.data)
        if isinstance(found, dict):
            return found
    return {}


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0


def _pause(number: int, asked: float) -> float:
    """Seconds before the next try: as the server asks, else twice as long each time; never all clients at one moment."""
    base = min(max(asked, 0.25 * float(2**number)), _LONGEST_PAUSE)
    return base * (1 + random.random() / 4)  # noqa: S311 - no secret
