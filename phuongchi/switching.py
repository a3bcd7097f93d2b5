"""One setting written into `phuongchi.toml`, everything else in it left as it is."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from phuongchi import config as configuration
from storage.warc.files import sync_folder

_HEADER = re.compile(r"\s*\[")


def set_database(folder: Path, setting: str) -> None:
    """Let the archive in `folder` use another database from now on. Raises UsageError when the file would not be read then.

    The file is replaced whole and durably, with its owner and rights.
    """
    path = folder / configuration.FILE
    draft = path.with_suffix(".new")
    lines = path.read_text(encoding="utf-8").split("\n")
    end = next((number for number, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    said = f"database = {json.dumps(setting, ensure_ascii=False)}"
    for form in (r"\s*database\s*=", r"#\s*database\s*="):
        place = next((number for number in range(end) if re.match(form, lines[number])), None)
        if place is not None:
            lines[place] = said
            break
    else:
        lines.insert(0, said)
    configuration.refuse_unusable({"database": setting})
    draft.touch(mode=0o600)
    draft.write_text("\n".join(lines), encoding="utf-8")
    with suppress(PermissionError):
        os.chown(draft, path.stat().st_uid, path.stat().st_gid)
    shutil.copymode(path, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(folder)
