# make run    sets everything up and opens the console     make run ARGS="--camera demo"
# make test   sets everything up and checks everything: what CI runs

VENV := .venv
READY := $(VENV)/ready
PYTHON = $(if $(wildcard $(VENV)/bin/python),$(VENV)/bin/python,python3)

.PHONY: run setup test check bench test-devices test-stories format

run: setup
	@$(VENV)/bin/understudy $(ARGS)

setup: $(READY)

test: setup
	@$(VENV)/bin/understudy models pull
	@$(MAKE) --no-print-directory check

# The same steps in the environment that is there.
check:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(PYTHON) -m pytest -n logical --dist loadfile

bench: setup
	@$(VENV)/bin/understudy bench video $(ARGS)

test-devices: setup
	@tests/devices/run.sh

test-stories: setup
	@$(VENV)/bin/python -m pytest -p no:cacheprovider --color no --timeout 300 -rP tests/stories

format: setup
	$(VENV)/bin/python -m ruff format .
	$(VENV)/bin/python -m ruff check --fix .

# What the Python packages need from the system, as packages of Debian and its kin.
define MISSING
import ctypes, importlib.util, sys
needs = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0", "libportaudio.so.2": "libportaudio2"}
for library, package in needs.items() if sys.platform == "linux" else ():
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
if importlib.util.find_spec("ensurepip") is None:
    print("python3.%d-venv" % sys.version_info[1])
endef
export MISSING

define VERSION
import sys
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
endef
export VERSION

$(READY): pyproject.toml constraints.txt
	@set -eu; \
	for name in python3.11 python3.12 python3.13 python3; do \
	  if "$$name" -c "$$VERSION" 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then echo "Understudy needs Python 3.11, 3.12 or 3.13, and none is here; install one." >&2; exit 1; fi; \
	missing=$$("$$python" -c "$$MISSING" | tr '\n' ' '); \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then \
	  sudo=none; \
	  if [ "$$(id -u)" = 0 ]; then sudo=env; elif sudo -n true 2>/dev/null; then sudo="sudo -n env"; fi; \
	  apt="$$sudo DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120"; \
	  if [ "$$sudo" != none ]; then \
	    echo "Installing $$missing with apt-get"; \
	    $$apt install -y --no-install-recommends $$missing >/dev/null 2>&1 \
	      || { $$apt update && $$apt install -y --no-install-recommends $$missing >/dev/null; } || true; \
	    missing=$$("$$python" -c "$$MISSING" | tr '\n' ' '); \
	  fi; \
	fi; \
	if [ -n "$$missing" ]; then echo "The system lacks $$missing- install what is missing if something fails below." >&2; fi; \
	"$$python" -m venv $(VENV); \
	$(VENV)/bin/python -m pip install --disable-pip-version-check --root-user-action=ignore \
	  -c constraints.txt -e '.[dev,index,studio,web]'; \
	echo "To have understudy as a command here: . $(VENV)/bin/activate"; \
	touch $(READY)
