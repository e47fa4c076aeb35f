# A whole service in one folder, for the demo and the benchmarks: SoftHSM token, keys, identity provider, ledger.
# To be sourced by bash scripts. Nothing of it is fit for production: it listens in plaintext on loopback.
SCRATCH_MODULE=/usr/lib/softhsm/libsofthsm2.so

# scratch_free_ports: two ports that nobody has, for gRPC and HTTP. Known beforehand, because the certificates name the
# HTTP one.
scratch_free_ports() {
  python3 - <<'PYTHON'
import socket

taken = [socket.socket() for _ in range(2)]
for each in taken:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in taken))
PYTHON
}

# scratch_init BIN DIR: a token and the key ceremony, whose report goes to stdout.
scratch_init() {
  local grpc http
  mkdir -p "$2/tokens"
  scratch_free_ports >"$2/free.ports"
  read -r grpc http <"$2/free.ports"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$2/tokens" >"$2/softhsm2.conf"
  export SOFTHSM2_CONF="$2/softhsm2.conf"
  "$1/enkrat" init --dir "$2/service" --module "$SCRATCH_MODULE" --organization "Enkrat demo" --country SI \
    --base-url "http://127.0.0.1:$http" --grpc-listen "127.0.0.1:$grpc" --http-listen "127.0.0.1:$http"
}

# scratch_wait FILE PID: until the process has written the file.
scratch_wait() {
  local tries=0
  until [ -s "$1" ]; do
    kill -0 "$2" 2>/dev/null || { echo "the process that was to write $1 has ended; see the logs beside it" >&2; return 1; }
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "no $1 after a minute" >&2; return 1; }
    sleep 0.1
  done
}

# scratch_start BIN DIR: the identity provider on a free port, then the service on the ports that scratch_init found.
scratch_start() {
  "$1/enkrat-demo-idp" --port-file "$2/idp.port" >"$2/idp.log" 2>&1 &
  echo $! >"$2/idp.pid"
  scratch_wait "$2/idp.port" "$(cat "$2/idp.pid")"
  scratch_config "$2" >"$2/enkratd.yaml"
  "$1/enkratd" --config "$2/enkratd.yaml" --check-config
  "$1/enkratd" --config "$2/enkratd.yaml" 2>"$2/enkratd.log" &
  echo $! >"$2/enkratd.pid"
  scratch_wait "$2/enkratd.ports" "$(cat "$2/enkratd.pid")"
}

scratch_port() { sed -E "s/.*\"$2\": ([0-9]+).*/\1/" "$1/enkratd.ports"; }
scratch_grpc() { echo "127.0.0.1:$(scratch_port "$1" grpc)"; }
scratch_http() { echo "http://127.0.0.1:$(scratch_port "$1" http)"; }
scratch_idp() { echo "http://127.0.0.1:$(cat "$1/idp.port")"; }

scratch_config() {
  local grpc http
  read -r grpc http <"$1/free.ports"
  cat <<YAML
server:
  grpc_listen: 127.0.0.1:$grpc
  http_listen: 127.0.0.1:$http
  plaintext_on_loopback: true
  plaintext_relying_party: demo
  port_file: enkratd.ports
hsm:
  module: $SCRATCH_MODULE
  token_label: enkrat
  pin: { file: service/secrets/pin }
certificates:
  chain_file: service/chain.pem
  profiles:
    - name: natural-person
      level: advanced
      policy_oids: [0.4.0.2042.1.2]
      ca_issuers_url: http://127.0.0.1:$http/ca/issuing-ca.cer
    - name: organisation
      level: advanced
      kind: seal
      policy_oids: [0.4.0.2042.1.2]
      ca_issuers_url: http://127.0.0.1:$http/ca/issuing-ca.cer
    # To show whom this level refuses. Nobody may be given such a certificate here: SoftHSM is no QSCD.
    - name: natural-person-qualified
      level: qualified
      policy_oids: [0.4.0.194112.1.2]
      ca_issuers_url: http://127.0.0.1:$http/ca/issuing-ca.cer
      allow_qualified_claims: true
      pds_url: https://pki.example/pds_en.pdf
timestamping:
  own: { chain_file: service/tsu-chain.pem }
store:
  path: ledger.db
identity_providers:
  - issuer: $(scratch_idp "$1")
    audiences: [enkrat]
    allow_loopback_http: true
    acr_levels: { "urn:enkrat:loa:high": high, "urn:enkrat:loa:substantial": substantial }
    claims: { country: country, mandates: mandates }
signing_pins: { enabled: true, argon2_memory_mb: 32 }
organizations:
  - { identifier: VATSI-12345678, name: "Banka d. d.", country: SI }
relying_parties:
  - id: demo
    max_in_flight: 256
    levels:
      - level: advanced
      - level: qualified
      - { level: advanced, kind: seal, organizations: [VATSI-12345678] }
log:
  level: ${SCRATCH_LOG_LEVEL:-info}
YAML
}

# scratch_stop DIR: what runs there, of this run or of an earlier one.
scratch_stop() {
  local file pid
  for file in "$1/enkratd.pid" "$1/idp.pid"; do
    [ -f "$file" ] || continue
    pid="$(cat "$file")"
    # Only what is still ours: numbers are used again.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q enkrat; then
      kill "$pid" 2>/dev/null || true
      tail --pid="$pid" -f /dev/null
    fi
    rm -f "$file"
  done
}
