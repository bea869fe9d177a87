# The whole of Insight Journey on one machine. `make` alone says what there is.

PLATFORM ?= embedded
HOST ?= 127.0.0.1
PORT ?= 5000
DATA ?= .insight

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The first interpreter that is new enough; `make setup PYTHON=...` names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v $$name && break; done)
SOURCES := $(wildcard shared functions infra tests clients)

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check format lint types layers generated openapi bench chaos uploads storm lock clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  Variables: PORT=$(PORT) HOST=$(HOST) DATA=$(DATA) PLATFORM=embedded|google KEEP=1 AUDIO=file (demo)"

setup: $(READY) ## Make .venv with everything in it, at the versions of requirements.lock

$(READY): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; \
	install it, or name one: make setup PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module; \
	on Debian and Ubuntu: sudo apt install $$($(PYTHON) -c \
	'import sys; print("python3.%d-venv" % sys.version_info.minor)')"; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the locked packages; the first time takes a few minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(READY)

demo: setup ## Send a real transcript through every stage and watch what is found
	@$(BIN)/python -m infra.demo --port $(PORT) $(if $(KEEP),--keep) $(if $(AUDIO),--audio "$(AUDIO)")

run: setup ## Serve on http://localhost:5000 and keep the data; PLATFORM=google: on its emulators
	@$(BIN)/python -m infra.local.up --platform $(PLATFORM) --host $(HOST) --port $(PORT) --data $(DATA)

test: setup ## All tests; those on emulators with gcloud and Java, in browsers with Node.js and Chromium
	@E2E_PLATFORM=$(PLATFORM) $(BIN)/python -m pytest $(TESTS)

check: setup format lint types layers generated test ## All that must hold before a change goes in

format: setup
	@$(BIN)/ruff format --check $(SOURCES)

lint: setup
	@$(BIN)/ruff check $(SOURCES)

types: setup
	@$(BIN)/mypy

layers: setup
	@$(BIN)/lint-imports

generated: setup
	@$(BIN)/python -c "import sys; from infra.openapi.__main__ import PATH; \
	from infra.openapi.document import render; sys.exit(PATH.read_text('utf-8') != render())" \
	|| { echo "infra/openapi/openapi.json is not what the code describes: make openapi"; exit 1; }

openapi: setup ## Write infra/openapi/openapi.json anew from the table and the models
	@$(BIN)/python -m infra.openapi

bench: setup ## Measure, side by side, what the service costs; prints tables, writes nothing
	@$(BIN)/python -m tests.bench $(BENCH)

chaos: setup ## 200 transcripts at once while processes are killed at random; prints the counts
	@$(BIN)/python -m tests.e2e.chaos $(CHAOS)

uploads: setup ## 1,000 uploads cut at random bytes and resumed while processes are killed; prints the counts
	@$(BIN)/python -m tests.e2e.cut_uploads $(UPLOADS)

storm: setup ## The relay under 10,000 strangers and 1,000 storms of 200 clients; prints the counts
	@$(BIN)/python -m tests.storm.strangers
	@$(BIN)/python -m tests.storm $(STORM)

lock: setup ## Write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--extra google --extra whisper --group dev pyproject.toml -o requirements.lock

clean: ## Remove all that was made, but never data (.insight)
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
