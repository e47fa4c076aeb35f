#!/usr/bin/env python3
"""The table and build/bench.json of tools/bench.sh: bench_report.py DIR CPU_US RSS_KB OUT.json"""
import json
import pathlib
import sys


def report(parts, cpu_us, rss_kb):
    floor, closed = parts["floor"], parts["closed"]
    for name in ("closed", "open", "batch", "tsa"):
        if parts[name]["errors"] or parts[name].get("verification_failures"):
            raise SystemExit(f"{name}: not every answer was good: {parts[name]}")
    return {
        "floor_ops_s": floor["floor_ops_s"],
        "service_ops_s": closed["ops_s"],
        "ratio": closed["ops_s"] / floor["floor_ops_s"],
        "cpu_us_per_signature": cpu_us / closed["operations"],
        "floor_cpu_us": floor["floor_cpu_us"],
        "grpc_server_cpu_us": parts["grpc"]["grpc_server_cpu_us"],
        "grpc_client_cpu_us": parts["grpc"]["grpc_client_cpu_us"],
        "p50_ms": parts["open"]["p50_ms"],
        "p99_ms": parts["open"]["p99_ms"],
        "tsa_http_ops_s": parts["tsa"]["ops_s"],
        "batch_sigs_s": parts["batch"]["signatures_s"],
        "rss_mb": rss_kb / 1024,
    }


def main():
    folder, cpu_us, rss_kb, out = sys.argv[1:]
    names = ("floor", "grpc", "closed", "open", "batch", "tsa")
    parts = {n: json.loads((pathlib.Path(folder) / f"{n}.json").read_text()) for n in names}
    figures = {key: round(value, 3) for key, value in report(parts, int(cpu_us), int(rss_kb)).items()}
    pathlib.Path(out).write_text(json.dumps(figures, indent=2) + "\n")
    for key, value in figures.items():
        print(f"{key:22} {value:>12}")
    print(f"written to {out}")


if __name__ == "__main__":
    main()
