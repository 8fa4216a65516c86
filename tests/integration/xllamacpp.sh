#!/bin/bash
# The same as llama_server.sh with another build of llama.cpp: the server inside the Python package xllamacpp.
set -u
cd "$(dirname "$0")/../.." || exit 1
packages=${HRM_CACHE:-$PWD/.cache}/xllamacpp
python=/usr/bin/python3
if [ ! -d "$packages" ] && ! said=$($python -m pip install -q --no-deps --target "$packages" xllamacpp 2>&1); then
    echo "xllamacpp: skipped: the package cannot be had here: $(tail -n 1 <<<"$said")"
    echo "0 passed, 0 failed"
    rm -rf "$packages"
    exit 0
fi
export PYTHONPATH=$packages
HRM_SERVER="$python $PWD/tests/integration/xllamacpp_server.py {model} {port}" exec tests/integration/llama_server.sh
