from __future__ import annotations

import hashlib
import io
import os
import resource
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage import warc
from storage.errors import FixityError, StorageFull
from storage.records import RecordRef
from storage.warc import Exchange, WarcWriter
from storage.warc.reader import decode
from storage.warc.repair import whole_end

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 2, 15, 30, 1, 250_000, tzinfo=UTC)
BODY = "<html><p>Phường Hưng Phúc</p></html>".encode() * 30


def _exchange(url: str = "https://a.gov.vn/tin-tuc?id=7", body: bytes = BODY, **changes: object) -> Exchange:
    made = Exchange(
        url=url, method="GET", request_head=(("User-Agent", "phuongchi"), ("Accept-Encoding", "gzip")), status=200, reason="OK",
        response_head=(("Content-Type", "text/html; charset=utf-8"), ("Transfer-Encoding", "chunked")), body=body,
        fetched_at=NOW, ip="192.0.2.7",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def _writer(folder: Path, series: str = "keep") -> WarcWriter:
    return WarcWriter(folder, series=series, run=7, archive="abc", software="phuongchi/0.1", opened_at=NOW)  # type: ignore[arg-type]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WarcWriter]:
    made = _writer(tmp_path)
    yield made
    if (tmp_path / "warc" / (made.name + ".open")).exists():
        made.close()


def _records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]


