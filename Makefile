# `make help` lists what can be asked. Everything happens in .venv, which a first call makes from Python 3.11 or later.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-all check docs golden catalogue clean

PYTHON ?= $(shell for p in python3 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable
PYTEST := $(BIN)/pytest -n 2

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: .venv/dev  ## make .venv with everything that tests and checks need

demo: .venv/core  ## the Vietnam case, from its tables to a plan and its futures
	@$(BIN)/lotrinh demo

test: .venv/dev  ## the tests that take seconds
	@$(PYTEST)

test-all: .venv/dev  ## every test, those that take minutes too
	@$(PYTEST) -m ""

check: .venv/dev  ## form, types, floors, spelling, generated pages, the Vietnamese catalogue
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/python tools/catalogue.py --check

docs: .venv/docs  ## the documentation, in docs/_build/html
	@$(BIN)/python docs/generate.py
	@$(BIN)/sphinx-build --fresh-env --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

golden: .venv/dev  ## rewrite the golden files; read the difference before keeping it
	@LOTRINH_GOLDEN=write $(BIN)/pytest -m "" tests/golden

catalogue: .venv/dev  ## bring the Vietnamese catalogue up to date with the code
	@$(BIN)/python tools/catalogue.py

clean:  ## remove what was built; .venv stays
	@rm -rf build dist docs/_build docs/reference .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find src tests tools docs -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/python:
	@test -n "$(PYTHON)" || { echo "Lotrinh needs Python 3.11 or later; say which: make PYTHON=..." >&2; exit 1; }
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/core: .venv/python pyproject.toml constraints.txt
	@echo "Installing Lotrinh"
	@$(PIP) .
	@touch $@

.venv/dev: .venv/core
	@echo "Installing what the tests and checks need"
	@$(PIP) '.[dev]'
	@touch $@

.venv/docs: .venv/core
	@echo "Installing what the documentation needs"
	@$(PIP) '.[docs]'
	@touch $@
