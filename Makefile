# make check   judge the sample company ABC Logistics (makes its own environment first)
# make test    pass all tests
# make lint    linters and types
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The sample is written as of this day; a check without --today uses the real date.
SAMPLE_DAY := 2026-10-31

.PHONY: check test lint bench clean

check: $(VENV)/.runtime
	$(BIN)/ctpat-policy check --today $(SAMPLE_DAY)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/run

clean:
	rm -rf $(VENV)

$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --group dev
	touch $@
