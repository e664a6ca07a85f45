# Sameside. `make help` lists what there is. Everything is made below this folder; nothing needs an account or a server.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
# npm, pip and apt-get mostly wait for the network and the disk, each for its own.
MAKEFLAGS += --jobs=3
PIP := $(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes

.PHONY: help run run-scaled test test-packages lint build demo bench bench-room bench-documents bench-api soak clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: build ## Start everything with a demo and print a link for each side
	@$(BIN)/python scripts/serve.py

run-scaled: build ## The same with PostgreSQL, Redis and two web workers, started on this machine
	@sh scripts/system-packages.sh scaled
	@$(BIN)/python scripts/serve_scaled.py

test: test-packages $(VENV)/.test examples/typescript/node_modules/.installed build ## Install what the tests need and pass them all
	@sh scripts/test.sh $(JOBS)

test-packages:
	@sh scripts/system-packages.sh test

lint: $(VENV)/.test node_modules/.installed ## Check style, types, imports and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy accounts api collab config proposals webhooks
	$(BIN)/lint-imports
	npm run --silent check
	$(BIN)/djlint --quiet --lint templates

build: $(VENV)/.run node_modules/.installed frontend/dist/.built proposals/documents/assets/fonts/.built ## Make the .venv, the fonts and the front-end bundle
	@sh scripts/system-packages.sh run

demo: build ## Add a demo proposal to the database and print its links
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py create_demo

bench: $(VENV)/.test build ## Measure, and print figures with their ratios
	@$(BIN)/python -m bench

bench-room: $(VENV)/.test build ## The room under load beside two peers, with ratios (builds the peers first)
	@$(BIN)/python -m bench.room_load

bench-documents: $(VENV)/.test build ## PDFs, signatures and verification against their budgets, beside headless Chromium
	@$(BIN)/python -m bench documents

bench-api: $(VENV)/.test build ## API requests beside bare views that answer the same from memory, with their queries
	@$(BIN)/python -m bench api

soak: test-packages $(VENV)/.test build ## Long fault runs: hundreds of kills, hours of fuzzing in short
	$(BIN)/pytest -q -m soak
	HYPOTHESIS_PROFILE=searching $(BIN)/pytest -q -n $(JOBS) -m "hypothesis and not soak"

clean: ## Remove what was made; the data in var/ stays
	rm -rf $(VENV) node_modules examples/typescript/node_modules frontend/dist static-root .prepared .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find proposals/documents/assets/fonts -name '*.ttf' -delete
	rm -f proposals/documents/assets/fonts/.built

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	$(PIP) -r requirements-test.lock
	@touch $@

node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

examples/typescript/node_modules/.installed: examples/typescript/package-lock.json
	cd examples/typescript && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

frontend/dist/.built: node_modules/.installed $(shell find frontend -path frontend/dist -prune -o -type f -print 2>/dev/null)
	node frontend/build.mjs
	@touch $@

proposals/documents/assets/fonts/.built: scripts/build_fonts.py node_modules/.installed $(VENV)/.run
	$(BIN)/python scripts/build_fonts.py
	@touch $@
