# Two commands do everything: `make book` and `make test`. They need make and Python 3.11 or later
# (with venv), nothing else. Without make, or on Windows, see "Without make" in README.md.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet

.PHONY: help book test bench lint programs environment reference lock clean
.DELETE_ON_ERROR:

help:
	@echo "make book   run every study and build the book: book/_build/html/index.html"
	@echo "make test   linters, types and all tests"
	@echo "make lint   linters and types only"
	@echo "make bench  speed and memory beside peers, false alarms and power: an hour or more"

book: .venv/.installed
	$(PY) -m evaluate book

test: .venv/.installed .venv/.spark programs
	$(PY) tools/lint.py
	$(PY) -m pytest -n 2 $(PYTEST)

# Ours, its peers and the scan floor in one run; the peers have an environment of their own.
bench: .venv/.installed .venv/peers/.installed
	$(PY) -m benchmarks.speed .venv/peers/bin/python
	$(PY) -m benchmarks.size_and_power
	$(PY) -m benchmarks.speed_over_time .venv/peers/bin/python
	$(PY) -m benchmarks.few_treated .venv/peers/bin/python
	$(PY) -m benchmarks.band_coverage
	$(PY) -m benchmarks.money
	$(PY) -m benchmarks.qca .venv/peers/bin/python
	$(PY) -m benchmarks.matching .venv/peers/bin/python

.venv/peers/.installed: benchmarks/peers/requirements.txt .venv/.installed
	$(PYTHON) -m venv --clear .venv/peers
	.venv/peers/bin/python -m pip --disable-pip-version-check --no-input install --quiet -r $<
	@touch $@

lint: .venv/.installed
	$(PY) tools/lint.py

# Chromium, Java, PostgreSQL and R, from Debian's packages where they can be installed; else the
# tests that need them are skipped, and say so.
programs:
	@sh tools/programs.sh

# The generated parts of the reference pages.
reference: .venv/.installed
	$(PY) -m evaluate.reference

environment: .venv/.installed

.venv/.locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(PIP) --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(PIP) --no-deps --no-build-isolation --editable .
	$(PY) -m compileall -q evaluate
	@touch $@

# Spark has no wheel and 450 MB: only its tests and --engine spark need it.
.venv/.spark: requirements-spark.lock .venv/.locked
	$(PIP) --require-hashes --no-deps --no-build-isolation --no-binary pyspark -r $<
	@touch $@

# Needs uv, and a package index; the lock then serves Python 3.11 to 3.14 on Linux, macOS, Windows.
lock:
	uv pip compile --universal --generate-hashes --only-binary :all: --python-version 3.11 \
	  --extra book --extra test --extra lint --extra build --extra postgres --extra dask \
	  --no-emit-index-url --no-header --no-annotate --quiet --upgrade \
	  pyproject.toml --output-file requirements.lock
	echo "pyspark>=4.0,<5" | uv pip compile --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-header --no-annotate --quiet --upgrade \
	  - --output-file requirements-spark.lock

clean:
	rm -rf .venv book/_build
