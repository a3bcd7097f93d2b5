"""Bad input: one clear line on stderr, the documented exit code, nothing written."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import engine
from tests.builders import make_reading, put_article
from tests.cli.conftest import Archive, Done, closed_port, command, environment, phuongchi, without_root_rights


def one_line(err: str) -> str:
    """The only line of stderr that complains."""
    complaints = [line for line in err.splitlines() if line.startswith("phuongchi: ")]
    assert len(complaints) == 1, err
    assert "Traceback" not in err
    return complaints[0]


def test_crawl_when_there_is_no_archive_then_exit_2_and_the_cure(tmp_path: Path) -> None:
    done = phuongchi("-C", tmp_path, "crawl")
    assert done.code == 2
    assert done.err.splitlines() == [one_line(done.err)]
    assert "no archive in" in done.err
    assert f"phuongchi init {tmp_path}" in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments", [("crawl",), ("status",), ("portals", "list"), ("portals", "add", "https://b.example.vn/")]
)
def test_any_command_when_portals_toml_is_malformed_then_exit_2_naming_line(
    archive: Archive, arguments: tuple[str, ...]
) -> None:
    (archive.folder / "portals.toml").write_text(
        '[[portal]]\nurl = "https://a.example.vn/"\nurll = "x"\n', encoding="utf-8"
    )
    before = archive.digest()
    done = archive.quick(*arguments)
    assert done.code == 2
    assert "portals.toml, line 3: urll is not a key of a portal. Did you mean url?" in one_line(done.err)
    assert archive.digest() == before


@pytest.mark.parametrize(
    "arguments", ["crawl", "portals add https://b.example.vn/", "portals check https://b.example.vn/"]
)
def test_any_request_when_no_contact_is_set_then_exit_2_and_nothing_is_asked(archive: Archive, arguments: str) -> None:
    archive.add("https://a.example.vn/")
    before = archive.digest()
    done = archive.quick(*arguments.split())
    assert done.code == 2
    assert "operator and contact not set in" in one_line(done.err)
    assert 'Set them: operator = "…"' in done.err
    assert archive.digest() == before


def test_crawl_when_delay_is_0_and_a_portal_is_not_loopback_then_exit_2(archive: Archive) -> None:
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write('operator = "X"\ncontact = "x@example.vn"\n')
    archive.add("https://a.example.vn/")
    done = archive.quick("crawl")
    assert done.code == 2
    assert "fetch.delay = 0 is for loopback only" in one_line(done.err)
    text = (archive.folder / "phuongchi.toml").read_text(encoding="utf-8")
    (archive.folder / "phuongchi.toml").write_text(
        text.replace("fetch.delay = 0.0", "fetch.delay = 0.9"), encoding="utf-8"
    )
    assert "fetch.delay = 0.9 is for loopback only" in one_line(archive.quick("crawl").err)


@pytest.mark.parametrize("option", ["--full", "--since=2026-11-01", "--max-pages=3"])
def test_crawl_when_due_has_an_option_it_cannot_follow_then_exit_2(archive: Archive, option: str) -> None:
    done = archive.quick("crawl", "--due", option)
    assert done.code == 2
    assert f"{option.partition('=')[0]} cannot be used with --due" in one_line(done.err)


@pytest.mark.parametrize("url", ["ftp://a.vn/", "https://", "https://a.vn/?page=1", "not a url"])
def test_add_when_url_is_wrong_then_exit_2_and_nothing_is_written(archive: Archive, url: str) -> None:
    before = archive.digest()
    done = archive.quick("portals", "add", url)
    assert done.code == 2
    assert repr(url) in one_line(done.err)
    assert archive.digest() == before


@pytest.mark.slow
def test_add_when_host_is_unreachable_then_exit_5_and_nothing_is_written(archive: Archive) -> None:
    before = archive.digest()
    url = f"http://127.0.0.1:{closed_port()}/"
    done = archive.quick("portals", "add", url)
    assert done.code == 5
    assert url in one_line(done.err)
    assert "nothing answered" in done.err
    assert archive.digest() == before


@pytest.mark.parametrize("arguments", ["crawl", "status", "portals add http://127.0.0.1:9/", "db upgrade"])
def test_any_command_when_database_is_newer_then_exit_7_and_the_cure(archive: Archive, arguments: str) -> None:
    archive.add(f"http://127.0.0.1:{closed_port()}/")
    with sqlite3.connect(archive.folder / "phuongchi.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    before = archive.digest()
    done = archive.quick(*arguments.split())
    assert done.code == 7
    assert "9999" in one_line(done.err)
    assert "newer program" in done.err
    assert archive.digest() == before


def test_crawl_when_database_is_gone_then_exit_7(archive: Archive) -> None:
    archive.add(f"http://127.0.0.1:{closed_port()}/")
    for file in archive.folder.glob("phuongchi.db*"):
        file.unlink()
    done = archive.quick("crawl")
    assert done.code == 7
    assert "there is no database" in one_line(done.err)
    assert not (archive.folder / "phuongchi.db").exists()


def test_crawl_when_there_are_no_portals_then_exit_2(archive: Archive) -> None:
    done = archive.quick("crawl")
    assert done.code == 2
    assert "Add one: phuongchi portals add URL" in one_line(done.err)


@pytest.mark.parametrize("arguments", ["frobnicate", "crawl --frob", "crawl --since yesterday", "crawl --max-pages 0"])
def test_command_line_when_it_cannot_be_understood_then_exit_2_in_one_line(archive: Archive, arguments: str) -> None:
    done = archive.quick(*arguments.split())
    assert done.code == 2
    assert done.err.splitlines() == [one_line(done.err)]


def test_command_when_phuongchi_now_is_no_time_then_exit_2(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHUONGCHI_NOW", "tonight")
    done = archive.quick("status")
    assert done.code == 2
    assert "PHUONGCHI_NOW='tonight' is not an ISO time" in one_line(done.err)


def test_init_when_there_is_an_archive_then_exit_2_and_it_is_untouched(archive: Archive) -> None:
    before = archive.digest()
    done = archive.quick("init")
    assert done.code == 2
    assert "is an archive already" in one_line(done.err)
    assert archive.digest() == before


@pytest.mark.slow
def test_status_when_output_is_closed_early_then_is_no_error(archive: Archive) -> None:
    line = " ".join(command("-q", "-C", archive.folder, "config")) + " | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        "export jsonl",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("config", "--help", "export jsonl -o /dev/stdout")),
    ],
)
def test_any_command_when_the_disk_of_its_output_is_full_then_exit_6(archive: Archive, arguments: str) -> None:
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    put_article(db, make_reading())
    db.close()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("-C", archive.folder, *arguments.split()), stdout=full, stderr=subprocess.PIPE,
                              text=True, env=environment(), check=False)  # fmt: skip
    assert done.returncode == 6
    assert one_line(done.stderr).startswith("phuongchi: the output cannot be written: No space left on device")
    assert done.stderr.count("No space left") == 1


@pytest.mark.slow
def test_export_when_stdout_is_appended_to_a_file_then_what_stands_there_stays(
    archive: Archive, tmp_path: Path
) -> None:
    target = tmp_path / "all.jsonl"
    target.write_text("first\n")
    with target.open("a") as out:
        subprocess.run(command("-C", archive.folder, "export", "jsonl", "-o", "/dev/stdout"), stdout=out,
                       env=environment(), check=True)  # fmt: skip
    assert target.read_text() == "first\n"


@pytest.mark.parametrize("left", [b"", None])
def test_init_when_its_database_is_empty_then_goes_on(archive: Archive, left: bytes | None) -> None:
    database = archive.folder / "phuongchi.db"
    database.unlink()
    if left is None:  # killed before the configuration was written
        (archive.folder / "phuongchi.toml").unlink()
        database.touch()
        phuongchi_init = archive.quick("init", archive.folder)
    else:
        database.write_bytes(left)
        assert archive.quick("status").code == 7
        phuongchi_init = archive.quick("init", archive.folder)
    assert phuongchi_init.code == 0, phuongchi_init.err
    assert archive.quick("status").code == 0
    again = archive.quick("init", archive.folder)
    assert (again.code, "is an archive already" in one_line(again.err)) == (2, True)


def test_init_when_the_database_has_another_name_then_that_one_is_made(tmp_path: Path) -> None:
    (tmp_path / "phuongchi.db").touch()
    made = Archive(tmp_path)
    assert made.quick("init", tmp_path, "--database", "other.db").code == 0
    assert made.quick("status").code == 0
    assert (tmp_path / "phuongchi.db").stat().st_size == 0


def test_config_when_the_database_has_a_password_then_it_is_never_shown(archive: Archive) -> None:
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write(f'database = "postgres://u:geheim@127.0.0.1:{closed_port()}/x"\n')
    for arguments in (["config"], ["config", "--json"], ["status"]):
        done = archive.quick(*arguments)
        assert "geheim" not in done.out + done.err
        assert "***@127.0.0.1" in done.out + done.err
    assert done.code == 7  # nobody listens there: said after a short wait


@pytest.mark.parametrize("loud", [[], ["-vv"]])
def test_any_command_when_an_address_with_a_password_is_refused_then_it_is_not_repeated(
    archive: Archive, loud: list[str]
) -> None:
    for arguments in (["portals", "add"], ["show"], ["crawl"]):
        done = archive.quick(*loud, *arguments, "http://u:geheim@127.0.0.1:9/")
        assert (done.code, "geheim" in done.err, "***@127.0.0.1:9/" in done.err) == (2, False, True)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("postgresql://u:geheim@h:port/x", "no usable host or port"),
        ("postgresql://u:ge#heim@h/x", "no usable host or port"),
        ("postgresql://u:12/geheim@h/x", "a second @"),
        ("postgresql://u:ge@heim@h/x", "a second @"),
        ("postgresql://h/x?password=ge@heim", "a second @"),
        ("mysql://u:geheim@h/x", "mysql:// is no database that can be used"),
        ("postgresql://u:geheim@h/", "names no database"),
    ],
)
def test_config_when_the_database_address_is_wrong_then_exit_2_without_its_password(
    archive: Archive, address: str, complaint: str
) -> None:
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write(f'database = "{address}"\n')
    done = archive.quick("status")
    assert done.code == 2
    assert complaint in one_line(done.err)
    assert "heim" not in done.err


def test_init_when_the_folder_holds_other_files_then_exit_2_unless_forced(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "letters.docx").write_text("x")
    place = Archive(tmp_path)
    done = place.quick("init", tmp_path)
    assert done.code == 2
    assert "holds other files (letters.docx). Name a new folder, or say --force" in one_line(done.err)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "letters.docx"]
    assert place.quick("init", tmp_path, "--force").code == 0
    assert (tmp_path / "letters.docx").read_text() == "x"
    assert place.quick("status").code == 0


def test_init_when_the_folder_is_empty_but_for_hidden_files_then_is_made(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert Archive(tmp_path).quick("init", tmp_path).code == 0


@pytest.mark.parametrize("option", ["--contact=nobody", "--database=mysql://h/x"])
def test_init_when_a_setting_is_wrong_then_exit_2_and_nothing_is_written(tmp_path: Path, option: str) -> None:
    done = Archive(tmp_path).quick("init", tmp_path / "kho", option)
    assert done.code == 2
    assert option.partition("=")[0].lstrip("-") in one_line(done.err)
    assert not (tmp_path / "kho").exists()


@pytest.fixture
def fixed(archive: Archive) -> Iterator[Archive]:
    """An archive in which nothing can be written; for root only without some of its rights."""
    archive.add(f"http://127.0.0.1:{closed_port()}/")
    for path in (archive.folder, *archive.folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield archive
    archive.folder.chmod(0o755)


def run_without_root_rights(*arguments: object) -> Done:
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(), check=False,
        preexec_fn=without_root_rights,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_crawl_when_folder_is_read_only_then_exit_6(fixed: Archive) -> None:
    before = fixed.digest()
    done = run_without_root_rights("-C", fixed.folder, "crawl")
    assert done.code == 6, done.err
    assert f"{fixed.folder} cannot be written: Permission denied" in one_line(done.err)
    assert fixed.digest() == before


@pytest.mark.slow
def test_init_when_folder_is_read_only_then_exit_6_and_nothing_is_written(fixed: Archive) -> None:
    done = run_without_root_rights("init", fixed.folder / "new")
    assert done.code == 6, done.err
    assert "cannot be written: Permission denied" in one_line(done.err)
    assert not (fixed.folder / "new").exists()
