"""How fast the pages for people are, over an archive that is there.

    python -m bench.pages sqlite:////path/to/phuongchi.db [--folder WARCS] [--rounds 8]

Each page is asked for several times, over all its variants, from a server in this process: what is measured is the question to
the database and the making of the page. The first time is given apart: what a page counts is kept for some
minutes (overview, completeness), and nothing is in the memory yet. Milliseconds that pass, and those of the processors for this
process and for PostgreSQL's (where it runs on this machine), which depend less on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from storage import reader, schema
from storage.engine import Database
from storage.reader import Filters, catalogue, clusters, runs
from storage.serving import connect_to_serve
from tests.access.served import Server, serve

LIMIT = 150.0
"""Milliseconds of the processors that no page may take. On a machine that does nothing else they are those that pass."""

MINE = f"pages-{os.getpid()}"
"""The name by which PostgreSQL knows our connections."""

SEARCHES = {
    "search, newest": ["/tim"],
    "search, commonest words": ["/tim?q=ph%C6%B0%E1%BB%9Dng", "/tim?q=UBND", "/tim?q=cong", "/tim?q=ho"],
    "search, two words": ["/tim?q=hoi+nghi", "/tim?q=to+dan", "/tim?q=nghi+quyet"],
    "search, a phrase": ["/tim?q=%22uy+ban+nhan+dan%22", "/tim?q=%22to+dan+pho%22"],
    "search, a rare word": ["/tim?q=xuyen", "/tim?q=khuong", "/tim?q=ngoan"],
    "search, a province": ["/tim?q=hoi&province=Hu%E1%BA%BF", "/tim?province=Ngh%E1%BB%87+An"],
    "search, a year": ["/tim?since=2019&until=2019", "/tim?q=hoi+nghi&since=2016&until=2017"],
    "search, a kind": ["/tim?kind=gallery", "/tim?q=hoi&kind=document"],
    "search, by relevance": ["/tim?q=hoi+nghi&order=relevance", "/tim?q=chuyen+doi+so&order=relevance"],
}


def main() -> None:
    """Ask, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", help="address of the archive's database; nothing is written to it")
    parser.add_argument("--folder", type=Path, default=Path(), help="where its WARC files are; no page reads them")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--only", default="", help="pages whose name begins so")
    given = parser.parse_args()
    address = make_url(given.database)
    if address.get_backend_name() != "sqlite":
        address = address.update_query_dict({"application_name": MINE})
    url = address.render_as_string(hide_password=False)
    db = connect_to_serve(url, seconds=60)
    pages = {name: some for name, some in variants(db).items() if name.startswith(given.only)}
    print(f"{reader.counts(db).articles:,} articles, {db.dialect}, {given.rounds} rounds, milliseconds")
    print(f"{'page':28}{'first':>8}{'cpu':>8}{'p50':>8}{'p95':>8}{'worst':>8}{'cpu p50':>9}{'cpu p95':>9}{'KB':>7}")
    with serve(url, given.folder, seconds=60, rehearsed=True) as server:  # as `phuongchi serve` does
        for name, paths in pages.items():
            print(measured(server, name, paths, given.rounds, db), flush=True)
    db.close()


def servants(db: Database) -> Sequence[Path]:
    """Where Linux tells how long each process of PostgreSQL that serves this database has had a processor."""
    if db.dialect == "sqlite":
        return ()
    with db.read() as connection:
        query = text("SELECT pid FROM pg_stat_activity WHERE application_name = :mine")
        places = [Path(f"/proc/{pid}/schedstat") for pid in connection.execute(query, {"mine": MINE}).scalars()]
    return [place for place in places if place.exists()]


