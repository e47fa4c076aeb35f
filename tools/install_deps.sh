#!/usr/bin/env bash
# Installs everything that building, testing and demonstrating Enkrat needs, from Debian 12's own packages.
# Safe to run again: packages that are there already are left alone. Needs root or sudo.
set -euo pipefail

packages=(
  # build
  build-essential cmake ninja-build ccache pkg-config git python3
  # the stack
  libssl-dev protobuf-compiler libprotobuf-dev protobuf-compiler-grpc libgrpc++-dev libabsl-dev
  libsqlite3-dev libcjose-dev libjansson-dev libcurl4-openssl-dev libyaml-cpp-dev libcli11-dev
  libboost-dev prometheus-cpp-dev nlohmann-json3-dev libutf8proc-dev libp11-kit-dev libargon2-dev
  libicu-dev
  # tests and benchmarks
  libgtest-dev libgmock-dev libbenchmark-dev libgnutls28-dev
  # tokens, and the tools that nobody here wrote
  softhsm2 libnss3 opensc-pkcs11 opensc openssl gnutls-bin curl ca-certificates sqlite3 procps
)

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != "installed" ]; then
    missing+=("$package")
  fi
done

if [ "${#missing[@]}" -eq 0 ]; then
  echo "install_deps: everything is installed already"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install_deps: run this as root, or install sudo" >&2; exit 1; }
  as_root=(sudo)
fi

echo "install_deps: installing ${missing[*]}"
# shellcheck disable=SC2016
env_apt=(env DEBIAN_FRONTEND=noninteractive)
"${as_root[@]}" "${env_apt[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
"${as_root[@]}" "${env_apt[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}"
