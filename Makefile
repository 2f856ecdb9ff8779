# Each target is enough by itself on a machine with Python 3.11 or newer (with venv) and make:
# it makes .venv, installs exactly what the lock names (every file by its hash), and goes on.

PYTHON ?= $(firstword $(foreach p,python3.11 python3 python3.12 python3.13,$(shell \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(p))))
VENV ?= .venv
HOME_OF_DEMO ?= demo-alliance
JOBS ?= auto

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --group build

.PHONY: help demo test lint format types floors docs check bench lock clean

help:
	@echo 'make demo    a whole invented alliance in ./$(HOME_OF_DEMO), its months run end to end'
	@echo 'make test    the tests (JOBS=2 for two at a time)'
	@echo 'make check   what a change must pass: test, lint, types, floors, docs'
	@echo 'make lint    ruff, style and format       make format   the same, mended in place'
	@echo 'make types   mypy, strict                 make floors   who may import whom'
	@echo 'make docs    links and generated tables   make bench    measurements'
	@echo 'make lock    the hashed locks anew        make clean    what make made'

# -- the environment --------------------------------------------------------------------------

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'ill-workflows needs Python 3.11 or newer, and found none.' \
		'Install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name it:' \
		'make PYTHON=/path/to/python3.11'; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is missing or older than 3.11; name another: make PYTHON=python3.11'; \
		exit 1; } >&2
	@echo 'Making $(VENV) with $(PYTHON)'
	@said=$$($(PYTHON) -m venv --clear $(VENV) 2>&1) || { echo "$$said"; rm -rf $(VENV); \
		echo 'Python has no working venv module here' \
		'(Debian, Ubuntu: apt-get install python3-venv).'; exit 1; } >&2

$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing what it needs to run (requirements.lock); a minute the first time'
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tests: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo 'Installing what it needs to run and to be tested (requirements-dev.lock); a minute the first time'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runs

# -- what people come for -----------------------------------------------------------------------

demo: $(VENV)/.runs
	@$(BIN)/ill-workflows demo $(HOME_OF_DEMO)
	@echo '先執行 first: . $(BIN)/activate'

test: $(VENV)/.tests
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --maxprocesses=4

# -- what a change must pass --------------------------------------------------------------------

check: test lint types floors docs

lint: $(VENV)/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.tests
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.tests
	@$(BIN)/mypy

floors: $(VENV)/.tests
	@$(BIN)/lint-imports

docs: $(VENV)/.tests
	@$(BIN)/python -m pytest --quiet tests/docs

# -- now and then -------------------------------------------------------------------------------

bench: $(VENV)/.tests
	@for each in bench/[!_]*.py; do $(BIN)/python $$each || exit 1; done

lock: | $(BIN)/python
	@$(PIP) install uv
	@echo 'Resolving'
	@$(LOCK) --upgrade --output-file requirements.lock
	@$(LOCK) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@! grep -nE '(https?|file)://|^--|^/' requirements.lock requirements-dev.lock || { \
		echo 'A lock names an address or a path; it must not be committed.'; exit 1; } >&2

clean:
	rm -rf $(VENV) $(HOME_OF_DEMO) build dist .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find ill_workflows tests -name __pycache__ -type d -prune -exec rm -rf {} +
