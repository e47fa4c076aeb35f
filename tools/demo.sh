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

tools/install_deps.sh --without-idps

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
scratch_init "$bin" "$demo" >"$demo/ceremony.txt"
cp "$demo/service/root.pem" "$demo/root.pem"
for file in root.pem issuing-ca.pem tsu-chain.pem; do
  subject="$(openssl x509 -in "$demo/service/$file" -noout -subject -nameopt RFC2253)"
  printf '  %-15s %s\n' "$file" "${subject#subject=}"
done
echo "  its report, with every key and the next steps: demo/ceremony.txt"

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
verify=(openssl cms -verify -binary -inform DER -in document.pdf.p7s -content document.pdf -CAfile root.pem -purpose any)
echo "  ${verify[*]}"
(cd "$demo" && "${verify[@]}" -out /dev/null)
echo "  the same with -cades, which also checks the signed reference to the certificate"
(cd "$demo" && "${verify[@]}" -cades -out /dev/null)

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

say "The PDF signed in place: PAdES B-LT, visible, with all revocation data inside"
"${client[@]}" sign "$demo/document.pdf" "${login[@]}" --format pades-b-lt \
  --visible 1,60,60,240,64 --reason "I agree" --location "Šentjur"
qpdf --check "$demo/document-signed.pdf" | sed -n '/No syntax/p'

say "Verifying with poppler's pdfsig, which trusts demo/root.pem for this"
mkdir "$demo/nss"
certutil -N -d "sql:$demo/nss" --empty-password
certutil -A -d "sql:$demo/nss" -n root -t C,C,C -i "$demo/root.pem"
pdfsig -nssdir "sql:$demo/nss" "$demo/document-signed.pdf" 2>/dev/null | tee "$demo/pdfsig.txt"
grep -q 'Signature Validation: Signature is Valid' "$demo/pdfsig.txt"
grep -q 'Certificate Validation: Certificate is Trusted' "$demo/pdfsig.txt"
rm -rf "$demo/nss" "$demo/pdfsig.txt"

say "What a validator says who has only demo/root.pem (enkrat verify, EN 319 102-1)"
"$bin/enkrat" verify "$demo/document-signed.pdf" --roots "$demo/root.pem"

say "Was the timestamping unit revoked? The service answers openssl ocsp"
openssl ocsp -issuer "$demo/service/issuing-ca.pem" -cert "$demo/service/tsu-chain.pem" -url "$http/ocsp" \
  -CAfile "$demo/root.pem" -verify_other "$demo/service/issuing-ca.pem" 2>&1 | sed -n '1,4p'

say "The issuing CA's certificate, from the address in the one-time certificate (curl)"
url="$(openssl x509 -in "$demo/chain.pem" -noout -ext authorityInfoAccess | sed -nE 's/.*CA Issuers - URI:(.*)/\1/p')"
curl -sSf "$url" -o "$demo/issuer.cer"
awk '/BEGIN CERTIFICATE/ { n++ } n == 2' "$demo/chain.pem" | openssl x509 -outform DER | cmp - "$demo/issuer.cer"
echo "  $url is the second certificate of demo/chain.pem"
rm -f "$demo/issuer.cer"

say "A login of level substantial is refused for a qualified signature, and does for an advanced one"
substantial=("${login[@]}" --acr urn:enkrat:loa:substantial)
if "${client[@]}" sign "$demo/document.pdf" "${substantial[@]}" --level qualified -o "$demo" --force \
    >/dev/null 2>"$demo/refused.txt"; then
  echo "a qualified signature was made with a login of level substantial: that must not be" >&2
  exit 1
fi
cat "$demo/refused.txt"
grep -q LEVEL_OF_ASSURANCE_TOO_LOW "$demo/refused.txt"
mkdir "$demo/substantial"
"${client[@]}" sign "$demo/document.pdf" "${substantial[@]}" --level advanced -o "$demo/substantial"
rm -f "$demo/refused.txt"

say "Ana Novak seals it for Banka d. d., with a mandate in her login; without one she may not"
seal=(--kind seal --organization VATSI-12345678 -o "$demo/seal")
mkdir "$demo/seal"
if "${client[@]}" sign "$demo/document.pdf" "${login[@]}" "${seal[@]}" >/dev/null 2>"$demo/refused.txt"; then
  echo "a seal was made without a mandate: that must not be" >&2
  exit 1
fi
grep -o 'error: MANDATE_MISSING[^(]*' "$demo/refused.txt"
"${client[@]}" sign "$demo/document.pdf" "${login[@]}" --mandate VATSI-12345678 "${seal[@]}" \
  --certificate-out "$demo/seal/certificate.pem" >/dev/null
openssl x509 -in "$demo/seal/certificate.pem" -noout -subject -nameopt RFC2253
(cd "$demo/seal" && openssl cms -verify -cades -binary -inform DER -in document.pdf.p7s -content ../document.pdf \
  -CAfile ../root.pem -purpose any -out /dev/null)
rm -f "$demo/refused.txt"

