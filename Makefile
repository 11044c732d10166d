# Everything that people and CI run. `make` alone lists it.

STACK ?= staging
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup preview test lint bench generate lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/ready ## make .venv from the lock (every other target does so too)

$(VENV)/ready: requirements.lock components/pyproject.toml
	@echo "Making $(VENV) with $(PYTHON): the packages of requirements.lock, hashes checked, and components/ as they lie here."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable components
	@# Without compiled bytecode every start costs seconds; some machines keep Python from writing it by itself.
	@$(RUN) -m compileall -q -j 0 $(VENV)/lib components/roadstead infra > /dev/null || true
	@touch $@

preview: $(VENV)/ready ## show what a stack would be, offline: make preview STACK=staging
	@$(VENV)/bin/roadstead preview --stack $(STACK)

test: $(VENV)/ready ## the fast tests: recording engine, moto; no network
	@$(RUN) -m pytest --quiet tests

lint: $(VENV)/ready ## formatting, style and types
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy components/roadstead infra scripts tests

bench: $(VENV)/ready ## speed and memory, as ratios within one run
	@$(RUN) scripts/bench.py

generate: $(VENV)/ready ## renew docs/schema and docs/components from the code
	@$(RUN) scripts/generate.py

lock: $(VENV)/ready ## renew requirements.lock (asks the package index)
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --upgrade --group pyproject.toml:dev \
		--output-file requirements.lock components/pyproject.toml

clean: ## remove what the targets made
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis
