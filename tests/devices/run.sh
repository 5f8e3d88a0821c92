#!/bin/bash
# run.sh [PYTEST ARGUMENT...]: the tests that need real kernel devices.
#
# Sound is tested on this computer, on a PulseAudio server of the tests' own. Pictures are tested right here, too, when
# UNDERSTUDY_DEVICES=here and /dev/video10 is a v4l2loopback called Understudy; otherwise in a virtual machine that has one,
# and there, by a clock that is as slow as the machine, both at once: a quarter of an hour. Where this computer does much
# else, MACHINE_SLOWER=40 gives the machine twice the time.
# PYTHON names the interpreter (default: .venv/bin/python).
set -euo pipefail
cd "$(dirname "$0")/../.."

python=$(realpath --no-symlinks "${PYTHON:-.venv/bin/python}")
[ -x "$python" ] || { echo "run.sh: there is no $python; 'make setup' makes it" >&2; exit 1; }
tests=("$python" -m pytest -p no:cacheprovider --color no --timeout 300)

if [ "${UNDERSTUDY_DEVICES:-machine}" = here ]; then
    exec "${tests[@]}" "${@:-tests/devices}"
fi
tests/devices/install.sh
# The machine has no network: what the whole program needs is fetched before.
"$python" -m console models pull >/dev/null 2>&1 || echo "run.sh: the networks can't be had; tests of the whole program will be left out" >&2
in_machine=(tests/devices/machine.sh env PYTHONDONTWRITEBYTECODE=1 "HOME=$HOME")
together=tests/devices/sound/test_together.py
if [ $# != 0 ]; then
    exec nice -n 15 "${in_machine[@]}" "${tests[@]}" "$@"
fi
# Sound needs no device of the kernel's, and could not be timed on an emulated processor: it is tested here.
status=0
"${tests[@]}" -rP --ignore "$together" tests/devices/sound || status=$?
MACHINE_SLOWER=1 nice -n 15 "${in_machine[@]}" "${tests[@]}" --ignore tests/devices/sound tests/devices || status=$?
MACHINE_SLOWER=${MACHINE_SLOWER:-20} MACHINE_SECONDS=2400 "${in_machine[@]}" "${tests[@]}" -rP "$together" || status=$?
exit "$status"
