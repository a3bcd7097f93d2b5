"""The WARC files of an archive: written once, record by record, and never opened for writing again.

    WarcWriter -> <name>.warc.gz.open -> close -> <name>.warc.gz      a file is `.open` while its process lives
    repair                                                           closes what a killed process left, without its torn tail
    read_payload, read_head, copy_record                             read one record where a capture's row points
    Walk                                                             every record of a file, also behind damage
    contents, read_exchange                                          answers with what their records say, without any rows
    manifest-sha256.txt                                              what the bytes of each finished file were
    finished                                                         their names, here and on shelves (`places`, `shelves`)

`folder` is an archive's folder or its `warc` folder, in all of them. Files are gzip per record, WARC 1.1; a response comes
first, then its request and a `metadata` record, both concurrent to it. A body that the archive has already is not kept again:
a `revisit` record leads to it.
"""

from storage.warc.copying import Bodies, copy_record
from storage.warc.exchanges import Contents, Kept, Place, contents, read_exchange, run_of
from storage.warc.files import OPEN, warc_folder
from storage.warc.foreign import LARGEST, Foreign, answer_of, plain_record, pointed, records_of
from storage.warc.listing import Answer, Answers, answers, read_spans
from storage.warc.manifest import MANIFEST, note_in_manifest, read_manifest
from storage.warc.members import ANSWERS
from storage.warc.places import finished
from storage.warc.reader import BODY_LIMIT, Payload, decode, read_head, read_payload
from storage.warc.repair import Repair, file_digest, is_written, repair
from storage.warc.walk import Member, Walk
from storage.warc.writer import FULL, Exchange, Original, WarcWriter

__all__ = [
    "ANSWERS", "BODY_LIMIT", "FULL", "LARGEST", "MANIFEST", "OPEN", "Answer", "Answers", "Bodies", "Contents", "Exchange",
    "Foreign", "Kept", "Member", "Original", "Payload", "Place", "Repair", "Walk", "WarcWriter", "answer_of",
    "answers", "contents", "copy_record", "decode", "file_digest", "finished", "is_written", "note_in_manifest",
    "plain_record", "pointed", "read_exchange", "read_head", "read_manifest", "read_payload", "read_spans", "records_of",
    "repair", "run_of", "warc_folder",
]  # fmt: skip
