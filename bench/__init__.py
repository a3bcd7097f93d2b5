"""Measurements: speed as ratios within one run, quality against gold. Results stand in `docs/benchmarks.md`."""
