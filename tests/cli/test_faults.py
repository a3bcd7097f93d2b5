"""A database that is newer or gone, a folder that cannot be written: every command says so in one line, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import NOW, Archive, closed_port, command, environment, without_root_rights
from tests.cli.test_errors import one_line

COMMANDS = ("crawl", "ingest", "export jsonl -o {out}", "backup --to {kept}", "verify", "reindex --yes")
WRITERS = ("crawl", "ingest", "verify", "reindex --yes")


def line(pattern: str, tmp_path: Path) -> list[str]:
    """A command line with its places filled in."""
    return pattern.format(out=tmp_path / "all.jsonl", kept=tmp_path / "kept").split()


@pytest.fixture
def stocked(archive: Archive) -> Archive:
    """An archive with a portal that nobody can reach."""
    archive.add(f"http://127.0.0.1:{closed_port()}/")
    return archive


@pytest.mark.parametrize("pattern", [one for one in COMMANDS if not one.startswith("reindex")])
def test_any_command_when_the_database_is_newer_then_exit_7_and_nothing_is_changed(
    stocked: Archive, tmp_path: Path, pattern: str
) -> None:
    with sqlite3.connect(stocked.folder / "phuongchi.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    before = stocked.digest()
    done = stocked.quick(*line(pattern, tmp_path))
    assert done.code == 7
    assert "9999" in one_line(done.err)
    assert stocked.digest() == before
    assert not (tmp_path / "all.jsonl").exists()
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("pattern", [one for one in COMMANDS if not one.startswith("reindex")])
def test_any_command_when_the_database_is_gone_then_exit_7_and_none_is_made(
    stocked: Archive, tmp_path: Path, pattern: str
) -> None:
    for path in stocked.folder.glob("phuongchi.db*"):
        path.unlink()
    before = stocked.digest()
    done = stocked.quick(*line(pattern, tmp_path))
    assert done.code == 7
    assert "there is no database" in one_line(done.err)
    assert stocked.digest() == before
    assert not (stocked.folder / "phuongchi.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [pytest.param("ingest", marks=pytest.mark.long), "export jsonl -o {out}"])
def test_any_command_when_the_server_of_its_database_is_gone_then_exit_7(
    stocked: Archive, tmp_path: Path, pattern: str
) -> None:
    with (stocked.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write(f'database = "postgresql://u@127.0.0.1:{closed_port()}/x?connect_timeout=1"\n')
    before = stocked.digest()
    done = stocked.quick(*line(pattern, tmp_path))
    assert done.code == 7
    assert "127.0.0.1" in one_line(done.err)
    assert stocked.digest() == before


@pytest.mark.slow
@pytest.mark.parametrize("pattern", WRITERS)
def test_any_command_when_the_folder_is_read_only_then_exit_6_and_nothing_is_changed(
    stocked: Archive, tmp_path: Path, pattern: str
) -> None:
    for path in (stocked.folder, *stocked.folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = stocked.digest()
    try:
        done = subprocess.run(
            command("-C", stocked.folder, *line(pattern, tmp_path)), capture_output=True, text=True, check=False,
            env=environment(PHUONGCHI_NOW=NOW, PATH=os.environ["PATH"]), preexec_fn=without_root_rights,
        )  # fmt: skip
    finally:
        stocked.folder.chmod(0o755)
    assert done.returncode == 6, done.stderr
    assert "cannot be written" in one_line(done.stderr) or "cannot write" in one_line(done.stderr)
    assert stocked.digest() == before
