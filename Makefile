# Every target sets up what it needs in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test check eval bench samples clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Liaison into $(VENV) (first run downloads about 400 MB)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt "torch==2.13.0"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $(STAMP)

demo: $(STAMP) ## Ingest the sample programme and answer real questions about it
	@$(BIN)/liaison demo

test: $(STAMP) ## Run every test
	@$(BIN)/python -m pytest

check: $(STAMP) ## Lint, types, import contracts, structure (under a minute)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --num-workers 2
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/architecture

eval: $(STAMP) ## Run the evaluation suites: make eval [QUESTIONS=f.jsonl] [CORPUS=dir] [OUT=dir] [SUITE=name]; make eval TURNS=f.jsonl OUT=dir
	@$(BIN)/python -m evals run $(if $(SUITE),--suite $(SUITE),$(if $(TURNS),--suite turns)) $(if $(TURNS),--turns $(TURNS)) $(if $(QUESTIONS),--questions $(QUESTIONS)) $(if $(CORPUS),--corpus $(CORPUS)) --out $(or $(OUT),out/eval)

bench: $(STAMP) ## Compare with LangChain, LlamaIndex, Haystack and txtai side by side
	@$(BIN)/python -m evals bench --out $(or $(OUT),out/bench)

samples: $(STAMP) ## Rebuild the binary sample documents from their text sources
	@$(BIN)/python samples/build.py

clean: ## Remove the environment, caches and local data
	rm -rf $(VENV) .venv-bench .mypy_cache .ruff_cache .liaison out
