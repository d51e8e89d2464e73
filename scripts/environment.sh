#!/usr/bin/env bash
# Makes the virtual environment in the folder $1 from requirements.lock, with every hash checked.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${1:-.venv}

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
newer='import sys; sys.exit(sys.version_info[:2] < (3, 14))'

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$candidate" -c "$supported" 2>/dev/null && { echo "$candidate"; return; }
    done
    for candidate in ${PYTHON:-python3}; do
        "$candidate" -c "$newer" 2>/dev/null && { echo "$candidate"; return; }
    done
    return 1
}

if ! python=$(find_python); then
    wanted=${PYTHON:-python3}
    found=$(command -v "$wanted" >/dev/null && "$wanted" --version 2>&1) || found="no $wanted"
    echo "plumbline needs Python 3.11 or newer, but here is: $found." >&2
    echo "Install it, or name it: make build PYTHON=/path/to/python3.12" >&2
    exit 1
fi

if [ -x "$environment/bin/python" ] && ! "$environment/bin/python" -c '' 2>/dev/null; then
    rm -rf "$environment"  # its interpreter was removed or replaced
fi
if [ ! -x "$environment/bin/python" ] && ! "$python" -m venv "$environment"; then
    rm -rf "$environment"
    echo "$python cannot make virtual environments; on Debian and Ubuntu install python3-venv." >&2
    exit 1
fi

echo "Installing the locked packages into $environment with $("$environment/bin/python" --version)"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement requirements.lock
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .
