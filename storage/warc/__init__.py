"""The WARC files of an archive: written once, record by record, and never opened for writing again.

    WarcWriter -> <name>.warc.gz.open -> close -> <name>.warc.gz      a file is `.open` while its process lives
    repair                                                           closes what a killed process left, without its torn tail
    read_payload, copy_record                                        read one record where a capture's row points

`folder` is an archive's folder or its `warc` folder, in all of them. Files are gzip per record, WARC 1.1; a response comes
first, then its request and a `metadata` record, both concurrent to it.
"""

from storage.warc.reader import BODY_LIMIT, Payload, read_payload
from storage.warc.repair import Repair, file_digest, repair
from storage.warc.writer import Exchange, WarcWriter, copy_record

__all__ = [
    "BODY_LIMIT", "Exchange", "Payload", "Repair", "WarcWriter", "copy_record", "file_digest", "read_payload", "repair",
]  # fmt: skip