def variants(db: Database) -> Mapping[str, Sequence[str]]:
    """The addresses that are asked, by page: the searches, and what is found of everything else in this archive."""
    lines = reader.articles(db, Filters(), limit=200)[::40]
    told = [name for name, _ in clusters.clusters(db, limit=5)]
    portals = [line.portal for line in lines]
    wards = [one.unit for one in catalogue.portals(db, limit=200) if one.unit][:5]
    found = {
        "start": ["/", "/en/"],
        **SEARCHES,
        "search, second page": [f"/tim?q=ho&after={line.sort_key}" for line in lines],
        "search, a portal": [f"/tim?q=hoi&portal={name}" for name in portals],
        "article": [f"/bai/{line.id}" for line in lines],
        "comparison": [f"/bai/{line.id}/so-sanh" for line in lines],
        "story": [f"/nhom/{name}" for name in told],
        "article, with files": [f"/bai/{name}" for name in burdened(db)],
        "portals": ["/nguon", "/nguon?trang_thai=late"],
        "portals, by name": ["/nguon?ten=phuong+so+1", "/nguon?ten=hue"],
        "portal": [f"/nguon/{name}" for name in portals],
        "portal, the largest": [f"/nguon/{name}" for name in largest(db)],
        "wards, by name": ["/don-vi?ten=hung+phuc", "/don-vi?ten=phuong+1"],
        "ward": [f"/don-vi/{code}" for code in wards],
        "runs": ["/phien", f"/phien?before={max([one.id for one in runs.runs(db, limit=1)], default=1) // 2 + 1}"],
        "run": [f"/phien/{one.id}" for one in runs.runs(db, limit=3)],
        "feed": ["/atom", *(f"/atom?portal={name}" for name in portals[:2])],
        "vanished": ["/da-go", f"/da-go?portal={portals[0] if portals else ''}"],
        "vanished, a province": ["/da-go?province=Hu%E1%BA%BF"],
        "overview": ["/tong-quan"],
        "about": ["/gioi-thieu"],
        "operators": ["/van-hanh"],
    }
    return {name: paths for name, paths in found.items() if paths}


def largest(db: Database) -> Sequence[str]:
    """The portal of which most articles are kept."""
    portal = schema.article.c.portal
    with db.read() as connection:
        return (
            connection.execute(select(portal).group_by(portal).order_by(func.count().desc()).limit(1)).scalars().all()
        )


def burdened(db: Database) -> Sequence[str]:
    """The articles that offer most files."""
    article = schema.attachment.c.article
    with db.read() as connection:
        query = select(article).group_by(article).order_by(func.count().desc(), article).limit(5)
        return connection.execute(query).scalars().all()


def measured(server: Server, name: str, paths: Iterable[str], rounds: int, db: Database) -> str:
    """One line of the table."""
    paths, passed, used, sizes = list(paths), list[float](), list[float](), list[int]()
    server.get("/")  # its connection is there before it is measured
    began = [_asked(server, path, servants(db)) for path in paths]
    server.app.state.serving.figures.settle()  # what the first visitors set going is not done beside those that are measured
    asked = servants(db)
    for _ in range(rounds):
        for path in paths:
            took, cpu, size = _asked(server, path, asked)
            passed.append(took)
            used.append(cpu)
            sizes.append(size)
    passed.sort()
    used.sort()
    p50, p95 = len(passed) // 2, len(passed) * 95 // 100
    first, cold = (max(one[place] for one in began) for place in (0, 1))
    over = "  OVER" if used[p95] > LIMIT else ""
    return (
        f"{name:28}{first:8.1f}{cold:8.1f}{passed[p50]:8.1f}{passed[p95]:8.1f}{passed[-1]:8.1f}"
        f"{used[p50]:9.1f}{used[p95]:9.1f}{max(sizes) / 1000:7.1f}{over}"
    )


def _asked(server: Server, path: str, processes: Sequence[Path]) -> tuple[float, float, int]:
    """Milliseconds that passed and that the processors worked, and bytes of the page."""
    began, cpu = time.perf_counter(), _worked(processes)
    answer = server.get(path, headers={"Accept": "text/html"})
    took, used = time.perf_counter() - began, _worked(processes) - cpu
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}\n{answer.body.decode()[:1000]}")
    return took * 1000, used * 1000, len(answer.body)


def _worked(processes: Sequence[Path]) -> float:
    return time.process_time() + sum(int(place.read_text().split()[0]) for place in processes) / 1e9


if __name__ == "__main__":
    main()
