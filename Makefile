# What people type. `make` alone explains. Needs python3 (3.11 or newer), make and git.

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
UV := .tools/bin/uv
UV_VERSION := 0.13.8
INSTALLER := .tools/.uv-$(UV_VERSION)

export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help run test check bench reset status lint format messages lock

help:
	@echo "make run       install and start everything here, with demo data; Ctrl-C stops it"
	@echo "make test      install and run the tests"
	@echo "make check     all of CI: lint, layers, settings, migrations, translations, tests"
	@echo "make bench     measure what must be fast (make bench ONLY=name for one figure)"
	@echo "make reset     forget the data of make run"
	@echo "make status    say whether make run is running, and where"
	@echo "make lint      ruff and the import contracts"
	@echo "make format    put the source into its standard form"
	@echo "make messages  bring the translation catalogs up to date with the source"
	@echo "make lock      compile the lock files after a change in pyproject.toml"

run: .venv/.run
	@$(BIN)/python -m stack run

status: .venv/.run
	@$(BIN)/python -m stack status

reset: .venv/.run
	@$(BIN)/python -m stack reset

test: .venv/.dev
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: .venv/.dev
	@checked=0; $(BIN)/python -m stack.check || checked=$$?; \
		$(BIN)/python -m pytest -n $(JOBS) && exit $$checked

bench: .venv/.dev
	@$(BIN)/python -m stack with $(BIN)/python -m bench $(ONLY)

lint: .venv/.dev
	@$(BIN)/python -m stack.check lint

format: .venv/.dev
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

messages: .venv/.run
	@$(BIN)/python -m stack translations update

lock: $(INSTALLER)
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml -o requirements.lock
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

# --- Installing ---
# `make run` only adds, so that it takes nothing away from `make test`.
# Neither is repeated until its lock file changes.

.venv/.run: requirements.lock $(INSTALLER)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@echo "  Installing the parts (the first time about half a minute) …"
	@$(UV) pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock $(INSTALLER)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@echo "  Installing the parts and what the tests need (the first time about a minute) …"
	@$(UV) pip sync --python $(BIN)/python --require-hashes requirements-dev.lock
	@touch $@

$(INSTALLER):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This needs Python 3.11 or newer; make PYTHON=python3.12 names another one."; exit 1; }
	@echo "  Getting the installer …"
	@$(PYTHON) -m venv .tools || { \
		echo "This python3 cannot make virtual environments."; \
		echo "On Debian and Ubuntu, install python3-venv and try again:"; \
		echo "  apt-get install python3-venv"; rm -rf .tools; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