say "Ana Novak gets a signing PIN; a wrong one is counted, the right one goes into the evidence"
pin() { (umask 077; printf '%s' "$2" >"$demo/$1"); }  # a file that only its owner can read
"${client[@]}" pin enrol "${login[@]}" --out "$demo/enrolment.txt" >/dev/null
pin transport.pin "$(sed -nE 's/^transport PIN +//p' "$demo/enrolment.txt")"
pin ana.pin 'k4fm92'
pin wrong.pin 'k4fm93'
"${client[@]}" pin activate "${login[@]}" --transport-pin-file "$demo/transport.pin" --new-pin-file "$demo/ana.pin"
mkdir "$demo/pin"
if "${client[@]}" sign "$demo/document.pdf" "${login[@]}" --pin-file "$demo/wrong.pin" -o "$demo/pin" \
    >/dev/null 2>"$demo/refused.txt"; then
  echo "a wrong PIN signed: that must not be" >&2
  exit 1
fi
grep -o 'error: SIGNING_PIN_REJECTED[^(]*' "$demo/refused.txt"
"${client[@]}" pin status "${login[@]}"
"${client[@]}" sign "$demo/document.pdf" "${login[@]}" --pin-file "$demo/ana.pin" -o "$demo/pin" \
  --session-out "$demo/pin/session.json" >/dev/null
with_pin="$(sed -nE 's/.*"session_id": *"([0-9a-f]{32})".*/\1/p' "$demo/pin/session.json" | head -1)"
"$bin/enkrat" evidence show "$with_pin" --store "$demo/ledger.db" | grep signing-pin-verified
rm -f "$demo/refused.txt" "$demo"/*.pin

say "The key is gone: what the service that had it recorded and counts"
session="$(sed -nE 's/.*"session_id": *"([0-9a-f]{32})".*/\1/p' "$demo/session.json" | head -1)"
"$bin/enkrat" evidence show "$session" --store "$demo/ledger.db" >"$demo/evidence.txt"
grep 'key-destroyed' "$demo/evidence.txt"
curl -sSf "$http/metrics" >"$demo/metrics.txt"
metric() { sed -nE "s/^$1 ([0-9]+)\$/\1/p" "$demo/metrics.txt"; }
generated="$(metric enkrat_hsm_keys_generated)"
destroyed="$(metric enkrat_hsm_keys_destroyed)"
alive="$(metric enkrat_hsm_one_time_keys_alive)"
unconfirmed="$(metric enkrat_hsm_destructions_unconfirmed)"
echo "one-time keys: generated $generated, confirmed destroyed $destroyed, alive $alive, unconfirmed $unconfirmed"
if [ "${generated:-0}" -eq 0 ] || [ "$generated" != "$destroyed" ] || [ "$alive" != 0 ] || [ "$unconfirmed" != 0 ]; then
  echo "not every one-time key was destroyed: that must not be" >&2
  exit 1
fi
rm -f "$demo/metrics.txt"

say "The key was never on the token's disk: what another process finds there (GnuTLS' p11tool)"
GNUTLS_PIN="$(cat "$demo/service/secrets/pin")" p11tool --provider "$SCRATCH_MODULE" --login --list-all-privkeys \
  "pkcs11:token=enkrat" 2>/dev/null | grep -E 'Label|Flags' | tee "$demo/token.txt"
if [ -z "$session" ] || ! grep -q 'issuing-ca' "$demo/token.txt" || grep -q "$session" "$demo/token.txt"; then
  echo "a one-time key is in the token, or the token cannot be read: that must not be" >&2
  exit 1
fi
echo "only the service's long-lived keys. One-time keys are session objects: no other process could see one while it"
echo "lived, so this shows that none was stored; that it was destroyed is what the service's own answer above shows."
rm -f "$demo/token.txt"

say "What was recorded (enkrat evidence show)"
cat "$demo/evidence.txt"

"$bin/enkrat" evidence verify --all --store "$demo/ledger.db" | tail -1

say "The stored result, fetched again by its request id (enkrat session get)"
request="$(sed -nE 's/.*"request_id": *"([0-9a-f-]{36})".*/\1/p' "$demo/session.json" | head -1)"
mkdir "$demo/fetched"
"${client[@]}" session get "$request" -o "$demo/fetched" >/dev/null
cmp "$demo/document.pdf.p7s" "$demo/fetched/document.pdf.p7s"
echo "  the same octets as demo/document.pdf.p7s"

say "Where everything lies"
cat <<TEXT
  demo/document.pdf       the document
  demo/document.pdf.p7s   its signature: CAdES B-T, detached
  demo/document-signed.pdf  the document signed in place: PAdES B-LT, visible
  demo/root.pem           the root to verify it with
  demo/chain.pem          the one-time certificate and its chain
  demo/seal/              the seal of Banka d. d. on it, with its certificate
  demo/session.json       the session: times, certificate, proof of destruction
  demo/ceremony.txt       the key ceremony's report
  demo/evidence.txt       what was recorded, step by step
  demo/enkratd.log        what the service logged
TEXT

# What is printed for the reader to paste is what runs here.
paste="build/dev/bin/enkrat --server $grpc --plaintext sign README.md -o demo --force --idp $idp"
paste+=" --relying-party demo --given-name Ana --family-name Novak --country SI"
bash -c "$paste" >/dev/null

if $keep; then
  say "The service stays up; sign something yourself"
  printf '%s\n\n' "$paste"
  printf 'curl -s %s/metrics\n' "$http"
  printf 'kill %s %s   # ends it\n' "$(cat "$demo/enkratd.pid")" "$(cat "$demo/idp.pid")"
else
  scratch_stop "$demo"
fi
