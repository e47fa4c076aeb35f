#!/usr/bin/env bash
# Installs everything that building, testing and demonstrating Enkrat needs, from Debian 12's own packages.
# Safe to run again: packages that are there already are left alone. Needs root or sudo. With --without-idps it leaves
# out the identity providers that only the tests log in at (PHP, Node.js and npm packages).
set -euo pipefail

idps=true
case "${1:-}" in
  "") ;;
  --without-idps) idps=false ;;
  *) echo "usage: tools/install_deps.sh [--without-idps]" >&2; exit 64 ;;
esac

packages=(
  # build
  build-essential cmake ninja-build ccache pkg-config git python3
  # the stack
  libssl-dev protobuf-compiler libprotobuf-dev protobuf-compiler-grpc libgrpc++-dev libabsl-dev
  libsqlite3-dev libcjose-dev libjansson-dev libcurl4-openssl-dev libyaml-cpp-dev libcli11-dev
  libboost-dev prometheus-cpp-dev nlohmann-json3-dev libutf8proc-dev libp11-kit-dev libargon2-dev
  libicu-dev libxml2-dev libxmlsec1-dev libxmlsec1-openssl
  libqpdf-dev libzip-dev libharfbuzz-dev libfreetype-dev libpng-dev
  # tests and benchmarks
  libgtest-dev libgmock-dev libbenchmark-dev libgnutls28-dev
  # tokens, and the tools that nobody here wrote
  softhsm2 libnss3 opensc-pkcs11 opensc openssl gnutls-bin curl ca-certificates sqlite3 procps
  poppler-utils libnss3-tools qpdf fonts-dejavu-core xmlsec1 zip unzip faketime openjdk-17-jdk-headless libbcpkix-java libbcprov-java libbcutil-java
  libxml2-utils
)

if $idps; then
  # A SAML provider (php-cgi spares it a web server), and Node.js for an OpenID provider: any from version 18 on will do,
  # else Debian's.
  packages+=(simplesamlphp php-cli php-cgi php-xml php-mbstring)
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then packages+=(nodejs npm); fi
fi

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != "installed" ]; then
    missing+=("$package")
  fi
done

if [ "${#missing[@]}" -eq 0 ]; then
  echo "install_deps: Debian's packages are installed already"
else
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install_deps: run this as root, or install sudo" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "install_deps: installing ${missing[*]}"
  env_apt=(env DEBIAN_FRONTEND=noninteractive)
  "${as_root[@]}" "${env_apt[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
  "${as_root[@]}" "${env_apt[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends \
    "${missing[@]}"
fi

# npm_ci <folder>: exactly what the folder's lock file says, into its node_modules, unless it is there already. No
# package's own scripts run.
npm_ci() {
  local folder="$1"
  [ -f "$folder/package-lock.json" ] || return 0
  if cmp -s "$folder/package-lock.json" "$folder/node_modules/.lock-of-install"; then return 0; fi
  echo "install_deps: installing the packages of $folder"
  (cd "$folder" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$folder/package-lock.json" "$folder/node_modules/.lock-of-install"
}

$idps || exit 0
cd "$(dirname "$0")/.."
npm_ci tests/integration/oidc_provider
npm_ci tests/interop/pkijs
