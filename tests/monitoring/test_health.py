"""One judgement for monitoring programs: levels, the plugin's line, metrics that Prometheus can read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitoring import metrics
from monitoring.health import CRITICAL, OK, WARNING, Vitals, document, judge, line
from monitoring.report import Disk
from storage.reader.nights import NightRun
from storage.reader.portals import Counts
from storage.reader.pulse import Pulse

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
PERFDATA = re.compile(r"[a-z]+=-?\d+(B|s)?(;\d*:?){0,4}( |$)")


def well(**changes: Any) -> Vitals:
    """An archive that is well; `changes` are fields of Vitals, or of Pulse with `pulse_` before them."""
    last = NightRun(
        9, "night", "done", 0, NOW - timedelta(hours=9), NOW - timedelta(hours=5), NOW - timedelta(hours=9), 0
    )
    totals = Counts(20, 900, 0, 400, 3, 410, 800)
    pulse = Pulse(
        NOW - timedelta(days=90), totals, 12, 5 * 2**30, last, last.ended_at, states={"healthy": 19, "late": 1}
    )
    own = {name.removeprefix("pulse_"): value for name, value in changes.items() if name.startswith("pulse_")}
    rest = {name: value for name, value in changes.items() if not name.startswith("pulse_")}
    return replace(Vitals(NOW, replace(pulse, **own), Disk(80 * 2**30, 200 * 2**30, 200 * 2**20)), **rest)


def ended(code: int) -> NightRun:
    return NightRun(9, "night", "failed", code, NOW - timedelta(hours=9), NOW, None, 0)


@pytest.mark.parametrize(
    ("vitals", "level", "said"),
    [
        (well(), OK, "the last night ended at 22/11/2026 05:00"),
        (well(pulse_last=None, pulse_last_success=None), OK, "the first night is still to come"),
        (well(missed=1), WARNING, "1 nights without success"),
        (well(missed=2), CRITICAL, "2 nights without success"),
        (well(disk=Disk(100, 200 * 2**30, 200 * 2**20)), CRITICAL, "only 0 MiB are free"),
        (well(fills_soon=True), WARNING, "the disk will soon be full"),
        (well(pulse_damaged=2), CRITICAL, "2 WARC files are damaged"),
        (well(pulse_alerts=3), WARNING, "3 alerts are open"),
        (well(undelivered=1), WARNING, "1 messages were not sent"),
        (well(pulse_last=ended(7)), CRITICAL, "last run: the database failed"),
        (well(pulse_last=ended(5)), WARNING, "last run: no portal answered"),
        (well(pulse_running=replace(ended(0), started_at=NOW - timedelta(hours=30))), WARNING, "run 9 takes 30 h"),
    ],
)
def test_judge_when_something_is_wrong_then_level_and_reason(vitals: Vitals, level: int, said: str) -> None:
    judgement = judge(vitals)
    shown = line(judgement, vitals)
    assert judgement.level == level
    assert shown.startswith(f"PHUONGCHI {['OK', 'WARNING', 'CRITICAL'][level]} - ")
    assert said in shown


def test_line_when_printed_then_one_line_whose_numbers_a_plugin_reader_takes() -> None:
    vitals = well(missed=2, pulse_alerts=1)
    text, bar, numbers = line(judge(vitals), vitals).partition(" | ")
    assert bar
    assert "|" not in text + numbers
    assert "\n" not in text
    assert "".join(found[0] for found in PERFDATA.finditer(numbers)) == numbers
    assert text.index("2 nights") < text.index("1 alerts")  # the worst first


def test_metrics_when_read_by_prometheus_then_every_number_is_there() -> None:
    vitals = well(pulse_failures={"http.5xx": 7, 'odd"class\n': 1})
    exposed = metrics.exposition(vitals, judge(vitals), version="0.1", leading=True).decode()
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposed) for sample in family.samples
    }  # fmt: skip
    assert found["phuongchi_articles",] == 400
    assert found["phuongchi_captures",] == 900
    assert found["phuongchi_warc_bytes",] == 5 * 2**30
    assert found["phuongchi_portals", "late"] == 1
    assert found["phuongchi_failures_total", "http.5xx"] == 7
    assert found["phuongchi_failures_total", 'odd"class\n'] == 1
    assert found["phuongchi_last_success_timestamp_seconds",] == (NOW - timedelta(hours=5)).timestamp()
    assert found["phuongchi_run_duration_seconds",] == 4 * 3600
    assert found["phuongchi_disk_free_bytes",] == 80 * 2**30
    assert found["phuongchi_build_info", "0.1"] == 1


def test_document_when_nothing_ran_yet_then_says_so_without_inventing() -> None:
    vitals = well(pulse_last=None, pulse_last_success=None)
    made = document(judge(vitals), vitals)
    assert (made["status"], made["last_night"], made["last_success_age"]) == ("OK", None, None)
    assert made["portals"] == {"healthy": 19, "late": 1}
