"""Which portals a command is about, and whether they may be asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phuongchi.portals import file
from phuongchi.portals.rows import is_loopback
from storage.errors import UsageError
from storage.records import Portal

if TYPE_CHECKING:
    from phuongchi.archive import Archive

LEAST_DELAY = 1.0
"""Seconds between two requests to one server that nobody may go below, but on this very machine."""


def chosen_portals(archive: Archive, names: list[str]) -> tuple[Portal, ...]:
    """The portals that are named, or all that are neither paused nor retired. Raises UsageError when there is none."""
    every = archive.portals()
    chosen = file.choose(every, names) if names else tuple(one for one in every if one.enabled and not one.retired)
    retired = [portal.id for portal in chosen if portal.retired]
    if retired:
        raise UsageError(f"portal {retired[0]} is retired", cure=f"See: phuongchi portals resume {retired[0]}")
    if not chosen:
        raise _nothing_to_visit(archive, every)
    return chosen


def _nothing_to_visit(archive: Archive, every: tuple[Portal, ...]) -> UsageError:
    """Why a crawl of all portals has none to visit: there are none, or every one was put aside."""
    where = archive.folder / file.FILE
    retired = sum(portal.retired for portal in every)
    if not every:
        return UsageError(f"there are no portals in {where}", cure="Add one: phuongchi portals add URL")
    return UsageError(
        f"nothing to visit: of {len(every)} portals in {where} {len(every) - retired} are paused and {retired} retired",
        cure=f"Take one up again: phuongchi portals resume {every[0].id}",
    )


def check_manners(archive: Archive, portals: tuple[Portal, ...]) -> None:
    """Raise UsageError unless these portals may be asked: with a name, not without a pause, and with what it takes."""
    if archive.config.fetch.browser == "auto":
        from crawler.fetch.browser import find_chromium

        find_chromium(archive.config.fetch.chromium)
    outside = [portal for portal in portals if not is_loopback(portal.url)]
    if not outside:
        return
    archive.config.require_contact(why=outside[0].url)
    if (delay := archive.config.fetch.delay) < LEAST_DELAY:
        raise UsageError(f"fetch.delay = {delay:g} is for loopback only, and {outside[0].url} would be asked",
                         cure="Set fetch.delay to 2.5 in phuongchi.toml")  # fmt: skip
