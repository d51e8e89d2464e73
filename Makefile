SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CONFIG := plumbline.yml
TARGET := dev
PROCESSES := 2
# The simulated part of the sample, and how many findings make build and the README show.
RETAIL := sample/retail
SHOWN := 15

# Without --no-compile it would replace the build's run_results.json, which --retry continues from.
DOCS = $(BIN)/dbt docs generate --static --no-compile --target $(TARGET)
FINDINGS = $(BIN)/plumbline findings --target $(TARGET)

export PYTHON
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help build load docs findings readme test test-postgres lint format star-schema lock clean environment

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(READY) ## Load the feeds, build every model and test its data, make the docs site, print the findings
	$(BIN)/plumbline run --config $(CONFIG) --target $(TARGET)
	@$(FINDINGS) --top $(SHOWN)

# Only for who reads it. It is counted from six o'clock, so that it ends when the recordings do.
ifneq ($(shell grep -s '$(RETAIL)/' $(CONFIG)),)
build load: $(RETAIL)/truth.json
endif

$(RETAIL)/truth.json: $(shell find plumbline/simulate -name '*.py') | $(READY)
	@rm -rf $(RETAIL) $(RETAIL).new
	$(BIN)/plumbline simulate --days 90 --pipelines 36 --seed 12 --start 2026-08-23T06:00 --out $(RETAIL).new > /dev/null
	@mv $(RETAIL).new $(RETAIL)

environment: $(READY) ## Make .venv from the lock file (only when something changed)

$(READY): requirements.lock pyproject.toml scripts/environment.sh
	@scripts/environment.sh $(VENV)
	@touch $@

load: $(READY)
	$(BIN)/plumbline load --config $(CONFIG) --target $(TARGET)

docs: $(READY) ## Make the docs site of what is built: target/static_index.html
	$(DOCS)

findings: $(READY) ## Print the open findings of what is built
	@$(FINDINGS)

readme: $(READY) ## Write the README's findings anew, from a first build
	@{ sed '/<!-- findings -->/q' README.md; $(FINDINGS) --format markdown --top $(SHOWN); \
		sed -n '/<!-- \/findings -->/,$$p' README.md; } > README.md.new && mv README.md.new README.md

lint: $(READY) ## Check style: SQL, YAML, Python, whitespace
	$(BIN)/pre-commit run --all-files

format: $(READY) ## Put into style what can be put so automatically
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix models tests

# pytest comes last, so that its summary closes the output.
test: $(READY) lint ## Everything that proves it right: lint, strict parse, builds on DuckDB and PostgreSQL
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadgroup

test-postgres: $(READY) ## What of it needs a PostgreSQL: the server of PLUMBLINE_PG_*, of any version from 14
	$(BIN)/python -m pytest -m postgres

star-schema: $(READY) ## Write docs/star-schema.md anew from the project
	$(BIN)/python scripts/star_schema.py

COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-strip-extras --quiet --custom-compile-command "make lock"

lock: $(READY) ## Write the lock files anew from pyproject.toml (LOCK_FLAGS=--upgrade for new versions)
	$(COMPILE) --extra dev --output-file requirements.lock $(LOCK_FLAGS)
	$(COMPILE) --constraints requirements.lock --output-file requirements-run.lock

clean: ## Remove everything that was made: .venv, target, logs, the DuckDB file, the simulated part of the sample
	rm -rf $(VENV) target logs readers dbt_packages site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf $(RETAIL) $(RETAIL).new
	rm -f plumbline.duckdb plumbline.duckdb.wal plumbline.duckdb.lock
