#!/usr/bin/env bash
# Measures floors and service in one run, because machines are noisy and only their ratio means something: the bare HSM,
# gRPC with nothing behind it, the whole service through gRPC (closed loop for the peak, open loop at half of it for the
# latencies), batch sessions, and the timestamping unit over HTTP. Prints a table and writes build/bench.json.
# BENCH_SECONDS=N: length of each part.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/scratch_service.sh

seconds="${BENCH_SECONDS:-10}"
tools/install_deps.sh --without-idps
cmake --preset release >/dev/null
cmake --build --preset release --target enkratd enkrat enkrat-demo-idp enkrat_bench_floor enkrat_bench_grpc
bin="$PWD/build/release/bin"
dir="$(mktemp -d)"
trap 'scratch_stop "$dir"; rm -rf "$dir"' EXIT

echo "== preparing a token and a service" >&2
SCRATCH_LOG_LEVEL=error
scratch_init "$bin" "$dir" >"$dir/init.log"
echo "== the floor: keygen, 3 signatures, destroy on the bare HSM" >&2
"$bin/enkrat_bench_floor" --module "$SCRATCH_MODULE" --token enkrat --pin-file "$dir/service/secrets/pin" \
  --seconds "$seconds" --threads "$(nproc)" --json >"$dir/floor.json"
echo "== the other floor: gRPC with nothing behind it" >&2
"$bin/enkrat_bench_grpc" --seconds "$seconds" --json >"$dir/grpc.json"

scratch_start "$bin" "$dir"
daemon="$(cat "$dir/enkratd.pid")"
cpu_us() {  # user and system time of the service so far
  awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000000 / hz) }' "/proc/$daemon/stat"
}
client=("$bin/enkrat" --server "$(scratch_grpc "$dir")" --plaintext --json bench)
login=(--idp "$(scratch_idp "$dir")" --relying-party demo --given-name Ana --family-name Novak --country SI)

echo "== closed loop, one document a session" >&2
before="$(cpu_us)"
"${client[@]}" --mode closed --concurrency 64 --seconds "$seconds" --warm-up 0 "${login[@]}" >"$dir/closed.json"
after="$(cpu_us)"
half="$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["ops_s"] / 2)' "$dir/closed.json")"
echo "== open loop at half of the peak: $half sessions a second" >&2
"${client[@]}" --mode open --rate "$half" --seconds "$seconds" "${login[@]}" >"$dir/open.json"
echo "== 64 documents a session" >&2
"${client[@]}" --mode closed --concurrency 8 --documents 64 --seconds "$seconds" "${login[@]}" >"$dir/batch.json"
echo "== timestamps over HTTP" >&2
"$bin/enkrat" --json bench --mode tsa --http "$(scratch_http "$dir")/tsa" --concurrency 8 --seconds "$seconds" >"$dir/tsa.json"
rss_kb="$(awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status")"

python3 tools/bench_report.py "$dir" "$((after - before))" "$rss_kb" build/bench.json
