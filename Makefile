# Two commands: `make report` writes the sample study's report, `make test` runs every test. Both set up first, once.
PYTHON ?= python3
UV ?= $(shell command -v uv)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
STUDY ?= water-billing
export PYTHONSAFEPATH = 1

.PHONY: setup report test lab lint format bench nightly corpus oracles lock environment clean

setup: $(READY)

$(READY):
	@echo "Setting up (once): a virtual environment with the locked packages"
ifeq ($(UV),)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
else
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
endif
	@rm -f $(VENV)/.ready-* && touch $(READY)

report: setup
	@$(BIN)/workbench report $(STUDY)

test: setup
	@$(BIN)/python -m pytest -n auto

lab: setup
	@$(BIN)/workbench lab $(STUDY)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python -m benchmarks

# Long runs: loading at size, event logs beside other ways, questions of a large survey, coverage by simulation.
nightly: setup
	@$(BIN)/python -m benchmarks.loading
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.survey_questions
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.coverage
	@WORKBENCH_SHARED=$(SHARED) $(BIN)/python -m benchmarks.xes

# The hostile files and the trusted numbers of the folder that WORKBENCH_SHARED names (beside the checkout if not set).
SHARED ?= $(if $(WORKBENCH_SHARED),$(WORKBENCH_SHARED),../shared)
oracles: setup
	@OMP_NUM_THREADS=1 $(BIN)/python $(SHARED)/oracles/run.py --adapter tests/oracle_adapter.py

corpus: setup
	@$(BIN)/python $(SHARED)/corpus/harness.py --adapter tests/corpus_adapter.py --jobs 2

# Keep the lock and environment.yml in step with pyproject.toml (a test fails when they drift). `make lock` needs uv.
lock:
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet pyproject.toml --group dev -o requirements.lock

environment: setup
	@$(BIN)/python tests/environment.py > environment.yml

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
