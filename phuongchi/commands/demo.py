"""`demo`: two nights in a sample world, on this machine only."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import Session, command

if TYPE_CHECKING:
    from phuongchi.demo.compare import Comparison
    from phuongchi.demo.play import Night

FEW = 8
"""Lines of trouble that are shown for each portal; all of them with -v."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "demo")
    def demo(
        session: Session,
        directory: Annotated[
            Path | None, typer.Argument(metavar="DIR", help="Keep the archive in this new folder. Giữ kho ở đây.")
        ] = None,
    ) -> int:
        """Crawl a sample world on this machine for two nights. Chạy thử."""
        if directory is not None:
            return _play(session, directory, keep=True)
        with tempfile.TemporaryDirectory(prefix="phuongchi-demo-") as folder:
            return _play(session, Path(folder) / "archive", keep=False)


def _play(session: Session, folder: Path, *, keep: bool) -> int:
    from phuongchi.demo.play import play
    from phuongchi.demo.seeds import find_seeds
    from phuongchi.progress import RunProgress

    def watch(night: int, portals: Sequence[str]) -> RunProgress:
        session.voice.say(f"Đêm thứ {night} | Night {night}")
        return RunProgress(session.voice, portals)

    if find_seeds() is None:
        session.voice.detail("Không có bài mẫu thật bên cạnh dự án | no real seeds beside the project")
    nights = play(folder, watch=watch)
    for night in nights:
        _show(session, night)
    good = all(night.good for night in nights)
    verdict = "Đúng như mong đợi | As it should be" if good else "CHƯA ĐÚNG | NOT as it should be"
    session.voice.result(verdict)
    if keep:
        session.voice.say("Thử tiếp | Try next:")
        for line in ("search 'hoi nghi'", "status", "export jsonl -o articles.jsonl"):
            session.voice.say(f"  phuongchi -C {folder} {line}")
    return 0 if good else 1


def _show(session: Session, night: Night) -> None:
    """One table per night: what was found on each portal, and how it compares with the gold."""
    rows = []
    for name, comparison in night.comparisons.items():
        visit = next((one for one in night.outcome.visits if one.portal == night.portals[name]), None)
        pages = visit.counts.get("asked", 0) if visit else 0
        trouble = len(comparison.missing) + len(comparison.extra) + len(comparison.differences) + len(comparison.leaks)
        rows.append((name, pages, f"{comparison.found}/{comparison.total}", len(comparison.extra),
                     len(comparison.differences), len(comparison.leaks), "✓" if not trouble else "✗"))  # fmt: skip
    headings = ("Nguồn | Portal", "Trang | Pages", "Tin, bài | Articles", "Thừa | Extra", "Sai khác | Differences",
                "Khung trang lọt | Furniture", "")  # fmt: skip
    changes, expected = night.changes, night.expected
    session.voice.result(
        f"Đêm thứ {night.number} | Night {night.number}: mới | new {changes['new']} ({expected['new']}), "
        f"sửa đổi | revised {changes['revised']} ({expected['revised']})"
    )
    session.voice.table(headings, rows)
    for name, comparison in night.comparisons.items():
        lines = _troubles(comparison)
        shown = len(lines) if session.voice.loudness > 0 else FEW
        for line in lines[:shown]:
            session.voice.result(f"  {name}: {line}")
        if len(lines) > shown:
            session.voice.result(f"  {name}: +{len(lines) - shown} (-v)")


def _troubles(comparison: Comparison) -> list[str]:
    """A line for everything that is not as it should be, the worst first."""
    lines = [f"thiếu | missing {path}" for path in comparison.missing]
    lines += [f"thừa | extra {url}" for url in comparison.extra]
    lines += [f"khung trang | furniture in {leak.path}: {leak.string!r}" for leak in comparison.leaks]
    lines += [f"{one.path} {one.field}: {one.found!r} ≠ {one.expected!r}" for one in comparison.differences]
    return lines
