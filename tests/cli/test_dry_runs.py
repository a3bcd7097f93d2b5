"""What `--dry-run` says and leaves alone: every command that has it writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Archive
from tests.cli.test_import import answers, held
from tests.importing.foreign import write
from tests.ingest.archives import PORTAL

DRY = (
    "import {more} --portal {portal}",
    "ingest --reprocess",
    "backup --to {kept}",
    "reindex",
    "expire",
    "portals import {sheet}",
)


@pytest.fixture
def stocked(archive: Archive, tmp_path: Path) -> Archive:
    """An archive with three articles."""
    archive.add(PORTAL.url)
    done = archive.quick("import", write(tmp_path / "cu.warc.gz", answers(0, 1, 2)), "--portal", PORTAL.id)
    assert done.code == 0, done.err
    return archive


@pytest.mark.slow
def test_any_command_when_run_dry_then_exit_0_and_neither_rows_nor_files_change(
    stocked: Archive, tmp_path: Path
) -> None:
    more, kept, sheet = write(tmp_path / "moi.warc.gz", answers(3)), tmp_path / "sao-luu", tmp_path / "phuong.csv"
    sheet.write_text("url\nhttps://phuongmoi.gov.vn/\n", encoding="utf-8")
    places = {"more": more, "portal": PORTAL.id, "kept": kept, "sheet": sheet}
    before = stocked.digest(), held(stocked)
    assert len(before[1]["article"]) == 3
    for pattern in DRY:
        done = stocked.quick(*pattern.format(**places).split(), "--dry-run")
        assert done.code == 0, (pattern, done.err)
        assert (stocked.digest(), held(stocked)) == before, pattern
        assert not kept.exists(), pattern
    for pattern in ("import {more} --portal {portal}", "backup --to {kept}"):
        assert stocked.quick(*pattern.format(**places).split()).code == 0
    assert kept.exists()
    assert held(stocked) != before[1]
