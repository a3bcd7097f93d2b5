"""Reads pages (JSON lines on standard input) with news-please, writes what it found as JSON lines; imports nothing of ours."""

from __future__ import annotations

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from newsplease import NewsPlease  # noqa: E402


def main() -> None:
    """One page a line in, one result a line out."""
    for line in sys.stdin:
        page = json.loads(line)
        try:
            found = NewsPlease.from_html(page["html"], page["url"])
            result = {
                "title": found.title,
                "text": found.maintext,
                "authors": list(found.authors or ()),
                "date": str(found.date_publish or "").replace(" ", "T"),
            }
        except Exception:  # whatever it stumbles over, it read nothing there
            result = {"title": "", "text": "", "authors": [], "date": ""}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
