"""`export` as people call it: streams, files, filters as in `search`, what is said and with which code."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import polars
import pytest

from storage import engine
from tests.builders import make_portal, make_reading, put_article
from tests.cli.conftest import Archive, environment
from tests.cli.copied import copies


@pytest.fixture
def archive(stocked: Archive, tmp_path: Path) -> Archive:
    shutil.copytree(stocked.folder, tmp_path / "kho")
    return Archive(tmp_path / "kho")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("stocked") / "kho")
    assert made.quick("init", made.folder, "--operator", "Ban biên tập", "--contact", "mailto:a@b.vn").code == 0
    db = engine.connect(f"sqlite:///{made.folder}/phuongchi.db")
    for number in range(4):
        portal = make_portal(f"https://p{number % 2}.gov.vn/", platform="vnpt" if number % 2 else "nukeviet")
        put_article(
            db,
            make_reading(
                f"Đường phố số {number}", published=f"202{number}-05-01", kind="notice" if number == 3 else "article"
            ),
            portal=portal,
        )
    db.close()
    return made


def run(archive: Archive, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    line = ["-C", str(archive.folder), "export", *map(str, arguments)]
    with copies().start(environment(), line) as process:
        out, err = process.communicate()
    return subprocess.CompletedProcess(line, process.wait(), out, err)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_export_when_to_stdout_then_the_bytes_of_a_file_and_nothing_else(
    archive: Archive, tmp_path: Path, kind: str
) -> None:
    done = run(archive, kind)
    assert (done.returncode, b"4 b" in done.stderr, b"--after " in done.stderr) == (0, True, True)
    out = tmp_path / f"tin.{kind}"
    assert run(archive, kind, "-o", out).returncode == 0
    if kind == "parquet":  # the version's own stamp is the same, too
        assert polars.read_parquet(io.BytesIO(done.stdout)).to_dicts() == polars.read_parquet(out).to_dicts()
    else:
        assert done.stdout == out.read_bytes()
    assert "Ban biên tập (mailto:a@b.vn)" in out.with_name(f"{out.name}.README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("duong pho", "--since", "2021"), "321"), (('"phố số 2"',), "2"), (("--portal", "p1.gov.vn"), "31"),
        (("--platform", "nukeviet"), "20"), (("--kind", "notice"), "3"), (("--basis", "inferred"), ""),
        (("--until", "2021-05", "--no-attachments"), "10"), (("khongco",), ""),
    ],
)  # fmt: skip
def test_export_when_filtered_then_what_search_finds(archive: Archive, options: tuple[str, ...], numbers: str) -> None:
    done = archive.quick("export", "csv", *options, "-o", archive.folder / "tin.csv")
    assert done.code == 0, done.err
    rows = csv.DictReader(io.StringIO((archive.folder / "tin.csv").read_text("utf-8"), newline=""))
    assert "".join(row["title"][-1] for row in rows) == numbers


def test_export_when_followed_from_its_manifest_then_only_what_happened_since(archive: Archive) -> None:
    out = archive.folder / "tin.jsonl"
    archive.quick("export", "jsonl", "-o", out)
    cursor = json.loads(out.with_name("tin.jsonl.manifest.json").read_text("utf-8"))["cursor"]
    assert archive.quick("changes", "--after", cursor).out == ""
    name = json.loads(out.read_text("utf-8").splitlines()[-1])["id"]
    assert archive.quick("withhold", name, "--reason", "theo yêu cầu", "--who", "an").code == 0
    assert archive.quick("export", "jsonl", "--after", cursor, "-o", archive.folder / "sau.jsonl").code == 0
    [line] = (archive.folder / "sau.jsonl").read_text("utf-8").splitlines()
    assert (json.loads(line)["id"], json.loads(line)["visibility"], json.loads(line)["text"]) == (name, "withheld", "")
    told = json.loads((archive.folder / "sau.jsonl.manifest.json").read_text("utf-8"))
    assert (told["after"], told["counts"]["tombstones"]) == (cursor, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("csv --fields a", "articles have no field 'a'"), ("jsonl --kind x", "--kind 'x' is none"),
        ("jsonl --since tomorrow", "no date: 'tomorrow'"), ("txt -o -", "texts go to a folder"), ("wacz -o -", "is not written to stdout"), ("parquet -o x.parquet.gz", "Parquet packs itself"),
        ("jsonl --after 1.2.3", "is no cursor of this archive"), ("jsonl -o none/x", "there is no folder"),
    ],
)  # fmt: skip
def test_export_when_it_cannot_be_then_exit_2_and_nothing_is_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = archive.quick("export", *arguments.split())
    assert (done.code, said in done.err) == (2, True), done.err
    assert [
        path for path in sorted(tmp_path.rglob("*")) if path not in before and "phuongchi.db" not in path.name
    ] == []