def _check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_write_when_closed_then_three_records_as_others_read_them(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    ref = writer.write(_exchange(), entry=64, metadata={"portal": "a.gov.vn", "tiêu đề": "Phường"})
    size, sha256 = writer.close()
    path = tmp_path / "warc" / f"abc-20261102T153001-7-{os.getpid()}-keep.warc.gz"
    assert [item.name for item in path.parent.iterdir()] == [path.name] == [writer.name]
    assert (size, sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert path.stat().st_mode & 0o777 == 0o440
    (_, info, _), (_, response, body), (_, request, _), (_, note, json) = _records(path)
    assert [info["WARC-Type"], response["WARC-Type"], request["WARC-Type"], note["WARC-Type"]] == [
        "warcinfo", "response", "request", "metadata",
    ]  # fmt: skip
    assert response["WARC-Date"] == "2026-11-02T15:30:01.250000Z"
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert response["WARC-Payload-Digest"] == "sha256:" + hashlib.sha256(BODY).hexdigest()
    assert request["WARC-Concurrent-To"] == note["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert body == BODY
    assert json.decode() == '{"entry": 64, "portal": "a.gov.vn", "tiêu đề": "Phường"}'
    assert ref.file == writer.name


def test_write_when_closed_then_warcio_check_passes(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    writer.write(_exchange(), entry=1, metadata={})
    writer.write(_exchange(body=b"", status=304, reason="Not Modified"), entry=2, metadata={})
    writer.write(_exchange(url="https://a.gov.vn/tệp đính kèm.pdf", truncated="length", ip=""), entry=3, metadata={})
    writer.close()
    done = _check(tmp_path / "warc" / writer.name)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 10
    assert "no digest" not in done.stdout


def test_read_payload_when_open_and_when_closed_then_the_same(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    refs = [writer.write(_exchange(body=BODY + b"%d" % n), entry=n, metadata={}) for n in range(3)]
    before = [warc.read_payload(tmp_path, ref) for ref in refs]
    writer.close()
    after = [warc.read_payload(tmp_path / "warc", ref) for ref in refs]
    assert before == after
    assert [payload.body for payload in after] == [BODY + b"%d" % n for n in range(3)]
    assert after[0].status == 200
    assert after[0].head == (("Content-Type", "text/html; charset=utf-8"),)
    assert after[0].header("content-type") == "text/html; charset=utf-8"


def _raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


def _gzip(data: bytes) -> bytes:
    return zlib.compress(data, wbits=31)


@pytest.mark.parametrize(
    ("codings", "sent", "body", "problem"),
    [
        ("gzip", _gzip(BODY), BODY, ""),
        ("GZIP, identity", _gzip(BODY), BODY, ""),
        ("x-gzip", _gzip(BODY) + _gzip(b"more"), BODY + b"more", ""),
        ("gzip", _gzip(BODY) + b"\0\0", BODY, ""),
        ("deflate", zlib.compress(BODY), BODY, ""),
        ("deflate", _raw_deflate(BODY), BODY, ""),
        ("br", brotli.compress(BODY), BODY, ""),
        ("deflate, gzip", _gzip(zlib.compress(BODY)), BODY, ""),
        ("gzip", BODY, BODY, ""),  # the header lies
        ("", BODY, BODY, ""),
        ("gzip", b"", b"", ""),
        ("zstd", b"\x28\xb5", b"\x28\xb5", "coding"),
        ("br", b"no brotli", b"no brotli", "coding"),
        ("deflate", b"no deflate", b"no deflate", "coding"),
        ("gzip", _gzip(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("br", brotli.compress(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("deflate", zlib.compress(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("gzip", _gzip(_gzip(b"x" * 10_000)), _gzip(b"x" * 10_000), ""),
        ("", b"x" * 10_000, b"x" * 5000, "decoded"),
    ],
)
def test_decode_when_sent_so_then_body(codings: str, sent: bytes, body: bytes, problem: str) -> None:
    assert decode(sent, codings, limit=5000) == (body, problem)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_decode_when_cut_off_then_its_beginning(coding: str) -> None:
    plain = os.urandom(20_000).hex().encode()
    packed = {"gzip": _gzip, "deflate": zlib.compress, "br": brotli.compress}[coding](plain)
    body, problem = decode(packed[: len(packed) // 2], coding, limit=1 << 20)
    assert problem == "coding"
    assert len(body) > 5000
    assert plain.startswith(body)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_decode_when_bomb_then_cut_at_the_limit(coding: str) -> None:
    plain = bytes(100 << 20)
    packed = {"gzip": _gzip, "deflate": zlib.compress, "br": lambda data: brotli.compress(data, quality=1)}[coding](
        plain
    )
    body, problem = decode(packed, coding, limit=1 << 20)
    assert (len(body), problem) == (1 << 20, "decoded")


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=300), coding=st.sampled_from(["gzip", "deflate", "br", "gzip,br", "x"]))
def test_decode_when_sent_anything_then_no_error(data: bytes, coding: str) -> None:
    decode(data, coding, limit=1000)
    decode(b"\x1f\x8b\x08\x00" + data, coding, limit=1000)


_HEADER = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=30)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=2000), head=st.lists(st.tuples(st.just("X-Any"), _HEADER), max_size=4), reason=_HEADER,
    url=st.text(max_size=30).map(lambda path: "http://a.gov.vn/" + path.encode("utf-8", "replace").decode()),
    note=st.dictionaries(st.text(max_size=9).filter(lambda name: name.isprintable()), st.text(max_size=9), max_size=3),
)  # fmt: skip
def test_write_when_exchange_is_anything_then_others_can_read_it(
    writer: WarcWriter,
    tmp_path: Path,
    body: bytes,
    head: list[tuple[str, str]],
    reason: str,
    url: str,
    note: dict[str, str],
) -> None:
    made = _exchange(url=url, body=body, response_head=tuple(head), reason=reason)
    ref = writer.write(made, entry=1, metadata=note)
    payload = warc.read_payload(tmp_path, ref)
    assert payload.body == body
    assert payload.status == 200
    assert len(payload.head) == len(head)
    with (tmp_path / "warc" / (writer.name + ".open")).open("rb") as file:
        file.seek(ref.offset)
        record = next(iter(ArchiveIterator(io.BytesIO(file.read()), check_digests="raise")))
        assert record.raw_stream.read() == body


def test_read_payload_when_a_bit_flips_then_fixity_error(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    ref = writer.write(_exchange(), entry=1, metadata={})
    writer.close()
    path = tmp_path / "warc" / writer.name
    good = path.read_bytes()
    path.chmod(0o640)
    header = 10  # the gzip header holds a time and a letter for the system, which say nothing about the record
    for position in range(ref.offset + header, ref.offset + ref.length, 7):
        broken = bytearray(good)
        broken[position] ^= 4
        path.write_bytes(broken)
        with pytest.raises(FixityError, match=f"{writer.name}:{ref.offset} is damaged.*backup"):
            warc.read_payload(tmp_path, ref)


def test_read_payload_when_it_points_elsewhere_then_fixity_error(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    ref = writer.write(_exchange(), entry=1, metadata={})
    writer.close()
    with pytest.raises(FixityError, match="is no response but 'warcinfo'"):
        warc.read_payload(tmp_path, replace(ref, offset=0))
    with pytest.raises(FixityError, match="is damaged"):
        warc.read_payload(tmp_path, replace(ref, length=ref.length - 1))
    with pytest.raises(FixityError, match="is missing"):
        warc.read_payload(tmp_path, replace(ref, file="none.warc.gz"))


def test_copy_record_when_watch_proves_a_change_then_verbatim_in_keep(tmp_path: Path) -> None:
    watch, keep = _writer(tmp_path, "watch"), _writer(tmp_path)
    watch.write(_exchange(url="https://a.gov.vn/1"), entry=1, metadata={})
    ref = watch.write(_exchange(url="https://a.gov.vn/2"), entry=2, metadata={"portal": "a"})
    watch.write(_exchange(url="https://a.gov.vn/3", body=os.urandom(3 << 20)), entry=3, metadata={})
    copied = warc.copy_record(tmp_path, ref, keep)
    watch.close()
    keep.close()
    assert copied == RecordRef("keep", keep.name, copied.offset, ref.length)
    assert warc.read_payload(tmp_path, copied) == warc.read_payload(tmp_path, ref)
    old = _records(tmp_path / "warc" / watch.name)[4:7]
    assert _records(tmp_path / "warc" / keep.name)[1:] == old
    assert [kind for kind, _, _ in old] == ["response", "request", "metadata"]


def test_writer_when_name_is_taken_then_another(tmp_path: Path) -> None:
    first, second = _writer(tmp_path), _writer(tmp_path)
    first.close()
    third = _writer(tmp_path)
    second.close()
    third.close()
    assert len({first.name, second.name, third.name}) == 3


def _in_child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


_FULL = """
import resource, sys
from pathlib import Path
from storage.errors import StorageFull
from tests.storage.test_warc import _exchange, _writer
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import os
writer = _writer(Path(sys.argv[1]))
refs = []
try:
    for n in range(100):
        refs.append(writer.write(_exchange(url=f"https://a.gov.vn/{n}", body=os.urandom(3000)), entry=n, metadata={}))
except StorageFull as error:
    print(error)
size = writer.size
writer.close()
print(len(refs), size, os.path.getsize(Path(sys.argv[1]) / "warc" / writer.name))
"""


def test_write_when_disk_is_full_then_storage_full_and_last_record_whole(tmp_path: Path) -> None:
    assert resource.RLIMIT_FSIZE
    done = _in_child(_FULL, str(tmp_path))
    message, numbers = done.stdout.splitlines()
    count, size, real = map(int, numbers.split())
    assert message.startswith("cannot write abc-")
    assert f"for https://a.gov.vn/{count}: " in message
    assert 3 <= count < 8
    assert size == real
    (path,) = (tmp_path / "warc").iterdir()
    assert len(_records(path)) == 1 + 3 * count


def test_writer_when_folder_is_a_file_then_error(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("")
    with pytest.raises((StorageFull, OSError)):
        _writer(tmp_path)


# --- repair ---------------------------------------------------------------------------------------------------------


def _dead_file(folder: Path, count: int = 3) -> tuple[Path, list[RecordRef], bytes]:
    """An `.open` file as a killed writer leaves it, without its lock."""
    writer = _writer(folder)
    refs = [writer.write(_exchange(body=BODY + b"%d" % n), entry=n, metadata={"n": n}) for n in range(count)]
    writer.close()
    path = folder / "warc" / writer.name
    content = path.read_bytes()
    path.unlink()
    return path.with_name(path.name + ".open"), refs, content


def _boundaries(content: bytes) -> list[int]:
    ends, rest = [0], content
    while rest:
        decompressor = zlib.decompressobj(wbits=31)
        decompressor.decompress(rest)
        rest = decompressor.unused_data
        ends.append(len(content) - len(rest))
    return ends


def test_whole_end_when_cut_at_any_byte_of_the_last_exchange_then_end_of_the_record_before(tmp_path: Path) -> None:
    path, refs, content = _dead_file(tmp_path)
    ends = _boundaries(content)
    path.write_bytes(content)
    with path.open("r+b") as file:
        for cut in range(len(content), refs[-1].offset - 1, -1):
            file.truncate(cut)
            assert whole_end(file.fileno()) == max(end for end in ends if end <= cut)


@pytest.mark.parametrize("part", range(8))
def test_repair_when_last_exchange_is_cut_then_all_earlier_records_readable(tmp_path: Path, part: int) -> None:
    path, refs, content = _dead_file(tmp_path)
    final = path.with_name(path.name.removesuffix(".open"))
    cut = refs[-1].offset + (len(content) - refs[-1].offset) * part // 7
    path.write_bytes(content[:cut])
    (done,) = warc.repair(tmp_path)
    whole = max(end for end in _boundaries(content) if end <= cut)
    assert done == warc.Repair(final.name, whole, hashlib.sha256(content[:whole]).hexdigest(), cut - whole)
    assert final.read_bytes() == content[:whole]
    torn = final.with_name(final.name + ".torn")
    assert (torn.read_bytes() if torn.exists() else b"") == content[whole:cut]
    for ref in refs[:-1]:
        warc.read_payload(tmp_path, ref)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_repair_when_tail_is_zeros_or_noise_then_whole_records_stay(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    path, _, content = _dead_file(folder)
    ends = _boundaries(content)
    cut = int(data.draw(st.floats(0, 1)) * len(content))
    length = data.draw(st.integers(1, 8192))
    tail = data.draw(
        st.sampled_from([bytes(length), os.urandom(length), b"\x1f\x8b" + bytes(length), _gzip(b"no record")])
    )
    written = content[:cut] + tail
    path.write_bytes(written)
    (done,) = warc.repair(folder)
    assert done.bytes == max(end for end in ends if written[:end] == content[:end])  # noise may be what was there
    if done.bytes:
        assert len(_records(folder / "warc" / done.name)) == ends.index(done.bytes)


def test_repair_when_nothing_whole_then_file_is_gone_and_tail_kept(tmp_path: Path) -> None:
    path, _, content = _dead_file(tmp_path)
    path.write_bytes(content[:50])
    name = path.name.removesuffix(".open")
    assert warc.repair(tmp_path) == [warc.Repair(name, 0, "", 50)]
    assert [item.name for item in path.parent.iterdir()] == [name + ".torn"]
    assert warc.repair(tmp_path) == []


def test_repair_when_writer_lives_then_its_file_is_left_alone(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    writer.write(_exchange(), entry=1, metadata={})
    assert warc.repair(tmp_path) == []
    ref = writer.write(_exchange(), entry=2, metadata={})
    writer.close()
    assert warc.read_payload(tmp_path, ref).body == BODY


def test_repair_when_closed_before_its_row_was_written_then_returned(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    size, sha256 = writer.close()
    assert warc.repair(tmp_path, unclosed=[writer.name, "never-written.warc.gz"]) == [
        warc.Repair(writer.name, size, sha256)
    ]  # fmt: skip


def test_repair_when_there_is_no_folder_then_nothing(tmp_path: Path) -> None:
    assert warc.repair(tmp_path / "none") == []


_KILLED = """
import os, sys
from pathlib import Path
from tests.storage.test_warc import _exchange, _writer
writer = _writer(Path(sys.argv[1]))
for n in range(3):
    writer.write(_exchange(url=f"https://a.gov.vn/{n}"), entry=n, metadata={})
os.write(writer._file, b"\\x1f\\x8b\\x08half a record")
os.kill(os.getpid(), 9)
"""


def test_repair_when_writer_was_killed_in_a_record_then_closed_without_it(tmp_path: Path) -> None:
    assert _in_child(_KILLED, str(tmp_path)).returncode == -9
    (done,) = warc.repair(tmp_path)
    assert done.cut == len(b"\x1f\x8b\x08half a record")
    assert len(_records(tmp_path / "warc" / done.name)) == 10
    assert _check(tmp_path / "warc" / done.name).returncode == 0
