# The front door. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV := $(or $(shell command -v uv),.tools/bin/uv)
READY := .venv/.ready
PYTEST ?=

export UV_CUSTOM_COMPILE_COMMAND = make lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## install what is missing, judge three sample parts, say which plants can make them
	@$(BIN)/workbench demo

serve: $(READY) ## open the pages on http://127.0.0.1:8080
	@$(BIN)/workbench serve

test: $(READY) .venv/.browser check ## everything that must pass: check, then all tests (PYTEST="-k hole" for some)
	$(BIN)/python -m pytest $(PYTEST)

check: $(READY) ## style, formatting and types alone
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY) ## seconds and memory of an analysis against the kernel's own reading and meshing
	$(BIN)/python tests/bench/run.py

bench-features: $(READY) ## recall and false finds of features on parts drawn with known ones
	$(BIN)/python tests/bench/features.py

bench-invariance: $(READY) ## which features change when a part is only written another way (PARTS="files or folders")
	$(BIN)/python tests/bench/invariance.py $(PARTS)

bench-rivals: $(READY) ## side by side with quiddity (RIVAL=its environment's python, PARTS="folders" of labelled or real ones)
	$(BIN)/python tests/bench/rivals.py $(PARTS) --python $(or $(RIVAL),$(error say RIVAL=ENVIRONMENT/bin/python))

bench-processes: $(READY) ## the process that people chose for real parts, and the calibration (WORKBENCH_DEV_PARTS=folder)
	$(BIN)/python tests/bench/processes.py

bench-flat: $(READY) ## known flats of sheet parts, as drawn and rewritten (add PARTS="…" for real ones)
	$(BIN)/python tests/bench/flat.py $(if $(PARTS),--parts $(PARTS))

bench-similarity: $(READY) ## likeness within families of parts, against plainer descriptors
	$(BIN)/python tests/bench/similarity.py

bench-index: $(READY) ## the nearest among a million parts: recall, time, memory
	$(BIN)/python tests/bench/index.py --index 1000000

bench-catalogue: $(READY) ## what a catalogue of five thousand parts takes to answer
	$(BIN)/python tests/bench/catalogue.py

bench-comparison: $(READY) ## known revisions of parts: what is told, what is missed
	$(BIN)/python tests/bench/comparison.py

catalogues: $(READY) ## draft missing Uzbek Cyrillic texts, list what is wrong with any language
	@$(BIN)/python -m workbench.catalogues

lock: $(UV) ## solve the dependencies of pyproject.toml anew, for all platforms, into requirements.lock
	$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url -q --upgrade -o requirements.lock

doctor: $(READY) ## what is missing on this machine
	@$(BIN)/python -m workbench.doctor

setup: $(READY) ## the local environment in .venv and nothing else

clean: ## take away the local environment and everything that was built
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each step runs again only when what it stands on has changed.
.tools/bin/uv:
	@scripts/system-packages python
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install -qq --disable-pip-version-check "uv>=0.5,<1"

$(READY): requirements.lock pyproject.toml scripts/system-packages | $(UV)
	@scripts/system-packages libraries
	@test -x $(BIN)/python || $(UV) venv --quiet --python '>=3.11,<3.14' .venv
	@echo "installing into .venv …"
	@VIRTUAL_ENV=.venv $(UV) pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --editable .
	@$(BIN)/python -m compileall -q geometry workbench samples
	@$(BIN)/python -m workbench.doctor --quiet
	@touch $@

.venv/.browser: scripts/system-packages | $(READY)
	@scripts/system-packages browser
	@scripts/system-packages database || echo "without PostgreSQL its tests are skipped"
	@touch $@

.PHONY: help demo serve test check bench bench-features bench-invariance bench-rivals bench-flat bench-processes bench-similarity bench-index bench-catalogue bench-comparison catalogues lock doctor setup clean
