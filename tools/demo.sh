#!/usr/bin/env bash
# Signs a real document with a key that is destroyed before you see the signature, and checks the result with tools that
# nobody here wrote. Everything happens in demo/ (a SoftHSM token, a ledger, a configuration, all thrown away by the
# next run). With --keep the service stays up and a ready command is printed; the next run, or `kill`, stops it.
set -euo pipefail
cd "$(dirname "$0")/.."

keep=false
case "${1:-}" in
  "") ;;
  --keep) keep=true ;;
  *) echo "usage: tools/demo.sh [--keep]" >&2; exit 64 ;;
esac

say() { printf '\n== %s\n' "$*"; }

tools/install_deps.sh

say "Building enkratd, enkrat and the demo's identity provider"
cmake --preset dev >/dev/null
cmake --build --preset dev --target enkratd enkrat enkrat-demo-idp
bin="$PWD/build/dev/bin"
demo="$PWD/demo"

source tools/scratch_service.sh
scratch_stop "$demo"  # what an earlier run with --keep left up
rm -rf "$demo"
mkdir -m 0700 "$demo"
trap 'status=$?; [ $status -eq 0 ] || { echo "demo failed; see demo/enkratd.log" >&2; scratch_stop "$demo"; }' EXIT

say "Making a token and running the key ceremony (enkrat init)"
scratch_init "$bin" "$demo"
cp "$demo/service/root.pem" "$demo/root.pem"

say "Starting the demo's identity provider, and enkratd"
scratch_start "$bin" "$demo"
grpc="$(scratch_grpc "$demo")"
http="$(scratch_http "$demo")"
idp="$(scratch_idp "$demo")"

say "Ana Novak logs in, and signs demo/document.pdf"
tools/demo/make_document.py "$demo/document.pdf"
client=("$bin/enkrat" --server "$grpc" --plaintext)
login=(--idp "$idp" --relying-party demo --given-name Ana --family-name Novak --country SI)
"${client[@]}" sign "$demo/document.pdf" "${login[@]}" --parts \
  --session-out "$demo/session.json" --chain-out "$demo/chain.pem"

say "Verifying with enkrat"
"$bin/enkrat" verify "$demo/document.pdf" --signature "$demo/document.pdf.p7s" --roots "$demo/root.pem"

say "Verifying with OpenSSL: the signature"
openssl cms -verify -cades -binary -inform DER -in "$demo/document.pdf.p7s" -content "$demo/document.pdf" \
  -CAfile "$demo/root.pem" -purpose any -out /dev/null

say "Verifying with OpenSSL: its timestamp"
openssl ts -verify -token_in -in "$demo/document.pdf.tst" -data "$demo/document.pdf.sig" -CAfile "$demo/root.pem"

say "Verifying with OpenSSL: a changed document is noticed"
sed 's/milliseconds/centuries!!!/' "$demo/document.pdf" >"$demo/changed.pdf"
if openssl cms -verify -cades -binary -inform DER -in "$demo/document.pdf.p7s" -content "$demo/changed.pdf" \
    -CAfile "$demo/root.pem" -purpose any -out /dev/null 2>"$demo/changed.txt"; then
  echo "a changed document verified: that must not be" >&2
  exit 1
fi
grep -m1 -o 'digest.*failure\|verification failure' "$demo/changed.txt" || cat "$demo/changed.txt"
rm -f "$demo/changed.pdf" "$demo/changed.txt"

say "The key is gone: what lies in the token (GnuTLS' p11tool)"
GNUTLS_PIN="$(cat "$demo/service/secrets/pin")" p11tool --provider "$SCRATCH_MODULE" --login --list-all-privkeys \
  "pkcs11:token=enkrat" 2>/dev/null | grep -E 'Label|Flags' | tee "$demo/token.txt"
session="$(sed -nE 's/.*"session_id": *"([0-9a-f]{32})".*/\1/p' "$demo/session.json" | head -1)"
if [ -z "$session" ] || grep -q "$session" "$demo/token.txt"; then
  echo "a one-time key is in the token: that must not be" >&2
  exit 1
fi
echo "no key of session $session; and the service itself counts:"
curl -s "$http/metrics" | grep -E '^enkrat_hsm_(keys_generated|keys_destroyed|destructions_unconfirmed)'
rm -f "$demo/token.txt"

say "What was recorded (enkrat evidence show)"
"$bin/enkrat" evidence show "$session" --store "$demo/ledger.db"

say "Where everything lies"
cat <<TEXT
  demo/document.pdf       the document
  demo/document.pdf.p7s   its signature: CAdES B-T, detached
  demo/root.pem           the root to verify it with
  demo/chain.pem          the one-time certificate and its chain
  demo/session.json       the session: times, certificate, proof of destruction
  demo/enkratd.log        what the service logged
TEXT

if $keep; then
  say "The service stays up; sign something yourself"
  printf '  build/dev/bin/enkrat --server %s --plaintext sign README.md -o /tmp --idp %s \\\n' "$grpc" "$idp"
  printf '      --relying-party demo --given-name Ana --family-name Novak --country SI\n'
  printf '  curl -s %s/metrics\n' "$http"
  printf '  Stop it: kill %s %s\n' "$(cat "$demo/enkratd.pid")" "$(cat "$demo/idp.pid")"
else
  scratch_stop "$demo"
fi
