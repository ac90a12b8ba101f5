# Every target does all of its own set-up; nothing but Python 3.11+ is needed before.
VENV := .venv
PYTHON := $(VENV)/bin/python
QUESTION ?= Use the numbers 9, 10, 11 and 13, each exactly once, with + - * / and parentheses to obtain 24. Return the expression with the format <<<expression>>>.

.PHONY: solve test lint format dist clean

solve: $(VENV)/.runtime
	$(VENV)/bin/codesteer models pull
	$(VENV)/bin/codesteer solve "$(QUESTION)"

test: lint
	$(PYTHON) -m pytest -n 2

lint: $(VENV)/.development
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format: $(VENV)/.development
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

dist: $(VENV)/.development
	$(PYTHON) -m build --outdir dist

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --upgrade pip

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet -e '.[local,solvers]'
	touch $@

$(VENV)/.development: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet -e '.[all]' --group dev
	touch $@ $(VENV)/.runtime
