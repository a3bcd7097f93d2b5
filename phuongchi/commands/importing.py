"""`portals import`: the rows of a spreadsheet checked, tried out together, and added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from phuongchi.commands.common import Session

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.portals.probe import Finding
    from phuongchi.portals.sheet import Row


def import_sheet(session: Session, path: Path, *, dry_run: bool) -> int:
    """Add the sound rows of a CSV file that are not known yet.

    Returns 0; 2 when rows cannot be used (with `dry_run`, or when there is no sound one); 4 when some portals did not answer
    as portals do or some rows could not be used: the others are added all the same.
    """
    from phuongchi.portals.sheet import read_sheet

    archive = session.archive()
    rows = read_sheet(path)
    bad = [row for row in rows if row.portal is None]
    for row in bad:
        session.voice.result(f"{path.name}, dòng | line {row.line}: {row.problem}")
    present = {portal.id for portal in archive.portals()}
    new = [row for row in rows if row.portal is not None and row.portal.id not in present]
    known = len(rows) - len(bad) - len(new)
    session.voice.say(f"Mới | new: {len(new)} · đã có | known: {known} · lỗi | unusable: {len(bad)}")
    if dry_run or not new:
        for row in new if dry_run else ():
            session.voice.result(f"{row.portal.id if row.portal else ''}\t{row.values['url']}")
        return 2 if bad else 0
    unreachable = _try_out_and_add(session, archive, new)
    return 4 if unreachable or bad else 0


def _try_out_and_add(session: Session, archive: Archive, rows: Sequence[Row]) -> int:
    """Try out all rows in one crawl, add all of them, and return how many did not answer as portals do."""
    from phuongchi.portals.choice import check_manners
    from phuongchi.portals.editing import PortalsFile
    from phuongchi.portals.probe import FEW, probe
    from phuongchi.progress import RunProgress

    portals = tuple(row.portal for row in rows if row.portal is not None)
    check_manners(archive, portals)
    archive.check_writable()
    archive.check_database()
    with RunProgress(session.voice, [portal.id for portal in portals]) as progress:
        findings = probe(archive, [row.values for row in rows], pages=FEW, observer=progress)
    editor = PortalsFile(archive.folder)
    for row in rows:
        editor.append(row.values)
    editor.save()
    doubtful = [(finding, why) for finding in findings if (why := _doubt(finding))]
    for finding, why in doubtful:
        session.voice.result(f"{finding.portal.id}\t{finding.portal.url}\tvẫn giữ, cần xem lại | kept, but: {why}")
    session.voice.say(f"Đã thêm | Added: {len(rows)}")
    return len(doubtful)


def _doubt(finding: Finding) -> str:
    """Why a portal that is kept may be none; empty when there is no reason to think so."""
    if not finding.reachable or finding.visit.state == "failed":
        return f"không truy cập được | unreachable ({finding.visit.cause})"
    return finding.problem[0]
