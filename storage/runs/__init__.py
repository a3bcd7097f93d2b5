"""The ledger of runs, visits and planned times; it also hands out the leases (`storage.leases`) that guard them.

Every time here is told by the caller. A run that a dead process left `running` is gone on with, never doubled.
"""

from storage.leases import check, hold, prolong, release, renew, silence_of, take_portal
from storage.runs.history import backlogs, growth, lines_of_runs, past_visits, standings, visited_portals
from storage.runs.ledger import (
    INTERRUPTED,
    LIMIT,
    begin_run,
    end_run,
    end_visit,
    last_run,
    last_visits,
    start_visit,
    visit_of,
    visits,
)
from storage.runs.mirror import sync_portals
from storage.runs.slots import (
    SlotKey,
    SlotRow,
    begin_job,
    begun_slots,
    close_alerts_of_jobs,
    end_job,
    newest_slots,
    open_slots,
    settle_slots,
    slots_of,
)

__all__ = [
    "INTERRUPTED", "LIMIT", "SlotKey", "SlotRow", "backlogs", "begin_job", "begin_run", "begun_slots", "check",
    "close_alerts_of_jobs",
    "end_job", "end_run", "end_visit", "growth", "hold", "last_run", "last_visits", "lines_of_runs", "newest_slots",
    "open_slots", "past_visits", "prolong", "release", "renew", "settle_slots", "silence_of", "slots_of", "standings",
    "start_visit", "sync_portals", "take_portal", "visit_of", "visited_portals", "visits",
]  # fmt: skip
