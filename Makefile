# make quickstart   install and run the whole path once
# make test         install, then lint, type check and all tests, one process for each core; 90 %
#                   of the core's branches have to be covered
# make test-wheel   build the wheel, install it alone into a clean environment, train, recommend
# make test-lowest  all tests with the lowest supported versions, constraints-lowest.txt
# make fuzz         the fuzz tests with new inputs, many times as many; some minutes
# make install      only install
# make images       make the images of the README anew; needs the data of movierec download
# make bench        measure movierec beside other libraries, write docs/benchmarks.md; a quarter of
#                   an hour, and MovieLens 100K has to be there: movierec download
#
# PYTHON       the Python to use, 3.11 or newer
# TORCH_INDEX  where torch comes from: by default its build without CUDA, which is small.
#              For a GPU take the usual build:  make install TORCH_INDEX=

PYTHON ?= python3
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest
INSTALL := -m pip --disable-pip-version-check install --quiet
PIP := $(BIN)/python $(INSTALL) --constraint constraints.txt
PIP_LOWEST := $(LOWEST)/bin/python $(INSTALL) --constraint constraints-lowest.txt
TORCH_FROM := $(if $(TORCH_INDEX),--retries 1 --timeout 20 --extra-index-url $(TORCH_INDEX))

.PHONY: quickstart test test-wheel test-lowest fuzz lint images install bench clean

quickstart: install
	$(BIN)/movierec quickstart

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest --cov --numprocesses auto --dist loadfile

test-wheel:
	$(PYTHON) tests/wheel_check.py $(TORCH_FROM)

test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest

fuzz: $(VENV)/.dev
	MOVIEREC_TEST_FUZZ=20 $(BIN)/python -m pytest tests/fuzz

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

images: $(VENV)/.installed
	$(BIN)/python docs/make_images.py

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(TORCH_FROM) torch
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) --editable '.[dev,plot,parquet]'
	touch $@

$(LOWEST)/.installed: pyproject.toml constraints-lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(PIP_LOWEST) $(TORCH_FROM) torch
	$(PIP_LOWEST) --editable '.[plot,parquet]' pytest pytest-cov hypothesis scikit-learn
	touch $@

bench: install
	$(BIN)/python benchmarks/run.py --torch-index "$(TORCH_INDEX)"

clean:
	rm -rf $(VENV) $(LOWEST) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
