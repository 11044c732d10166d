# Everything that people and CI run. `make` alone lists it.

STACK ?= staging
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python

LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
include tools/tools.mk

.PHONY: help setup preview sandbox test test-changes test-aws test-cluster test-engine lint bench generate lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/ready ## make .venv from the lock (every other target does so too)

PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --no-compile
# Without compiled bytecode every start costs seconds, and some machines keep Python from writing it by itself.
COMPILE := $(RUN) -m compileall -q -j 0 $(VENV)/lib components/roadstead infra > /dev/null || true

$(VENV)/ready: requirements.lock components/pyproject.toml
	@echo "Making $(VENV) with $(PYTHON): the packages of requirements.lock, hashes checked, and components/ as it lies here."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable components
	@$(COMPILE)
	@touch $@

$(VENV)/ready-sandbox: requirements-sandbox.lock $(VENV)/ready
	@echo "Adding what the sandbox needs: requirements-sandbox.lock, hashes checked."
	@$(PIP) --require-hashes --requirement requirements-sandbox.lock
	@$(COMPILE)
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@echo "Adding what tests and linters need: requirements-dev.lock, hashes checked."
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@$(COMPILE)
	@touch $@

preview: $(VENV)/ready ## show what a stack would be, offline: make preview STACK=staging
	@$(VENV)/bin/roadstead preview --stack $(STACK)

# What renders whole stacks at several revisions, or tries hundreds of random changes.
CHANGES := $(wildcard tests/roadstead/tool/review/test_changes_of_*.py) tests/infra/test_order_of_keys.py $(addprefix tests/roadstead/tool/review/, \
	test_revision.py test_command.py test_together.py test_unread.py test_what_decides.py test_order.py \
	test_nothing_leaks.py test_capacity_orders.py protection/test_weakenings.py protection/test_networks.py reports/test_html_in_chromium.py)
SLOWER := tests/aws tests/cluster tests/engine $(CHANGES)

test: $(VENV)/ready-dev ## the fast tests: on the recording engine; no network
	@$(RUN) -m pytest --quiet --numprocesses auto --dist loadfile $(SLOWER:%=--ignore %) tests

test-changes: $(VENV)/ready-dev ## what a review says of each change in tests/roadstead/tool/review/changes, and of hundreds of random ones
	@$(RUN) -m pytest --quiet --numprocesses auto --dist load $(CHANGES)

test-aws: $(VENV)/ready-dev ## every AWS resource of every stack, created in moto on this machine
	@$(RUN) -m pytest --quiet --numprocesses 2 --dist loadfile tests/aws

test-cluster: $(VENV)/ready-dev $(SANDBOX_TOOLS) ## every stack on a real Kubernetes API server of this machine
	@CLUSTER_REQUIRED=1 $(RUN) -m pytest --quiet -r s --numprocesses 2 --dist loadfile tests/cluster

sandbox: $(VENV)/ready-sandbox $(SANDBOX_TOOLS) ## a stack to try on this machine: make sandbox STACK=staging
	@$(VENV)/bin/roadstead sandbox up --stack $(STACK)

test-engine: $(VENV)/ready-dev $(SANDBOX_TOOLS) tools-engine ## every stack on the real Pulumi engine: the official CLI where it is on PATH, else one built with Go
	@PATH="$$PATH:$(if $(OFFICIAL),,$(CURDIR)/$(ENGINE_BIN):)$(CURDIR)/$(BIN)" ENGINE_REQUIRED=1 \
		$(RUN) -m pytest --quiet -r s --numprocesses 2 --dist loadfile tests/engine

lint: $(VENV)/ready-dev ## formatting, style and types
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy components/roadstead infra policy scripts tests tools/pulumi

bench: $(VENV)/ready-dev ## speed and memory, as ratios within one run
	@$(RUN) scripts/bench.py
	@$(RUN) scripts/bench_diff.py
	@$(RUN) scripts/bench_page.py
	@$(RUN) scripts/bench_sandbox.py
	@$(RUN) scripts/bench_guard.py

generate: $(VENV)/ready-dev ## renew docs/schema and docs/components from the code
	@$(RUN) scripts/generate.py

lock: $(VENV)/ready-dev ## renew requirements*.lock (asks the package index)
	@$(LOCK) --group pyproject.toml:setup --extra tool --extra policy --output-file requirements.lock components/pyproject.toml
	@$(LOCK) --extra tool --extra sandbox --constraint requirements.lock --output-file requirements-sandbox.lock components/pyproject.toml
	@$(LOCK) --group pyproject.toml:dev --extra tool --extra policy --extra sandbox --constraint requirements-sandbox.lock --output-file requirements-dev.lock components/pyproject.toml

clean: ## remove what the targets made
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis
