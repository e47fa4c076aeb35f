#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Can be run again; extra words go to ctest (-R ..., -L unit).
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_deps.sh
cmake --preset dev
cmake --build --preset dev
ctest --preset dev --parallel "$(nproc)" "$@"
