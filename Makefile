# make quickstart   install and run the whole path once
# make test         install, then lint, type check and all tests
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
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: quickstart test lint images install bench clean

quickstart: install
	$(BIN)/movierec quickstart

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

images: $(VENV)/.installed
	$(BIN)/python docs/make_images.py

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(if $(TORCH_INDEX),--retries 1 --timeout 20 --extra-index-url $(TORCH_INDEX)) torch
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) --editable '.[dev,plot]'
	touch $@

bench: install
	$(BIN)/python benchmarks/run.py --torch-index "$(TORCH_INDEX)"

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
