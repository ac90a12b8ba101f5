# Every target does all of its own set-up; nothing but Python 3.11+ is needed before.
VENV := .venv
PYTHON := $(VENV)/bin/python
QUESTION ?= What is 5343235 * 143433327? Return the answer with the format <<<number>>>.

# The versions that were tested: a new release of a dependency breaks no checkout. CONSTRAINTS= takes the newest ones.
CONSTRAINTS ?= -c constraints.txt

.PHONY: solve test coverage lint format docs notebooks recording lock dist release-check clean

solve: $(VENV)/.runtime
	$(VENV)/bin/codesteer models pull
	$(VENV)/bin/codesteer solve "$(QUESTION)"

test: lint
	$(PYTHON) -m pytest -n 2

# Measuring slows programs, so the tests of speed are left out; programs in other processes do not count.
coverage: $(VENV)/.development
	$(PYTHON) -m pytest -n 2 --cov --ignore tests/test_linear.py

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

# Keeps the versions that still fit; UPGRADE=--upgrade takes the newest ones.
lock: | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --extra all --extra docs --group dev --universal --python-version 3.11 \
		--no-annotate --no-emit-index-url --custom-compile-command 'make lock' --output-file constraints.txt --quiet $(UPGRADE)

dist: $(VENV)/.development
	$(PYTHON) -m build --outdir dist

release-check: dist
	$(PYTHON) .ci/release_check.py

clean:
	rm -rf $(VENV) build dist site *.egg-info

$(VENV)/bin/python:
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --upgrade pip

$(VENV)/.runtime: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet $(CONSTRAINTS) -e '.[local,solvers]'
	touch $@

$(VENV)/.development: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet $(CONSTRAINTS) -e '.[all,docs]' --group dev
	touch $@ $(VENV)/.runtime
