# The two commands that matter are `make run` and `make test`; `make help` lists the others.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Another project's environment must not reach into this one.
unexport PYTHONPATH PYTHONHOME LAW_HOME LAW_CONFIG_FILE LAW_INDEX_FILE LUIGI_CONFIG_PATH

VENV := .venv
BIN := $(VENV)/bin
# What `make run` runs, and what `make test` tests: make test TESTS="tests/storage -k atomic"
TASK := Report --campaign quickstart
TESTS := tests
# The part that does without servers, browsers, physics and long chains of runs.
QUICK := tests/test_*.py tests/branches tests/config tests/fingerprint tests/loading tests/parameters tests/records \
    tests/publishing tests/task tests/execution/test_pool_runs.py tests/execution/test_clean_workers.py

.PHONY: help run test quick setup services lint format types wheel lock clean

help:  ## this list
	@sed -nE 's/^([a-z]+):.*  ## (.*)/\1|\2/p' Makefile | while IFS='|' read -r name about; do \
	    printf 'make %-9s %s\n' "$$name" "$$about"; done

run: about-run setup .law/index  ## set up .venv, run the quickstart campaign through law, print where the report is
	@$(BIN)/law run $(TASK) --workers 1
	@$(BIN)/caselaw ls $(TASK) --json | sed -nE 's/^ *"path": "(.*\.html)",?$$/the report: \1/p'

test: about-test setup services  ## set up .venv, start the services that the tests need, run every test
	@$(if $(filter-out tests,$(TESTS)),$(BIN)/python -m pytest $(TESTS),scripts/run_tests.sh $(BIN)/python)

quick: about-quick setup  ## the tests that need neither servers nor browsers nor physics
	@$(BIN)/python -m pytest $(QUICK)

.PHONY: about-run about-test about-quick
about-run about-test about-quick: about-%:
	@sed -nE 's/^$*:.*  ## (.*)/make $*: \1/p' Makefile

setup:  ## make or update .venv from the lock files
	@scripts/setup.sh $(VENV)

services:  ## start or install what the tests need beside Python
	@tests/services/start.sh

# Written by `law index`: which module holds which task.
.law/index: law.cfg $(wildcard tasks/*.py) | setup
	@$(BIN)/law index --quiet

lint: setup  ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## let ruff lay out the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

types: setup  ## mypy, strictly, over caselaw/ and griddav/
	$(BIN)/mypy --strict caselaw griddav

wheel: setup  ## build both wheels into dist/ and try them in empty environments
	@scripts/check_wheel.sh

lock:  ## make the lock files anew from setup.cfg (needs uv and the network)
	@scripts/lock.sh

clean:  ## remove .venv, caches and build results; outputs in data/ stay
	rm -rf .venv* .law build dist site caselaw.egg-info griddav/build griddav/griddav.egg-info \
	    .mypy_cache .pytest_cache .ruff_cache .hypothesis .numba_cache
	find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
