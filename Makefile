# make run        compile flows/ into build/ and show one document; half a minute the first time
# make test       the tests; about five minutes on two cores
# make test-slow  those that install something, or start servers, engines or editors
# make sweep      every long series of random cases in full, and 20,000 exchanges of builds under
#                 calls in progress (docs/verify.md)
# make lint       style, types, and the layers of the architecture
# make docs       write the generated pages of docs/ again
# make preview    all example flows on one page to look at and play: build/preview.html
# make pictures   take the screenshots of docs/ and README again whose page or flow has changed
# make clean      remove build/ and the virtual environment
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
.PHONY: run test test-slow sweep lint docs preview pictures clean

run: $(VENV)/.installed
	@echo "compiling flows/ for each target of twimlc.yaml ..."
	@report=$$($(BIN)/twimlc build 2>&1) || { printf '%s\n' "$$report"; exit 1; }; \
	printf '%s\n' "$$report" | grep '^[a-z].* in build/'
	@echo; echo "flows/forward.yaml"; sed '/^#/d; s/^/  /' flows/forward.yaml
	@echo "is now build/plain/public/forward/index.xml"
	@sed 's/^/  /' build/plain/public/forward/index.xml
	@echo; echo "Next:"
	@echo "  . $(BIN)/activate   in this shell, twimlc is on the path"
	@echo "  twimlc call office     be the caller: menu, room, desk, voicemail"
	@echo "  twimlc check           after an edit: what is wrong, and where"
	@echo "  twimlc build -v        all that a build has to say"
	@echo "  twimlc init my-line    a project of your own; --list shows examples"
	@echo "  docs/hosts.md          put it online, host by host"
	@echo "  make test              the tests: about five minutes"

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -q -n auto -m "not slow"

test-slow: $(VENV)/.installed-browser
	$(BIN)/python -m pytest -q -n auto -m slow

sweep: $(VENV)/.installed-test
	$(BIN)/python -m pytest -q -n auto -m sweep --sweep
	PYTHONPATH=tests $(BIN)/python -m rebuilds.sweep 20000

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

preview: $(VENV)/.installed
	@mkdir -p build
	$(BIN)/twimlc preview --export build/preview.html --title "Example flows"

pictures: $(VENV)/.installed-browser docs
	$(BIN)/python docs/pictures.py

$(VENV)/.created:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	@echo "installing twimlc and what it runs on into $(VENV) ..."
	@$(INSTALL) --editable '.[hours]'
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "installing what the tests need into $(VENV) ..."
	@$(INSTALL) --upgrade 'pip>=25.1'
	@$(INSTALL) --group test
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-test
	@$(INSTALL) --group browser
	@touch $@

$(VENV)/.installed-lint: $(VENV)/.installed-test
	@echo "installing what the linters need into $(VENV) ..."
	@$(INSTALL) --group lint
	@touch $@

clean:
	rm -rf build $(VENV)
