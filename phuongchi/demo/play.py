"""The demo: the sample world crawled for two nights into an archive, and held against its gold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phuongchi.archive import Archive, initialise
from phuongchi.clock import Clock
from phuongchi.demo.compare import Comparison, compare
from phuongchi.demo.seeds import find_seeds
from phuongchi.demo.site import Site, World, serve
from phuongchi.demo.world import sample_sites
from phuongchi.portals.editing import PortalsFile
from phuongchi.settings import Value
from storage.records import portal_id

if TYPE_CHECKING:
    from phuongchi.progress import RunProgress
    from phuongchi.runners import Outcome

PORT = 8801
"""Where the first sample portal answers if nobody else is there, so that ids are the same in every demo."""

NIGHT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
"""When the first night begins: 22:30 in Vietnam. The sample articles are older than that."""

SETTINGS: Mapping[str, Value] = {"operator": "Demo", "contact": "https://example.invalid/phuongchi", "fetch.delay": 0.0}


@dataclass(frozen=True, slots=True)
class Night:
    """One night of the demo: how the crawl ended, and each portal's articles held against the gold, by site name.

    `expected` says how many readings should have been new and revised; nothing else may have changed an article.
    """

    number: int
    outcome: Outcome
    portals: Mapping[str, str]
    comparisons: Mapping[str, Comparison]
    expected: Mapping[str, int]

    @property
    def changes(self) -> dict[str, int]:
        """How many readings were new and revised."""
        return {verdict: self.outcome.verdicts.get(verdict, 0) for verdict in self.expected}

    @property
    def good(self) -> bool:
        """The gold is met, nothing else changed, and every visit came to its end."""
        met = all(comparison.perfect for comparison in self.comparisons.values())
        return met and self.changes == self.expected and self.outcome.code == 0


def play(folder: Path, *, watch: Callable[[int, Sequence[str]], RunProgress]) -> list[Night]:
    """Serve the sample world, make an archive in `folder`, and crawl it for two nights.

    `watch(night, portals)` gives each night its progress. The clock moves a day between them.

    Raises UsageError when `folder` is an archive already, Stopped when a signal ended a night.
    """
    sites = sample_sites(find_seeds())
    nights = []
    with _served(sites) as world:
        made = _archive(folder, world)
        for number in (1, 2):
            world.night = number
            clock = Clock(NIGHT + timedelta(days=number - 1), made.clock.monotonic(), simulated=True)
            archive = Archive(made.folder, made.config, clock)
            with watch(number, [portal.id for portal in archive.portals()]) as progress:
                nights.append(_night(archive, world, number, progress))
    return nights


def _served(sites: Sequence[Site]) -> Any:
    import socket

    free = True
    for offset in range(len(sites)):
        with socket.socket() as probe:
            free = free and probe.connect_ex(("127.0.0.1", PORT + offset)) != 0
    return serve(sites, base_port=PORT if free else 0)


def _archive(folder: Path, world: World) -> Archive:
    made = initialise(folder, clock=Clock(NIGHT, 0.0, simulated=True), values=SETTINGS)
    file = PortalsFile(folder)
    for name, url in world.urls.items():
        file.append({"url": url, "name": name})
    file.save()
    return made


def _night(archive: Archive, world: World, number: int, progress: RunProgress) -> Night:
    from access import exports
    from monitoring.nights import plan_batches
    from phuongchi.runners import LocalRunner, Order
    from phuongchi.runners.local import stop_on_signals
    from storage.errors import Stopped

    portals = archive.portals()

    async def work() -> Outcome:
        runner = LocalRunner(archive, progress)
        stop_on_signals(asyncio.get_running_loop(), runner.stop)
        return await runner.run(Order(plan_batches(portals, size=archive.config.fetch.batch), kind="night"))

    outcome = asyncio.run(work())
    if outcome.ending == "stopped":
        raise Stopped("the demo was stopped", cure="Run it again")
    names = {name: portal_id(url) for name, url in world.urls.items()}
    db = archive.connect(readonly=True)
    try:
        exported = list(exports.articles(db))
        comparisons = {
            name: compare(
                [one for one in exported if one["portal"] == names[name]], site.gold(number), world.urls[name]
            )
            for name, site in world.sites.items()
        }
    finally:
        db.close()
    return Night(number, outcome, names, comparisons, expected_changes(world.sites.values(), number))


def expected_changes(sites: Iterable[Site], night: int) -> dict[str, int]:
    """How many articles of these sites a night adds and changes."""
    new = revised = 0
    for site in sites:
        before = {gold.path: gold for gold in site.gold(night - 1)} if night > 1 else {}
        now = site.gold(night)
        new += sum(gold.path not in before for gold in now)
        revised += sum(gold.path in before and before[gold.path] != gold for gold in now)
    return {"new": new, "revised": revised}
