"""Writing and reading WARC files: what others see, what is damaged, what is full."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import RFC_4122, UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage import warc
from storage.errors import FixityError, StorageFull
from storage.records import RecordRef
from storage.warc import MANIFEST, WarcWriter
from tests.storage.warcs import BODY, check, exchange, in_child, open_writer, records


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WarcWriter]:
    made = open_writer(tmp_path)
    yield made
    if (tmp_path / "warc" / (made.name + ".open")).exists():
        made.close()


def test_write_when_closed_then_three_records_as_others_read_them(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    ref = writer.write(exchange(), entry=64, metadata={"portal": "a.gov.vn", "tiêu đề": "Phường"})
    size, sha256 = writer.close()
    path = tmp_path / "warc" / f"abc-20261102T153001-7-{os.getpid()}-keep.warc.gz"
    assert sorted(item.name for item in path.parent.iterdir()) == [path.name, MANIFEST]
    assert path.name == writer.name
    assert (size, sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert path.stat().st_mode & 0o777 == 0o440
    (_, info, _), (_, response, body), (_, request, _), (_, note, json) = records(path)
    assert [info["WARC-Type"], response["WARC-Type"], request["WARC-Type"], note["WARC-Type"]] == [
        "warcinfo", "response", "request", "metadata",
    ]  # fmt: skip
    assert response["WARC-Date"] == "2026-11-02T15:30:01.250000Z"
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert response["WARC-Payload-Digest"] == "sha256:" + hashlib.sha256(BODY).hexdigest()
    assert request["WARC-Concurrent-To"] == note["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert body == BODY
    assert json.decode() == 'phuongchi: {"entry": 64, "portal": "a.gov.vn", "tiêu đề": "Phường"}\r\n'
    assert note["Content-Type"] == "application/warc-fields"  # indexers pass over it
    assert ref.file == writer.name


def test_write_when_done_twice_then_each_record_has_a_random_uuid_of_its_own(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    for entry in (1, 2):
        writer.write(exchange(), entry=entry, metadata={})
    writer.close()
    named = [head["WARC-Record-ID"] for _, head, _ in records(tmp_path / "warc" / writer.name)]
    ids = [UUID(name.removeprefix("<urn:uuid:").removesuffix(">")) for name in named]
    assert len(set(ids)) == len(ids) == 7
    assert {(one.version, one.variant) for one in ids} == {(4, RFC_4122)}
    assert named == [f"<urn:uuid:{one}>" for one in ids]


@pytest.mark.parametrize("size", [0, 500, 1_300, 1_500, 1_600, 3_000, 60_000])
def test_write_when_a_record_is_small_or_large_then_gzip_gives_the_same_bytes(tmp_path: Path, size: int) -> None:
    body = hashlib.shake_256(b"seed").digest(size)
    with_body = replace(exchange(), body=body)
    writer = open_writer(tmp_path)
    writer.write(with_body, entry=1, metadata={})
    name = tmp_path / "warc" / writer.name
    writer.close()
    data = name.read_bytes()
    while data:
        unpacking = zlib.decompressobj(wbits=31)
        plain = unpacking.decompress(data)
        packing = zlib.compressobj(6, zlib.DEFLATED, 31)
        member = data[: len(data) - len(unpacking.unused_data)]
        assert member == packing.compress(plain) + packing.flush()
        data = unpacking.unused_data


def test_write_when_closed_then_warcio_check_passes(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    writer.write(exchange(), entry=1, metadata={})
    writer.write(exchange(body=b"", status=304, reason="Not Modified"), entry=2, metadata={})
    writer.write(exchange(url="https://a.gov.vn/tệp đính kèm.pdf", truncated="length", ip=""), entry=3, metadata={})
    writer.close()
    done = check(tmp_path / "warc" / writer.name)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 10
    assert "no digest" not in done.stdout


def test_read_payload_when_open_and_when_closed_then_the_same(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    refs = [writer.write(exchange(body=BODY + b"%d" % n), entry=n, metadata={}) for n in range(3)]
    before = [warc.read_payload(tmp_path, ref) for ref in refs]
    writer.close()
    after = [warc.read_payload(tmp_path / "warc", ref) for ref in refs]
    assert before == after
    assert [payload.body for payload in after] == [BODY + b"%d" % n for n in range(3)]
    assert after[0].status == 200
    assert after[0].head == (("Content-Type", "text/html; charset=utf-8"),)
    assert after[0].header("content-type") == "text/html; charset=utf-8"


_HEADER = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=30)


@pytest.mark.slow
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
    made = exchange(url=url, body=body, response_head=tuple(head), reason=reason)
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
    writer = open_writer(tmp_path)
    ref = writer.write(exchange(), entry=1, metadata={})
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
    writer = open_writer(tmp_path)
    ref = writer.write(exchange(), entry=1, metadata={})
    writer.close()
    with pytest.raises(FixityError, match="is no response but 'warcinfo'"):
        warc.read_payload(tmp_path, replace(ref, offset=0))
    with pytest.raises(FixityError, match="is damaged"):
        warc.read_payload(tmp_path, replace(ref, length=ref.length - 1))
    with pytest.raises(FixityError, match="is missing"):
        warc.read_payload(tmp_path, replace(ref, file="none.warc.gz"))


def test_copy_record_when_watch_proves_a_change_then_verbatim_in_keep(tmp_path: Path) -> None:
    watch, keep = open_writer(tmp_path, "watch"), open_writer(tmp_path)
    watch.write(exchange(url="https://a.gov.vn/1"), entry=1, metadata={})
    ref = watch.write(exchange(url="https://a.gov.vn/2"), entry=2, metadata={"portal": "a"})
    watch.write(exchange(url="https://a.gov.vn/3", body=os.urandom(3 << 20)), entry=3, metadata={})
    copied = warc.copy_record(tmp_path, ref, keep)
    watch.close()
    keep.close()
    assert copied == RecordRef("keep", keep.name, copied.offset, ref.length)
    assert warc.read_payload(tmp_path, copied) == warc.read_payload(tmp_path, ref)
    old = records(tmp_path / "warc" / watch.name)[4:7]
    assert records(tmp_path / "warc" / keep.name)[1:] == old
    assert [kind for kind, _, _ in old] == ["response", "request", "metadata"]


def test_writer_when_name_is_taken_then_another(tmp_path: Path) -> None:
    first, second = open_writer(tmp_path), open_writer(tmp_path)
    first.close()
    third = open_writer(tmp_path)
    second.close()
    third.close()
    assert len({first.name, second.name, third.name}) == 3


_FULL = """
import resource, sys
from pathlib import Path
from storage.errors import StorageFull
from tests.storage.warcs import exchange, open_writer
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import os
writer = open_writer(Path(sys.argv[1]))
refs = []
try:
    for n in range(100):
        refs.append(writer.write(exchange(url=f"https://a.gov.vn/{n}", body=os.urandom(3000)), entry=n, metadata={}))
except StorageFull as error:
    print(error)
size = writer.size
writer.close()
print(len(refs), size, os.path.getsize(Path(sys.argv[1]) / "warc" / writer.name))
"""


@pytest.mark.slow
def test_write_when_disk_is_full_then_storage_full_and_last_record_whole(tmp_path: Path) -> None:
    assert resource.RLIMIT_FSIZE
    done = in_child(_FULL, str(tmp_path))
    message, numbers = done.stdout.splitlines()
    count, size, real = map(int, numbers.split())
    assert message.startswith("cannot write abc-")
    assert f"for https://a.gov.vn/{count}: " in message
    assert 3 <= count < 8
    assert size == real
    (path,) = (tmp_path / "warc").glob("*.warc.gz")
    assert len(records(path)) == 1 + 3 * count


def test_writer_when_folder_is_a_file_then_error(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("")
    with pytest.raises((StorageFull, OSError)):
        open_writer(tmp_path)
