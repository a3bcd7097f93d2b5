"""The examination: every check, in the order in which their troubles would meet a night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from phuongchi.archive import Archive
from phuongchi.doctor import machine, network, records
from phuongchi.doctor.finding import Finding


def examine(archive: Archive, *, mail: bool = False) -> Iterator[Finding]:
    """Look at everything; with `mail` a test mail is sent."""
    yield records.settings(archive)
    yield records.portals(archive)
    yield machine.disk(archive)
    yield machine.inodes(archive)
    yield machine.file_system(archive)
    yield machine.rights(archive)
    yield records.locks(archive)
    yield machine.zone()
    yield machine.clock(archive, datetime.now(UTC)) if archive.config.clock_url else records.clock(archive)
    yield records.sqlite(archive)
    yield from records.database(archive)
    yield network.names(archive)
    yield network.shelf(archive)
    yield machine.roots()
    yield machine.browser(archive)
    yield machine.log_file(archive)
    yield network.mail(archive, send=mail)
    yield network.undelivered(archive)
