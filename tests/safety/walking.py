"""Walks: the same work begun anew for each point it comes to, hurt there, begun again, and compared with one that nobody hurt."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from storage.points import ANY, POINTS, Fault
from tests.conftest import new_database
from tests.safety.forks import Ended, Forks

CODES = {"kill": -signal.SIGKILL, "full": 6, "busy": 7}
"""How work ends that is hurt in one of these ways."""


@dataclass(frozen=True, slots=True)
class Place:
    """An archive: the address of its database and its folder."""

    url: str
    folder: Path

    @contextmanager
    def copy(self, to: Path) -> Iterator[Place]:
        """A copy of it that lasts for the block."""
        shutil.copytree(self.folder, to)
        place = make_url(self.url)
        try:
            with new_database(place, template=str(place.database)) if is_postgres(place) else nullcontext() as made:
                url = made.render_as_string(hide_password=False) if made else f"sqlite:///{to}/phuongchi.db"
                configure(url, to)
                yield Place(url, to)
        finally:
            for path in to.parent.glob(to.name + "*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def configure(url: str, folder: Path) -> None:
    """Write the configuration of an archive whose database is at `url`."""
    database = f'database = "{url}"\n' if is_postgres(make_url(url)) else ""
    hurry = "fetch.delay = 0.0\nread.processes = 1\n"
    (folder / "phuongchi.toml").write_text(hurry + database.replace("+psycopg", ""))


def is_postgres(url: URL) -> bool:
    """Whether a database is PostgreSQL's."""
    return url.get_backend_name() == "postgresql"


Work = tuple[Callable[..., Any], Sequence[Any]]
"""A function of `tests.safety.wards` and its arguments behind database and folder."""


@dataclass
class Walk:
    """Work over copies of an archive: `begun` may be hurt, `ended` is done after it and returns what there is then.

    `before` is what is done first, and may end as it likes.
    """

    forks: Forks
    base: Place
    room: Path
    begun: Work
    ended: Work
    before: Work | None = None

    def unhurt(self) -> tuple[Ended, Any]:
        """How the work goes when nobody hurts it, and what there is then."""
        with self._copy("unhurt") as place:
            first = self._do(place, self.begun)
            assert first.code == 0, first
            return first, self._whole(place)

    def points(self, passes: Iterable[str], fault: Fault) -> list[str]:
        """The points among them at which the fault can happen."""
        return sorted(name for name in passes if name != ANY and fault in POINTS[name].faults)

    def each_point(self, fault: Fault, *, names: Collection[str] = ()) -> set[str]:
        """Hurt the work the first time it comes to each point (of `names`); returns those. Fails for the bad ones."""
        first, wanted = self.unhurt()
        chosen = [name for name in self.points(first.passes, fault) if not names or name in names]
        found = {name: self._hurt(f"{name}:1:{fault}", fault, wanted) for name in chosen}
        bad = {name: wrong for name, wrong in found.items() if wrong != []}
        assert not bad, bad
        return set(chosen)

    def every_pass(self, fault: Fault) -> int:
        """Hurt the work at its first pass through any point, at its second, … until it ends untouched; returns how many.

        Fails for the bad ones.
        """
        _, wanted = self.unhurt()
        found: dict[int, list[Any]] = {}
        for number in count(1):
            wrong = self._hurt(f"{ANY}:{number}:{fault}", fault, wanted)
            if wrong is None:
                break
            found[number] = wrong
        bad = {number: wrong for number, wrong in found.items() if wrong}
        assert not bad, bad
        return len(found)

    def _hurt(self, kill: str, fault: Fault, wanted: Any) -> list[Any] | None:
        """Hurt the work once; what is then wrong in the end, None if it ended before it was hurt."""
        with self._copy("hurt") as place:
            first = self._do(place, self.begun, kill)
            if first.code == 0:
                return None
            if first.code != CODES[fault]:
                return ["ended with", first.code, first.said]
            last = self._do(place, self.ended)
            if last.code != 0:
                return ["could not go on", last.code, last.said]
        return [] if last.value == wanted else ["other", _difference(last.value, wanted)]

    @contextmanager
    def _copy(self, name: str) -> Iterator[Place]:
        with self.base.copy(self.room / name) as place:
            if self.before is not None:
                self._do(place, self.before)
            yield place

    def _whole(self, place: Place) -> Any:
        last = self._do(place, self.ended)
        assert last.code == 0, last.said
        return last.value

    def _do(self, place: Place, work: Work, kill: str = f"{ANY}:0") -> Ended:
        function, arguments = work
        return self.forks.run(function, place.url, place.folder, *arguments, kill=kill)


def _difference(found: Any, wanted: Any) -> Any:
    """What there is too much, and what is missing."""
    if not isinstance(wanted, dict):
        return found, wanted
    return {
        name: (found[name] - wanted[name], wanted[name] - found[name]) for name in wanted if found[name] != wanted[name]
    }
