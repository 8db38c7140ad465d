# make check   judge the sample company ABC Logistics (makes its own environment first)
# make test    pass all tests
# make lint    linters and types
# make editors    the whole sample in the language server of editors (installs it with npm)
# make validate   what we write, by the programs that read it
PYTHON ?= python3
VENV ?= .venv
VALIDATE ?= .venv-validate
BIN := $(VENV)/bin
# The sample is written as of this day; a check without --today uses the real date.
SAMPLE_DAY := 2026-10-31

.PHONY: check test lint editors validate bench clean

check: $(VENV)/.runtime
	$(BIN)/ctpat-policy check --today $(SAMPLE_DAY)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

editors: $(VENV)/.dev
	npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts \
		--prefix tests/editors
	EDITORS=all $(BIN)/python -m pytest -q tests/test_editors.py

validate: $(VENV)/.dev $(VALIDATE)/.tools
	.ci/validate $(abspath $(BIN)) $(abspath $(VALIDATE)) $(SAMPLE_DAY)

bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/run

clean:
	rm -rf $(VENV) $(VALIDATE)

$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

$(VALIDATE)/.tools: pyproject.toml
	$(PYTHON) -m venv $(VALIDATE)
	$(VALIDATE)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VALIDATE)/bin/python -m pip install --quiet --group validate
	if command -v npm > /dev/null; then npm install --silent --no-audit --no-fund --ignore-scripts \
		--prefix $(VALIDATE) @microsoft/sarif-multitool-linux; fi
	touch $@
