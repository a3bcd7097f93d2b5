"""The archive in numbers for Prometheus. Pure: values in, the text of `/metrics` out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from monitoring.health import Judgement, Vitals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(vitals: Vitals, judgement: Judgement, *, version: str, leading: bool) -> bytes:
    """All metrics, in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Archive(vitals, judgement, version, leading))
    return generate_latest(registry)


class _Archive(Collector):
    """The metrics of one archive at one moment."""

    def __init__(self, vitals: Vitals, judgement: Judgement, version: str, leading: bool) -> None:
        self._vitals, self._judgement, self._version, self._leading = vitals, judgement, version, leading

    def collect(self) -> Iterator[Metric]:
        """Every metric with its present value."""
        vitals, pulse = self._vitals, self._vitals.pulse
        yield InfoMetricFamily("phuongchi_build", "Version of the program", value={"version": self._version})
        for name, meaning, value in (
            ("articles", "Articles in the archive", pulse.totals.articles),
            ("articles_removed", "Articles that vanished from their portals", pulse.totals.removed),
            ("revisions", "States of articles", pulse.totals.revisions),
            ("captures", "Responses as received", pulse.totals.captures),
            ("captures_unread", "Captures that wait to be read", pulse.totals.unread),
            ("warc_files", "WARC files", pulse.warc_files),
            ("warc_bytes", "Bytes of all WARC files that are closed", pulse.warc_bytes),
            ("warc_files_damaged", "WARC files whose last fixity check failed", pulse.damaged),
            ("disk_free_bytes", "Free space on the disk of the archive", vitals.disk.free),
            ("disk_size_bytes", "Size of the disk of the archive", vitals.disk.total),
            ("alerts_open", "Alerts that are open", pulse.alerts),
            ("missed_nights", "Planned nights since the last success", vitals.missed),
            ("undelivered_messages", "Messages that could not be sent yet", vitals.undelivered),
            ("health_level", "0 OK, 1 warning, 2 critical, as status --check", self._judgement.level),
            ("run_active", "1 while a run is under way", int(pulse.running is not None)),
            ("leader", "1 if this process works the nights, 0 if it stands by", int(self._leading)),
        ):
            yield GaugeMetricFamily(f"phuongchi_{name}", meaning, value=value)
        yield from self._last_run()
        yield _labelled(GaugeMetricFamily("phuongchi_portals", "Portals by state", labels=["state"]), pulse.states)
        yield _labelled(
            CounterMetricFamily("phuongchi_failures", "Pages that failed, by class", labels=["class"]), pulse.failures
        )

    def _last_run(self) -> Iterator[Metric]:
        pulse = self._vitals.pulse
        if pulse.last_success is not None:
            yield GaugeMetricFamily(
                "phuongchi_last_success_timestamp_seconds", "When the last good night ended",
                value=pulse.last_success.timestamp(),
            )  # fmt: skip
        if pulse.last is not None and pulse.last.ended_at is not None:
            seconds = (pulse.last.ended_at - pulse.last.started_at).total_seconds()
            yield GaugeMetricFamily("phuongchi_run_duration_seconds", "What the last night took", value=seconds)
            yield GaugeMetricFamily(
                "phuongchi_run_exit_code", "How the last night ended", value=pulse.last.exit_code or 0
            )


def _labelled(metric: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, int]) -> Metric:
    for name, value in sorted(values.items()):
        metric.add_metric([name], value)
    return metric
