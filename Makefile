# make quickstart     install and run the whole path once
# make test           install, lint, check types and import contracts and run all tests, one process
#                     for each core; 90 % of the core's branches have to be covered
# make test-machines  run the numeric tests with the kernels and thread counts of other machines;
#                     about ten minutes. make test-few-machines takes four of them
# make test-pythons   make test with each Python of PYTHONS
# make test-lowest    run all tests with the lowest supported versions, constraints-lowest.txt
# make test-wheel     build the wheel, install it alone into a clean environment, train, recommend
# make fuzz           run the fuzz tests with new inputs, many times as many; some minutes
# make install        only install
# make images         draw the images of the README; needs the data of movierec download
# make bench          measure movierec beside other libraries, write docs/benchmarks.md; a quarter
#                     of an hour; needs the data of movierec download
# make bench-scale    measure time and memory of every step by the size of the data, up to
#                     32 million ratings; hours, and 16 GB of memory
#
# PYTHON       the Python to use, 3.11 or newer
# PYTHONS      the Pythons of make test-pythons; a missing one is skipped
# TORCH_INDEX  the index of torch: by default that of builds without CUDA, which are small.
#              For a GPU, PyPI has the usual build:  make install TORCH_INDEX=

PYTHON ?= python3
PYTHONS ?= python3.11 python3.12 python3.13
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest
INSTALL := -m pip --disable-pip-version-check install --quiet
PIP := $(BIN)/python $(INSTALL) --constraint constraints.txt
PIP_LOWEST := $(LOWEST)/bin/python $(INSTALL) --constraint constraints-lowest.txt
TORCH_FROM := $(if $(TORCH_INDEX),--retries 1 --timeout 20 --extra-index-url $(TORCH_INDEX))

.PHONY: quickstart test test-machines test-few-machines test-pythons test-wheel test-lowest fuzz \
    lint images install bench bench-scale clean

quickstart: install
	$(BIN)/movierec quickstart

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest --cov --numprocesses auto --dist loadfile

test-machines: $(VENV)/.dev
	$(BIN)/python tests/machines.py

test-few-machines: $(VENV)/.dev
	$(BIN)/python tests/machines.py --few

test-pythons:
	for python in $(PYTHONS); do \
	    $$python --version || { echo "$$python is skipped: it is not installed"; continue; }; \
	    $(MAKE) PYTHON=$$python VENV=.venv-$$python test || exit 1; \
	done

test-wheel:
	$(PYTHON) tests/wheel_check.py $(TORCH_FROM)

test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest --numprocesses auto --dist loadfile

fuzz: $(VENV)/.dev
	MOVIEREC_TEST_FUZZ=20 $(BIN)/python -m pytest tests/fuzz

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

images: $(VENV)/.installed
	$(BIN)/python docs/make_images.py

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(TORCH_FROM) torch
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) --editable '.[dev,plot,parquet,tune]'
	touch $@

$(LOWEST)/.installed: pyproject.toml constraints-lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(PIP_LOWEST) $(TORCH_FROM) torch
	$(PIP_LOWEST) --editable '.[plot,parquet,tune]' hypothesis pytest pytest-cov pytest-socket \
	    pytest-xdist scikit-learn trustme
	touch $@

bench: install
	$(BIN)/python benchmarks/run.py --torch-index "$(TORCH_INDEX)"

bench-scale: install
	$(BIN)/python benchmarks/scale.py 100k 1m 10m 32m
	$(BIN)/python benchmarks/scale.py 100k 1m 10m 32m serve
	$(BIN)/python benchmarks/scale.py 100k 1m 10m 32m peers

clean:
	rm -rf $(VENV) $(VENV)-python* $(LOWEST) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
