# Two commands for everybody: `make demo` and `make test`. Each makes its own .venv first; nothing else is touched.

PYTHON ?= python3
BIN := .venv/bin
OURS := access crawler monitoring phuongchi spiders storage scheduler.py

# Without bytecode each start of a child compiles the program anew; the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test tested test-long quick lint types imports format lock audit case bench bench-page bench-store bench-search \
    bench-workers bench-night bench-peers bench-scaling clean

demo: .venv/.run
	$(BIN)/phuongchi demo

# The type checker has one core to itself, so it runs beside the tests.
test: lint
	@$(MAKE) --no-print-directory -j 3 types imports tested

tested: .venv/.dev
	$(BIN)/pytest -n 2 --dist worksteal

# Kills at every pass through every point, and at random, on both databases: about an hour.
test-long: .venv/.dev
	$(BIN)/pytest -n 2 --dist worksteal -m long

quick: .venv/.dev
	$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .
	$(BIN)/pytest -q -x -n 2 --dist loadfile -m "not slow and not long and not postgresql" --hypothesis-profile=quick

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

imports: .venv/.dev
	$(BIN)/lint-imports

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A new golden case from a saved page or an address: make case FROM=page.html URL=https://… | make case FROM=https://…
case: .venv/.dev
	$(BIN)/python -m tests.cases.new "$(FROM)" $(if $(URL),--url "$(URL)")

bench: .venv/.dev
	$(BIN)/python -m bench.throughput $(ARGS)

# A command for each claim of docs/benchmarks.md: ratios within one run. ARGS go on to the first bench of each; some take an hour.
bench-page: .venv/.dev
	$(BIN)/python -m bench.reading $(ARGS)

bench-store: .venv/.dev
	$(BIN)/python -m bench.growth $(ARGS)
	$(BIN)/python -m bench.growth --postgres $(ARGS)
	$(BIN)/python -m bench.memory reader
	$(BIN)/python -m bench.memory batch

bench-search: .venv/.dev
	$(BIN)/python -m bench.search $(or $(ARGS),--articles 100000)
	$(BIN)/python -m bench.search --postgres $(or $(ARGS),--articles 100000)

bench-workers: .venv/.dev
	$(BIN)/python -m bench.workers $(ARGS)
	$(BIN)/python -m bench.workers --delay 0 $(ARGS)
	$(BIN)/python -m bench.workers --delay 0 --kill 20

# ARGS="--portals 300" for a tenth of the country; all of it takes about an hour.
bench-night: .venv/.dev
	$(BIN)/python -m bench.night $(ARGS)

# ARGS="--archive FOLDER" for an archive of your own.
bench-scaling: .venv/.dev
	$(BIN)/python -m bench.scaling $(ARGS)

# news-please in an environment of its own: PHUONGCHI_BENCH_NEWSPLEASE=its python (docs/benchmarks.md).
bench-peers: .venv/.dev
	$(BIN)/python -m bench.throughput $(or $(ARGS),--proven 5 --kb 60)
	$(BIN)/python -m bench.quality --seed $(or $(SEED),110)

# Lock files hold hashes but no addresses, so that any package index can serve them. Needs uv.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q \
	    pyproject.toml --group build -o requirements/run.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q \
	    pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt

# Known advisories against the locked versions. Asks the advisory service of PyPI, so it needs the network and uv.
audit:
	uvx pip-audit --disable-pip --require-hashes -r requirements/run.txt
	uvx pip-audit --disable-pip --require-hashes -r requirements/dev.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo "This Python cannot make environments; on Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# pip compiles what it installs; a Scrapy start without bytecode takes three times as long.
.venv/.run: .venv/bin/python requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --compile -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(OURS)
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --compile -r requirements/dev.txt
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
