# specc: every target makes the virtual environment it needs.

PYTHON ?= python3
JOBS ?= 2
MINUTES ?= 10
SEED ?= 0
BENCH ?=
MUTANTS ?=
SPEC ?= specs/models/imdb_stacked_bilstm.seq
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: demo
demo: .venv/.demo ## Check, count, build and prove a shipped spec (SPEC=... for another)
	@printf '\n$$ specc check $(SPEC)\n'
	@$(BIN)/specc check $(SPEC)
	@printf '\n$$ specc params $(SPEC)\n'
	@$(BIN)/specc params $(SPEC)
	@printf '\n$$ specc build $(SPEC) --backend jax\n'
	@$(BIN)/specc build $(SPEC) --backend jax
	@printf '\n$$ specc build $(SPEC) --backend tensorflow\n'
	@$(BIN)/specc build $(SPEC) --backend tensorflow
	@printf '\n$$ specc verify $(SPEC)\n'
	@$(BIN)/specc verify $(SPEC)
	@printf '\nThe generated programs are in build/: have a look.\n'

.PHONY: test
test: .venv/.test ## Run all tests
	$(BIN)/pytest -n $(JOBS) --dist worksteal

.PHONY: quick
quick: .venv/.test ## Run the tests that need no framework
	$(BIN)/pytest -n $(JOBS) -m "not framework"

.PHONY: lint
lint: .venv/.test ## Check style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/specc fmt --check specs/std/*.seq specs/models/*.seq specs/large/*.seq benchmarks/specs/*.seq

.PHONY: docs
docs: .venv/.test ## Write docs/layers.md from the layers
	$(BIN)/specc layers > docs/layers.md

.PHONY: scorecard
scorecard: .venv/.test ## Try to break all of it for some minutes (MINUTES=..., SEED=...)
	$(BIN)/python -m tests.campaigns --minutes $(MINUTES) --seed $(SEED)

.PHONY: mutants
mutants: .venv/.test ## Seed faults in the compiler and see each found (MUTANTS="gate mask")
	$(BIN)/python -m tests.campaigns.mutants $(MUTANTS)

.PHONY: bench
bench: .venv/.bench ## Measure against the peers and write docs/performance.md (BENCH=...)
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks --page

.PHONY: package
package: .venv/.test ## Build the distribution and try it in an empty environment
	$(BIN)/python tests/packaging.py

.PHONY: clean
clean: ## Remove what the other targets made
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/.demo: pyproject.toml | .venv/bin/python
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[all]'
	@touch $@

.venv/.bench: pyproject.toml | .venv/bin/python
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@

.venv/.test: pyproject.toml | .venv/bin/python
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[all,dev]'
	@touch $@
