"""Files that a killed writer left behind."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import warc
from storage.records import RecordRef
from storage.warc.repair import whole_end
from tests.storage.warcs import BODY, check, exchange, in_child, open_writer, records


def dead_file(folder: Path, count: int = 3) -> tuple[Path, list[RecordRef], bytes]:
    """An `.open` file as a killed writer leaves it, without its lock."""
    writer = open_writer(folder)
    refs = [writer.write(exchange(body=BODY + b"%d" % n), entry=n, metadata={"n": n}) for n in range(count)]
    writer.close()
    path = folder / "warc" / writer.name
    content = path.read_bytes()
    path.unlink()
    return path.with_name(path.name + ".open"), refs, content


def boundaries(content: bytes) -> list[int]:
    ends, rest = [0], content
    while rest:
        decompressor = zlib.decompressobj(wbits=31)
        decompressor.decompress(rest)
        rest = decompressor.unused_data
        ends.append(len(content) - len(rest))
    return ends


def test_whole_end_when_cut_at_any_byte_of_the_last_exchange_then_end_of_the_record_before(tmp_path: Path) -> None:
    path, refs, content = dead_file(tmp_path)
    ends = boundaries(content)
    path.write_bytes(content)
    with path.open("r+b") as file:
        for cut in range(len(content), refs[-1].offset - 1, -1):
            file.truncate(cut)
            assert whole_end(file.fileno()) == max(end for end in ends if end <= cut)


@pytest.mark.parametrize("part", range(8))
def test_repair_when_last_exchange_is_cut_then_all_earlier_records_readable(tmp_path: Path, part: int) -> None:
    path, refs, content = dead_file(tmp_path)
    final = path.with_name(path.name.removesuffix(".open"))
    cut = refs[-1].offset + (len(content) - refs[-1].offset) * part // 7
    path.write_bytes(content[:cut])
    (done,) = warc.repair(tmp_path)
    whole = max(end for end in boundaries(content) if end <= cut)
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
    path, _, content = dead_file(folder)
    ends = boundaries(content)
    cut = int(data.draw(st.floats(0, 1)) * len(content))
    length = data.draw(st.integers(1, 8192))
    tail = data.draw(
        st.sampled_from(
            [bytes(length), os.urandom(length), b"\x1f\x8b" + bytes(length), zlib.compress(b"no record", wbits=31)]
        )
    )
    written = content[:cut] + tail
    path.write_bytes(written)
    (done,) = warc.repair(folder)
    assert done.bytes == max(end for end in ends if written[:end] == content[:end])  # noise may be what was there
    if done.bytes:
        assert len(records(folder / "warc" / done.name)) == ends.index(done.bytes)


def test_repair_when_nothing_whole_then_file_is_gone_and_tail_kept(tmp_path: Path) -> None:
    path, _, content = dead_file(tmp_path)
    path.write_bytes(content[:50])
    name = path.name.removesuffix(".open")
    assert warc.repair(tmp_path) == [warc.Repair(name, 0, "", 50)]
    assert [item.name for item in path.parent.glob("*.warc.gz*")] == [name + ".torn"]
    assert warc.repair(tmp_path) == []


def test_repair_when_writer_lives_then_its_file_is_left_alone(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    writer.write(exchange(), entry=1, metadata={})
    assert warc.repair(tmp_path) == []
    ref = writer.write(exchange(), entry=2, metadata={})
    writer.close()
    assert warc.read_payload(tmp_path, ref).body == BODY


def test_repair_when_closed_before_its_row_was_written_then_returned(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    size, sha256 = writer.close()
    assert warc.repair(tmp_path, unclosed=[writer.name, "never-written.warc.gz"]) == [
        warc.Repair(writer.name, size, sha256)
    ]  # fmt: skip


def test_repair_when_there_is_no_folder_then_nothing(tmp_path: Path) -> None:
    assert warc.repair(tmp_path / "none") == []


_KILLED = """
import os, sys
from pathlib import Path
from tests.storage.warcs import exchange, open_writer
writer = open_writer(Path(sys.argv[1]))
for n in range(3):
    writer.write(exchange(url=f"https://a.gov.vn/{n}"), entry=n, metadata={})
os.write(writer._file, b"\\x1f\\x8b\\x08half a record")
os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_repair_when_writer_was_killed_in_a_record_then_closed_without_it(tmp_path: Path) -> None:
    assert in_child(_KILLED, str(tmp_path)).returncode == -9
    (done,) = warc.repair(tmp_path)
    assert done.cut == len(b"\x1f\x8b\x08half a record")
    assert len(records(tmp_path / "warc" / done.name)) == 10
    assert check(tmp_path / "warc" / done.name).returncode == 0
