"""The runners over children that crash, hang, fall silent and eat memory: real processes, killed for real."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phuongchi.config import ReadLimits
from phuongchi.runners import bookkeeping
from phuongchi.runners.child import Child
from phuongchi.runners.crawling import ChildFailed, Crawling, smaller
from phuongchi.runners.order import Order, exit_code
from phuongchi.runners.reading import Readers
from storage import runs
from storage.engine import Database
from storage.records import Portal, Visit, VisitState

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PROGRAM = (sys.executable, str(Path(__file__).with_name("misbehaving.py")))


def portals(*names: str) -> tuple[Portal, ...]:
    """Portals by name."""
    return tuple(Portal(id=name, url=f"https://{name}/") for name in names)


@dataclass
class Batches:
    """A crawl over misbehaving portals, with a folder in place of the database."""

    done: Path
    failed: dict[str, str] = field(default_factory=dict)
    events: list[Mapping[str, Any]] = field(default_factory=list)

    def crawling(self, *, silence: float = 30.0, count: int = 1, servers: Mapping[str, str] | None = None) -> Crawling:
        """The crawl."""
        return Crawling(
            job=lambda batch: {"done": str(self.done), "portals": [portal.id for portal in batch]},
            unfinished=lambda batch: [p for p in batch if not (self.done / p.id).exists() and p.id not in self.failed],
            failed=lambda portal, cause, why: self.failed.update({portal.id: f"{cause}: {why}"}),
            on_event=self.events.append,
            environment=dict,
            silence=silence,
            program=PROGRAM,
            count=count,
            servers=lambda portal: frozenset({(servers or {}).get(portal.id, portal.id)}),
        )

    def visited(self) -> set[str]:
        """Which portals were visited to the end."""
        return {path.name for path in self.done.iterdir() if path.suffix not in (".tried", ".here")}

    def tries(self, portal: str) -> list[int]:
        """The sizes of the batches a portal was tried in."""
        return [int(size) for size in (self.done / f"{portal}.tried").read_text().split()]


def test_crawling_when_one_portal_kills_its_child_then_the_others_are_visited_and_it_is_named(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    asyncio.run(batches.crawling().run([portals("a", "b", "crash", "c", "d", "e"), portals("f")]))
    assert batches.visited() == {"a", "b", "c", "d", "e", "f"}
    assert batches.tries("crash") == [6, 2, 1]  # in smaller parts, at last alone
    assert batches.tries("a") == [6]  # what was finished is not visited again
    assert list(batches.failed) == ["crash"]
    assert batches.failed["crash"].startswith("crash: ended with SIGSEGV")


def test_crawling_when_a_portal_crashes_once_then_it_is_visited_after_all(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    asyncio.run(batches.crawling().run([portals("once")]))
    assert (batches.visited(), batches.failed) == ({"once"}, {})


def test_crawling_when_a_child_is_silent_then_it_is_killed_and_the_others_are_visited(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    asyncio.run(batches.crawling(silence=0.5).run([portals("a", "mute", "b")]))
    assert batches.visited() == {"a", "b"}
    assert batches.failed["mute"].startswith("hung: silent for 0.5 s")


def test_crawling_when_several_children_may_run_then_they_do_and_a_crash_harms_no_other(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    every = [portals("meet-1", "a"), portals("crash", "b"), portals("meet-2", "c")]
    asyncio.run(asyncio.wait_for(batches.crawling(count=3).run(every), 60))
    assert batches.visited() == {"meet-1", "a", "b", "meet-2", "c"}
    assert list(batches.failed) == ["crash"]


def test_crawling_when_batches_share_a_server_then_one_waits_for_the_other(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    servers = {"shy-1": "10.0.0.1", "shy-2": "10.0.0.1", "shy-3": "10.0.0.1"}
    every = [portals("shy-1"), portals("shy-2", "a"), portals("b"), portals("shy-3")]
    asyncio.run(batches.crawling(count=4, servers=servers).run(every))
    assert batches.visited() == {"shy-1", "shy-2", "shy-3", "a", "b"}
    assert batches.failed == {}
    assert batches.tries("shy-2") == [2]


def test_crawling_when_one_child_says_what_is_wrong_then_the_others_end_too(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    with pytest.raises(ChildFailed, match="the folder is full"):
        asyncio.run(
            asyncio.wait_for(batches.crawling(count=2).run([portals("mute"), portals("raise"), portals("c")]), 60)
        )
    assert batches.visited() == set()


def test_crawling_when_a_child_says_what_is_wrong_then_that_is_raised_with_its_code(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    with pytest.raises(ChildFailed, match="the folder is full") as raised:
        asyncio.run(batches.crawling().run([portals("a", "raise", "b"), portals("c")]))
    assert raised.value.exit_code == 6
    assert batches.visited() == {"a"}


def test_crawling_when_killed_then_ends_at_once_and_starts_nothing_more(tmp_path: Path) -> None:
    batches = Batches(tmp_path)

    async def work() -> None:
        crawling = batches.crawling()
        running = asyncio.create_task(crawling.run([portals("a", "mute"), portals("b")]))
        while not batches.events:
            await asyncio.sleep(0)
        crawling.kill()
        await running

    asyncio.run(work())
    assert batches.visited() == {"a"}


@given(st.lists(st.text(min_size=1), unique=True, max_size=30))
def test_smaller_when_tried_again_and_again_then_every_portal_is_alone_at_last(names: list[str]) -> None:
    waiting = [portals(*names)] if names else []
    alone: list[Portal] = []
    while waiting:
        batch = waiting.pop()
        parts = smaller(batch)
        assert all(0 < len(part) < len(batch) for part in parts)
        assert sum(len(part) for part in parts) == (len(batch) if len(batch) > 1 else 0)
        waiting += parts
        alone += batch if len(batch) == 1 else ()
    assert sorted(portal.id for portal in alone) == sorted(names)


@dataclass
class Piles:
    """Readers over misbehaving captures."""

    given_up: dict[str, list[int]] = field(default_factory=dict)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    stored: tuple[str, ...] = ()

    def read(self, *names: str, limits: ReadLimits, count: int = 1, each: int = 3) -> Readers:
        """Read these portals, in each of which so many captures wait, to the end."""

        def give_up(portal: Portal, entry: int, reason: str) -> bool:
            if portal.id in self.stored:
                return False
            self.given_up.setdefault(portal.id, []).append(entry)
            self.reasons.append(reason)
            return True

        readers = Readers(
            portals(*names), limits=limits, count=count, waiting=lambda: dict.fromkeys(names, each),
            job=lambda portal, at_end: {"portal": portal.id, "given_up": self.given_up.get(portal.id, [])},
            give_up=give_up, on_event=self.events.append, environment=dict, program=PROGRAM,
            understood=lambda: 0, take_back=self.taken_back.extend,
        )  # fmt: skip
        readers.all_ended()
        asyncio.run(readers.run())
        return readers


def test_readers_when_a_capture_waits_for_a_shelf_then_its_portal_says_so_and_it_is_no_verdict() -> None:
    piles = Piles()
    readers = piles.read("waits", "good", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert (dict(readers.verdicts), readers.unreadable) == ({"new": 5}, {})
    assert list(readers.away) == ["waits"] and readers.away["waits"].startswith("1 bản chụp đợi")
    assert [event["portal"] for event in piles.events if event["event"] == "unreadable"] == ["waits"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("portal", "limits", "reason"),
    [
        ("hang", ReadLimits(processes=1, cpu=60, wall=1, memory=2000), "parse-limit"),
        ("spin", ReadLimits(processes=1, cpu=1, wall=60, memory=2000), "parse-limit"),
        ("eat", ReadLimits(processes=1, cpu=60, wall=60, memory=200), "parse-limit"),
        ("crash", ReadLimits(processes=1, cpu=60, wall=60, memory=2000), "parse-crash"),
    ],
)
def test_readers_when_a_capture_is_poison_then_it_alone_is_given_up_and_all_is_read(
    portal: str, limits: ReadLimits, reason: str
) -> None:
    piles = Piles()
    readers = piles.read(portal, "good", limits=limits)
    assert (piles.given_up, piles.reasons) == ({portal: [7]}, [reason])
    assert readers.verdicts == {"new": 2 + 3}


def test_readers_when_they_die_at_what_is_stored_then_no_capture_is_named_but_the_portal() -> None:
    piles = Piles(stored=("crash",))
    readers = piles.read("crash", "good", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert (piles.given_up, list(readers.unreadable), readers.verdicts) == ({}, ["crash"], {"new": 3})


def test_readers_when_a_portal_kills_every_reader_then_it_is_named_and_the_others_are_read() -> None:
    readers = Piles().read("dead", "good", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert readers.unreadable == {"dead": "no such library"}
    assert readers.verdicts == {"new": 3}


def test_readers_when_every_capture_kills_its_reader_then_none_stays_marked_and_it_says_so() -> None:
    piles = Piles()
    with pytest.raises(
        ChildFailed, match=r"every reader died: 3 captures in a row, the last at all-poison, capture 8"
    ) as raised:
        piles.read("all-poison", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert raised.value.exit_code == 1
    assert piles.given_up == {"all-poison": [6, 7, 8]}
    assert piles.taken_back == [6, 7, 8]


def test_readers_when_a_whole_slice_is_poison_then_the_rest_is_read(tmp_path: Path) -> None:
    piles = Piles()
    readers = piles.read("all-poison", "good", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert readers.verdicts == {"new": 3}
    assert (piles.given_up, piles.taken_back) == ({"all-poison": [6, 7, 8]}, [])


@pytest.mark.parametrize(("each", "started"), [(3, 1), (100, 2)])
def test_readers_when_little_waits_then_one_is_enough(each: int, started: int) -> None:
    piles = Piles()
    limits = ReadLimits(processes=2, cpu=60, wall=60, memory=2000)
    readers = piles.read("a", "b", "c", limits=limits, count=2, each=each)
    assert readers.verdicts == {"new": 9}
    assert len({event["reader"] for event in piles.events if event["event"] == "read"}) == started


def test_readers_when_they_come_to_a_portal_again_then_each_reads_what_it_read_before() -> None:
    waits = {"a": 200, "b": 100}
    by: dict[str, list[int]] = {"a": [], "b": []}

    def hear(event: Mapping[str, Any]) -> None:
        if event["event"] == "read":
            by[str(event["portal"])].append(int(event["reader"]))
        if by["a"] and by["b"]:
            waits.update(a=100, b=200)
            readers.all_ended()

    readers = Readers(
        portals("a", "b"), limits=ReadLimits(processes=2, cpu=60, wall=60, memory=2000), count=2, waiting=lambda: waits,
        job=lambda portal, at_end: {"portal": portal.id, "given_up": []}, give_up=lambda *_: True, on_event=hear,
        environment=dict, program=PROGRAM, understood=lambda: 0, take_back=lambda entries: None,
    )  # fmt: skip

    async def work() -> None:
        await asyncio.wait_for(readers.run(), 60)

    asyncio.run(work())
    assert by["a"][0] != by["b"][0]
    assert (len(set(by["a"])), len(set(by["b"]))) == (1, 1)
    assert (by["a"][1:], by["b"][1:]) == (by["a"][:1], by["b"][:1])


@pytest.mark.long
def test_readers_when_captures_without_end_kill_their_readers_then_it_stops_after_some() -> None:
    piles = Piles()
    with pytest.raises(ChildFailed, match=r"every reader died: 25 captures in a row"):
        piles.read("endless", limits=ReadLimits(processes=1, cpu=60, wall=60, memory=2000))
    assert piles.taken_back == piles.given_up["endless"] == list(range(1, 26))


def test_crawling_when_a_child_dies_after_its_last_visit_then_that_is_no_success(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    with pytest.raises(ChildFailed, match=r"a crawl ended with code 1: .*after its last visit") as raised:
        asyncio.run(batches.crawling().run([portals("a", "late"), portals("b")]))
    assert raised.value.exit_code == 1
    assert batches.visited() == {"a", "late", "b"}


def order(*names: str) -> Order:
    """A run by hand over these portals."""
    return Order((portals(*names),))


def test_end_when_a_continued_run_has_other_portals_open_then_they_stay_for_the_next(
    database: Database, tmp_path: Path
) -> None:
    every, one = order("a.vn", "b.vn"), order("a.vn")
    known = portals("a.vn", "b.vn")
    with runs.hold(database, tmp_path) as fence:
        runs.sync_portals(database, known, now=NOW)
        first = bookkeeping.begin(every, database, fence, now=NOW)
        runs.end_visit(database, fence, first.id, "a.vn", state="done", counts={"answered": 3}, now=NOW)
        again = bookkeeping.begin(one, database, fence, now=NOW)
        code, visits = bookkeeping.end(one, database, fence, again, "", known=known, now=NOW)
        assert (again.id, code, [visit.portal for visit in visits]) == (first.id, 0, ["a.vn"])
        third = bookkeeping.begin(every, database, fence, now=NOW)
        assert third.id == first.id
        assert [one.id for batch in bookkeeping.still_open(every, database, third.id) for one in batch] == ["b.vn"]
        runs.end_visit(database, fence, first.id, "b.vn", state="done", counts={"answered": 3}, now=NOW)
        bookkeeping.mark_unreadable(database, fence, first.id, {"b.vn": "no such library"}, now=NOW)
        code, visits = bookkeeping.end(every, database, fence, third, "", known=known, now=NOW)
        assert (code, visits[1].cause, visits[1].detail) == (4, "read.failed", "no such library")
        last = runs.last_run(database)
    assert last is not None
    assert last.state == "done"


def test_begin_when_a_hand_run_was_killed_then_the_night_has_a_run_of_its_own(
    database: Database, tmp_path: Path
) -> None:
    by_hand = order("a.vn")
    night = replace(by_hand, kind="night", slot=NOW, slots=(("30 22 * * *", NOW),))
    with runs.hold(database, tmp_path) as fence:
        runs.sync_portals(database, portals("a.vn"), now=NOW)
        left = bookkeeping.begin(by_hand, database, fence, now=NOW - timedelta(hours=1))
        runs.start_visit(database, fence, left.id, "a.vn", now=NOW, deep=False)
        begun = bookkeeping.begin(night, database, fence, now=NOW)
        assert (begun.id, begun.kind, begun.slot) == (left.id + 1, "night", NOW)
        assert [(visit.state, visit.cause) for visit in runs.visits(database, left.id)] == [("partial", "run.lost")]
        assert bookkeeping.begin(by_hand, database, fence, now=NOW) == replace(begun, resumed=1)


@pytest.mark.slow
def test_child_when_its_parent_is_killed_then_it_ends_too(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, signal\n"
        "from phuongchi.runners.child import Child\n"
        "async def main():\n"
        "    child = await Child.start('job', environment={}, on_event=print)\n"
        "    print(child.process.pid, flush=True)\n"
        "    await asyncio.sleep(3600)\n"
        "asyncio.run(main())\n"
    )

    async def work() -> None:
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        assert parent.stdout is not None
        child = int(await parent.stdout.readline())
        parent.kill()
        await parent.wait()
        while alive(child):
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(work(), 60))


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_child_when_it_floods_its_streams_then_only_the_tail_is_kept() -> None:
    async def work() -> tuple[int, list[str]]:
        script = "import sys\nfor i in range(9999): print('no json', i); print('e', i, file=sys.stderr)"
        child = await Child.start(
            "x", environment={}, on_event=lambda event: None, program=(sys.executable, "-c", script)
        )
        return await child.wait(), list(child.tail)

    code, tail = asyncio.run(work())
    assert (code, len(tail), tail[-1]) == (0, 40, "e 9998")


def visit(state: VisitState, cause: str = "", **counts: int) -> Visit:
    """One visit of a run."""
    return Visit(run=1, portal=f"{state}{cause}", state=state, cause=cause, counts=counts)


@pytest.mark.parametrize(
    ("visits", "ending", "code"),
    [
        ([], "", 0),
        ([visit("done"), visit("done")], "", 0),
        ([visit("done"), visit("deferred", "robots.unavailable")], "", 4),
        ([visit("done"), visit("unreachable", "net.refused")], "", 4),
        ([visit("partial", "http.5xx", answered=3)], "", 4),
        ([visit("partial", "http.5xx")], "", 5),
        ([visit("unreachable", "net.dns"), visit("failed", "crash")], "", 5),
        ([visit("done"), visit("partial", "limit.pages", answered=9)], "", 10),
        ([visit("failed", "crash"), visit("partial", "limit.pages", answered=9)], "", 4),
        ([visit("done"), visit("pending")], "limit", 10),
        ([visit("pending")], "limit", 10),
        ([visit("unreachable", "net.dns"), visit("pending")], "stopped", 9),
    ],
)
def test_exit_code_when_visits_end_in_any_way_then_is_the_documented_one(
    visits: Sequence[Visit], ending: str, code: int
) -> None:
    assert exit_code(visits, ending=ending) == code


def test_signals_when_a_child_runs_then_they_reach_its_whole_session() -> None:
    async def work(number: signal.Signals) -> int:
        heard: list[Any] = []
        script = 'import signal; print(\'{"event": "up"}\', flush=True); signal.pause()'
        hear: Callable[[Any], None] = heard.append
        child = await Child.start("x", environment={}, on_event=hear, program=(sys.executable, "-c", script))
        while not heard:
            await asyncio.sleep(0)
        child.signal(number)
        return await child.wait()

    assert asyncio.run(work(signal.SIGKILL)) == -signal.SIGKILL
