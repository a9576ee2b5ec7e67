# Two commands: `make report` writes the sample study's report, `make test` runs every test. Both set up first, once.
PYTHON ?= python3
UV ?= $(shell command -v uv)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
STUDY ?= water-billing
PEERS ?= $(wildcard .venv-peers/bin/python)
export PYTHONSAFEPATH = 1

.PHONY: setup report test lab lint audit format bench cluster test-cluster nightly peers corpus oracles lock carried environment api pictures clean

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

# Compiled first: the tests start the package in some two hundred processes, each of which would compile it where the
# environment forbids writing bytecode. Each worker takes a run of neighbouring tests (worksteal), so that what a file
# prepares is mostly prepared once.
test: setup
	@$(BIN)/python -m compileall -q workbench
	@$(BIN)/python -m pytest -n auto --dist worksteal

lab: setup
	@$(BIN)/workbench lab $(STUDY)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Known holes in the locked packages, as far as pip-audit can reach its data.
audit: setup
	@$(BIN)/python tests/audited.py

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python -m benchmarks

# Apache Spark (it needs Java 17) in an environment of its own: `make cluster` sets it up, `make test-cluster` asks the
# sample study on the embedded engine and on Spark, and compares every number.
CLUSTER := .venv-cluster
CLUSTER_READY := $(CLUSTER)/.ready-$(shell cat requirements-cluster.lock pyproject.toml | cksum | cut -d' ' -f1)

cluster: $(CLUSTER_READY)

$(CLUSTER_READY):
	@echo "Setting up (once): an environment with Apache Spark"
ifeq ($(UV),)
	@test -x $(CLUSTER)/bin/python || $(PYTHON) -m venv $(CLUSTER)
	@$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.lock
	@$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
else
	@test -x $(CLUSTER)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(CLUSTER)
	@$(UV) pip install --quiet --python $(CLUSTER)/bin/python --require-hashes -r requirements-cluster.lock
	@$(UV) pip install --quiet --python $(CLUSTER)/bin/python --no-deps --no-build-isolation --editable .
endif
	@rm -f $(CLUSTER)/.ready-* && touch $(CLUSTER_READY)

test-cluster: cluster
	@OMP_NUM_THREADS=1 $(CLUSTER)/bin/python -m pytest tests/cluster

# Long runs: every question by every split on Spark and in panels, every panel in both looks, every real file and damaged
# frame, 500 moments of being killed, 1,000 damages, 100,000 files made wrong, loading at size, event logs beside other ways,
# questions of a large survey, coverage by simulation, masking by kind.
nightly: setup cluster
	@WORKBENCH_NIGHTLY=1 OMP_NUM_THREADS=1 $(CLUSTER)/bin/python -m pytest tests/cluster
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/panels -k "every_split or is_offered or used_by_everybody"
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/test_profile.py -k real_file
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/sources/test_questionnaires.py -k real_exports
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/test_study.py -k damaged
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/test_workspace.py -k from_an_index
	@WORKBENCH_NIGHTLY=1 $(BIN)/python -m pytest tests/reliability -k "not thousand"
	@WORKBENCH_NIGHTLY=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -s tests/test_shared.py -k thirty_tables
	@PYTHONPATH=.:tests:tests/reliability OMP_NUM_THREADS=1 $(BIN)/python tests/reliability/kills.py 500
	@PYTHONPATH=.:tests:tests/reliability OMP_NUM_THREADS=1 $(BIN)/python tests/reliability/damages.py 1000
	@PYTHONPATH=.:tests:tests/reliability OMP_NUM_THREADS=1 $(BIN)/python tests/reliability/fuzz.py 100000 --jobs 2
	@$(BIN)/python -m benchmarks.loading
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.survey_questions
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.coverage
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.masking
	@WORKBENCH_PEERS=$(PEERS) $(BIN)/python -m benchmarks.journeys 1e6 1e7
	@WORKBENCH_MEMORY=2GB $(BIN)/python -m benchmarks.journeys 1e8 --hard=6000
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.portfolio
	@WORKBENCH_SHARED=$(SHARED) $(BIN)/python -m benchmarks.xes

# Others that answer the same questions of paths, in an environment of their own: only ever beside us in a benchmark.
peers:
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check pm4py retentioneering polars pandas

# The hostile files and the trusted numbers of the folder that WORKBENCH_SHARED names (beside the checkout if not set).
SHARED ?= $(if $(WORKBENCH_SHARED),$(WORKBENCH_SHARED),../shared)
oracles: setup
	@OMP_NUM_THREADS=1 $(BIN)/python $(SHARED)/oracles/run.py --adapter tests/oracle_adapter.py

corpus: setup
	@$(BIN)/python $(SHARED)/corpus/harness.py --adapter tests/corpus_adapter.py --jobs 2

# Keep the lock and environment.yml in step with pyproject.toml (a test fails when they drift). `make lock` needs uv.
lock:
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet pyproject.toml --group dev -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet pyproject.toml --group cluster -c requirements.lock -o requirements-cluster.lock

# What the package carries of the repository, copied in (a test fails when they drift).
carried:
	@cp notebooks/*.ipynb workbench/templates/workspace/notebooks/
	@cp data/water-billing/*.yaml workbench/sample/study/ && rm workbench/sample/study/truth.yaml
	@cp surveys/*.yaml workbench/sample/surveys/

environment: setup
	@$(BIN)/python tests/environment.py > environment.yml

# The pages of words from the docstrings, and the README's pictures from the sample study (these need a Chromium).
api: setup
	@PYTHONPATH=tests $(BIN)/python tests/api_page.py

pictures: setup
	@PYTHONPATH=tests $(BIN)/python tests/pictures.py $(PANEL)

clean:
	rm -rf $(VENV) $(CLUSTER) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
