"""The SQL of the fetching half: which pages are due, and what became of those that were asked.

    begin -> due -> (the fetching half asks) -> commit -> … -> walked

All policy (what is due when, which page comes first) is handed in; only what needs the archive's own memory is decided here:
whether a mention is new or changed, and whether a listing still shows pages that nobody knew.
"""

from storage.frontier.commit import close_files, commit, open_files, unlisted
from storage.frontier.gaps import gaps
from storage.frontier.lists import echoes, is_variant, rewind, settle_files, settle_parts
from storage.frontier.pages import (
    adopt,
    aim,
    answered,
    begin,
    due,
    facts,
    known_keys,
    leave_server,
    mentions_of,
    misjudged,
    missing,
    robots_copy,
    server_notes,
    walked,
)
from storage.frontier.values import (
    Committed,
    Discovery,
    Due,
    Facts,
    Group,
    Mention,
    NewPage,
    Outcome,
    ServerNote,
    Stored,
    WarcFile,
)

__all__ = [
    "Committed", "Discovery", "Due", "Facts", "Group", "Mention", "NewPage", "Outcome", "ServerNote", "Stored",
    "WarcFile", "adopt", "aim", "answered", "begin", "close_files", "commit", "due", "echoes", "facts", "gaps", "is_variant",
    "known_keys", "leave_server", "mentions_of", "misjudged", "missing", "open_files", "rewind", "robots_copy", "server_notes",
    "settle_files", "settle_parts", "unlisted", "walked",
]  # fmt: skip
