#!/bin/bash
# run.sh [PYTEST ARGUMENT...]: the tests that need real kernel devices.
#
# On a computer whose /dev/video10 is a v4l2loopback called Understudy they run right here when UNDERSTUDY_DEVICES=here;
# otherwise in a virtual machine that has one. PYTHON names the interpreter (default: .venv/bin/python).
set -euo pipefail
cd "$(dirname "$0")/../.."

python=$(realpath --no-symlinks "${PYTHON:-.venv/bin/python}")
[ -x "$python" ] || { echo "run.sh: there is no $python; 'make setup' makes it" >&2; exit 1; }
tests=("$python" -m pytest -p no:cacheprovider --color no --timeout 300 "${@:-tests/devices}")

if [ "${UNDERSTUDY_DEVICES:-machine}" = here ]; then
    exec "${tests[@]}"
fi
tests/devices/install.sh
# The machine has no network: what the whole program needs is fetched before.
"$python" -m console models pull >/dev/null 2>&1 || echo "run.sh: the networks can't be had; tests of the whole program will be left out" >&2
exec nice -n 15 tests/devices/machine.sh env PYTHONDONTWRITEBYTECODE=1 "HOME=$HOME" "${tests[@]}"
