"""Exports and leftovers in the archive's folder, and rules that go along with backups."""

from __future__ import annotations

import gzip
import json
import sys
import zipfile
import zlib
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from storage.errors import UsageError
from storage.redaction import carrying, folder, making, veil
from storage.redaction.veil import MARK, Rule
from storage.upkeep import ledger
from tests.builders import NOW

PHONE = "0912 345 678"


def rule_of(key: bytes) -> Rule:
    return making.of_string(key, PHONE, reason="Yêu cầu", who="Hương", at=NOW)


def test_clean_when_exports_tell_it_then_masked_and_what_cannot_be_cut_is_gone(tmp_path: Path) -> None:
    key = veil.make_key(tmp_path)
    buried = Rule("r2", "2026-11-02T15:30:00Z", "-", "-", (), "a.vn", {"id": "abcdefgh", "addresses": []})
    found = veil.made(key, (rule_of(key), buried))
    line = {"schema": "s/1", "id": "abcdefgh", "url": "https://a.vn/0912345678", "text": "Bài"}
    (tmp_path / "a.jsonl").write_text(
        f"{json.dumps(line)}\n" + json.dumps({"id": "b", "text": f"Gọi {PHONE}"}), "utf-8"
    )
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(f"Gọi {PHONE}".encode()))
    (tmp_path / "c.csv").write_text("id;text\nabcdefgh;Bài\n", "utf-8")
    (tmp_path / "d.parquet").write_bytes(b"PAR1\xff\xfe\x00")
    (tmp_path / "e.csv").write_text("id;text\nb;khác\n", "utf-8")
    (tmp_path / "phuongchi.toml").write_text(f'contact = "{PHONE}"\n', "utf-8")
    with zipfile.ZipFile(tmp_path / "f.wacz", "w") as package:
        package.writestr("pages/pages.jsonl", json.dumps({"title": f"Gọi {PHONE}"}))
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "x.warc.gz.torn").write_bytes(zlib.compress(f"Gọi {PHONE} ngay".encode() * 50, wbits=31)[:-9])
    looked = folder.clean(tmp_path, found, database="phuongchi.db", hosts=(), dry_run=True)
    assert PHONE in (tmp_path / "a.jsonl").read_text("utf-8")
    done = folder.clean(tmp_path, found, database="phuongchi.db", hosts=())
    assert done == looked
    assert [path.name for path in done.masked] == ["a.jsonl", "b.txt.gz"]
    assert sorted(path.name for path in done.gone) == ["c.csv", "f.wacz", "x.warc.gz.torn"]
    assert [path.name for path in done.unknown] == ["d.parquet"]
    first, second = map(json.loads, (tmp_path / "a.jsonl").read_text("utf-8").split("\n"))
    assert first == {"schema": "s/1", "id": "abcdefgh", "url": line["url"], "visibility": "redacted"}
    assert second["text"] == f"Gọi {MARK}"
    assert gzip.decompress((tmp_path / "b.txt.gz").read_bytes()).decode() == f"Gọi {MARK}"
    again = folder.clean(tmp_path, found, database="phuongchi.db", hosts=())
    assert (again.masked, again.gone) == ([], [])


@pytest.mark.parametrize("installed", [True, False])
def test_clean_when_an_export_is_packed_then_what_tells_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    found = veil.made(key := veil.make_key(tmp_path), (rule_of(key),))
    for name, text in (("says", f"Gọi {PHONE}"), ("other", "khác")):
        table = pyarrow.table({"id": ["b"], "files": [[{"text": text}]]})
        pyarrow.parquet.write_table(table, tmp_path / f"{name}.parquet")
        with pyarrow.output_stream(tmp_path / f"{name}.csv.zst", compression="zstd") as file:
            file.write(f"id,text\r\nb,{text}\r\n".encode())
    if not installed:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = folder.clean(tmp_path, found, database="phuongchi.db", hosts=())
    packed = ["other.csv.zst", "other.parquet", "says.csv.zst", "says.parquet"]
    assert [path.name for path in done.gone] == (packed[2:] if installed else [])
    assert [path.name for path in done.unknown] == ([] if installed else packed)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name in packed) == (
        packed[:2] if installed else packed
    )


def test_rules_when_handed_on_then_an_older_ledger_takes_them_up_once_with_the_key(tmp_path: Path) -> None:
    home, backup, back = (tmp_path / name for name in ("home", "backup", "back"))
    for place in (home, backup, back):
        place.mkdir()
    carrying.hand_on(home, backup)
    assert list(backup.iterdir()) == []
    rule = rule_of(veil.make_key(home))
    ledger.append(home, "redact", at=NOW, **veil.as_line(rule))
    ledger.append(home, "withhold", at=NOW, article="a1", reason="-", who="-")
    carrying.hand_on(home, backup)
    assert (carrying.take_up(back, [backup, home]), carrying.take_up(back, [backup])) == (2, 0)
    assert veil.load(back).rules == veil.load(home).rules
    assert (back / veil.KEY).stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    veil.make_key(other)
    with pytest.raises(UsageError, match="another key"):
        carrying.take_up(back, [other])


def test_rules_when_not_carried_out_to_the_end_then_pending(tmp_path: Path) -> None:
    rule = rule_of(veil.make_key(tmp_path))
    ledger.append(tmp_path, "redact", at=NOW, **veil.as_line(rule))
    assert veil.pending(ledger.read(tmp_path)) == [rule.id]
    ledger.append(tmp_path, "redacted", at=NOW, rules=[rule.id])
    assert veil.pending(ledger.read(tmp_path)) == []
