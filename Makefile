# Each target sets up all it needs, from the lock files, on a machine that has only make and Python 3.11 to 3.14
# with venv: for no other, and for no free-threaded one, all the locked packages are there ready-made.
#   make test ARGS="tests/unit -n 0"       runs some of the tests, one after the other
#   make run PYTHON=/usr/bin/python3.13    uses that Python
#   make run ARGS="--help"                 passes arguments to the program; likewise make test, make bench
#   make run WEIGHTS=no                    does not fetch the small language model

SHELL := /bin/sh
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PYTHON ?=
ARGS ?=
WEIGHTS ?= yes
UPGRADE ?=

PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --require-hashes --only-binary :all:
EDITABLE := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(UPGRADE)

.PHONY: help run test check lock bench bench-peers clean
.DELETE_ON_ERROR:

# An environment that was interrupted while it was made, or whose Python has gone or changed, is made anew.
ifneq ($(shell $(BIN)/python -I -c 'import pip; print("usable")' 2>/dev/null),usable)
.PHONY: $(BIN)/pip
endif

help:
	@echo "make run     start agentflow-tui (sets up everything first)"
	@echo "make test    all tests"
	@echo "make check   lint, format, types, import rules, lock files"
	@echo "make bench   benchmarks; after make bench-peers also of the engines to compare with"
	@echo "make lock    renew the lock files (UPGRADE=--upgrade: with the newest versions)"
	@echo "make clean   remove the virtual environment and all caches"

ifeq ($(WEIGHTS),yes)
run: $(STAMPS)/run
	@test -e $(STAMPS)/weights || { \
	  echo "Fetching the small language model (once, about 90 MB) ..."; \
	  if $(BIN)/agentflow-tui model get; then touch $(STAMPS)/weights; \
	  else echo "It could not be fetched: starting without it; the next 'make run' tries again."; fi; }
	@$(BIN)/agentflow-tui $(ARGS)
else
run: $(STAMPS)/run
	@$(BIN)/agentflow-tui $(ARGS)
endif

# Textual reads its settings when pytest loads the snapshot plugin, before any conftest can hide them.
# Bytecode is kept whatever the environment says, as the tests start the program dozens of times.
test: $(STAMPS)/dev
	@for name in $$(env | sed -n 's/^\(TEXTUAL_[A-Z_]*\)=.*/\1/p'); do unset "$$name"; done; \
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadgroup --hypothesis-profile ci $(ARGS)

check: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@echo "lock files name no host"
	@! grep -nE '://|--(extra-)?index|--find-links' requirements*.lock benchmarks/*.lock

bench: $(STAMPS)/dev
	@$(BIN)/python -m benchmarks $(ARGS)

# Apart from $(VENV), so that nothing of theirs gets into the project or its tests.
bench-peers: $(PEERS)/.installed

$(PEERS)/.installed: benchmarks/requirements-peers.lock $(BIN)/pip
	@echo "Installing the engines to compare with into $(PEERS) ..."
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all: -r $<
	@touch $@

lock: $(STAMPS)/dev
	$(COMPILE) --extra embedded pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra embedded --extra otel --extra dev -c requirements.lock pyproject.toml --output-file requirements-dev.lock
	@printf 'hatchling\neditables\n' | $(COMPILE) -c requirements-dev.lock - --output-file requirements-build.lock
	$(COMPILE) -c requirements.lock benchmarks/requirements-peers.in --output-file benchmarks/requirements-peers.lock

clean:
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find agentflow_tui tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/run: requirements.lock requirements-build.lock pyproject.toml $(BIN)/pip
	@echo "Installing agentflow-tui into $(VENV) (once, about half a minute) ..."
	@$(LOCKED) -r requirements.lock -r requirements-build.lock
	@$(EDITABLE)
	@mkdir -p $(STAMPS) && touch $@

# The dev lock holds the runtime lock's packages in the same versions.
$(STAMPS)/dev: requirements-dev.lock pyproject.toml $(BIN)/pip
	@echo "Installing agentflow-tui and its tests' tools into $(VENV) (once, about half a minute) ..."
	@$(LOCKED) -r requirements-dev.lock
	@$(EDITABLE)
	@mkdir -p $(STAMPS) && touch $@

$(BIN)/pip:
	@python=; \
	for name in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) or "t" in sys.abiflags)' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "agentflow-tui needs Python 3.11 to 3.14, and not a free-threaded one; $(if $(PYTHON),$(PYTHON),python3) is $$("$(if $(PYTHON),$(PYTHON),python3)" --version 2>/dev/null || echo missing)."; \
	  echo "  Debian, Ubuntu:  sudo apt install python3 python3-venv"; \
	  echo "  macOS:           brew install python@3.14"; \
	  echo "  elsewhere:       https://www.python.org/downloads/"; \
	  echo "If you have one under another name:  make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.13"; \
	  exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$python ($$("$$python" --version)) lacks its venv module."; \
	  echo "  Debian, Ubuntu:  sudo apt install python3-venv"; \
	  echo "Or use another Python:  make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.13"; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
