# Every target does all of its own set-up; nothing but Python 3.11+ is needed before.
VENV := .venv
PYTHON := $(VENV)/bin/python
QUESTION ?= What is 5343235 * 143433327? Return the answer with the format <<<number>>>.

.PHONY: solve test lint format docs notebooks recording dist release-check clean

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

docs: $(VENV)/.development
	$(PYTHON) -m mkdocs build --strict

notebooks: $(VENV)/.development
	$(VENV)/bin/codesteer models pull
	$(PYTHON) notebooks/store.py

recording: $(VENV)/.development
	$(VENV)/bin/codesteer models pull
	$(PYTHON) docs/recording.py docs/assets/first-run.svg codesteer solve "$(QUESTION)"

dist: $(VENV)/.development
	$(PYTHON) -m build --outdir dist

release-check: dist
	$(PYTHON) .ci/release_check.py

clean:
	rm -rf $(VENV) build dist site *.egg-info

$(VENV)/bin/python:
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --upgrade pip

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet -e '.[local,solvers]'
	touch $@

$(VENV)/.development: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet -e '.[all,docs]' --group dev
	touch $@ $(VENV)/.runtime
