# make run    compile flows/ into build/ and show what was written
# make test   the tests, with coverage
# make sweep  20,000 exchanges of builds under calls in progress (docs/verify.md)
# make lint   style, types, and the layers of the architecture
# make docs   write the generated pages of docs/ again
# make clean  remove build/ and the virtual environment
#
# Needs git, make and Python 3.11 or newer with venv; everything else is fetched from PyPI into
# .venv. Another Python is chosen by: make PYTHON=/path/to/python3.12 run

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# The pip that a virtual environment starts with may be too old for dependency groups (25.1).
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet
SHELL := /bin/sh

.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run test sweep lint docs clean

run: $(VENV)/.installed
	@$(BIN)/twimlc build
	@echo
	@echo "Files in build/:"
	@for target in build/*/; do \
		printf '  %-16s %s\n' "$$target" "$$(find "$$target" -type f | wc -l)"; done
	@page=$$(find build -name index.xml -type f | LC_ALL=C sort | head -n 1); \
	echo; echo "$$page:"; sed 's/^/  /' "$$page"

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -q -n auto --cov --cov-report=term

sweep: $(VENV)/.installed-test
	PYTHONPATH=tests $(BIN)/python -m rebuilds.sweep 20000

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

$(VENV)/.created:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	@echo "installing twimlc and what it runs on into $(VENV) ..."
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "installing what the tests need into $(VENV) ..."
	@$(INSTALL) --upgrade 'pip>=25.1'
	@$(INSTALL) --group test
	@touch $@

$(VENV)/.installed-lint: $(VENV)/.installed-test
	@echo "installing what the linters need into $(VENV) ..."
	@$(INSTALL) --group lint
	@touch $@

clean:
	rm -rf build $(VENV)
