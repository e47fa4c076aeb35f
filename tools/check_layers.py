#!/usr/bin/env python3
"""Checks that includes go one way, and that each library is known to one folder only.

    server, cli -> {signer, validation} -> {hsm, idp_client, http_client, ca, tsa, ades, pades, asic, trusted_list,
                                            store} -> common
                                           {idp_client, trusted_list} -> xml -> common

Prints every include that breaks a rule, and exits 1 if there is one.
"""
import pathlib
import re
import sys

LEAVES = {"hsm", "idp_client", "http_client", "ca", "tsa", "ades", "pades", "asic", "trusted_list", "store"}
BELOW_SIGNER = LEAVES | {"common"}

# Folder -> folders that it may include from, besides itself.
ALLOWED = {
    "common": set(),
    **{leaf: {"common"} for leaf in LEAVES},
    # Signed XML; of the two folders that read it.
    "xml": {"common"},
    "idp_client": {"common", "xml"},
    "trusted_list": {"common", "xml"},
    "signer": BELOW_SIGNER,
    # Judges what anybody signed: knows no keys, no token and no ledger.
    "validation": {"common", "http_client", "ades", "pades", "asic", "trusted_list"},
    "server": BELOW_SIGNER | {"signer", "validation"},
    "cli": BELOW_SIGNER | {"signer", "validation"},
}

# Single files that may be included from elsewhere, each with its reason in docs/adr.
EXCEPTIONS = {
    ("cli", "server/settings.h"),  # `enkrat doctor` reads the same configuration as the service
    ("cli", "server/config_loader.h"),
    ("cli", "server/revocation_settings.h"),
    ("cli", "server/relying_party_folder.h"),  # `enkrat rp` checks what it writes as the service would
}

# First part of a system include -> folders that may know the library. Tests may know anything.
LIBRARIES = {
    r"p11-kit": {"hsm"},
    r"grpcpp|grpc": {"server", "cli"},
    r"sqlite3\.h": {"store"},
    r"curl": {"http_client"},
    r"cjose|jansson\.h": {"idp_client"},
    r"libxml|xmlsec": {"xml", "asic"},
    r"qpdf": {"pades"},
    r"hb\.h|hb-subset|ft2build|freetype|png\.h": {"pades"},
    r"zip\.h": {"asic"},
    r"boost": {"server"},
    r"prometheus": {"server"},
    r"yaml-cpp": {"server", "cli"},
    r"CLI": {"server", "cli"},
}
# Headers that would make every includer slow to compile.
NOT_IN_HEADERS = re.compile(r"(grpcpp|boost|nlohmann/json\.hpp|curl|sqlite3\.h|cjose|p11-kit|libxml|xmlsec|qpdf|zip\.h)\b")
HEADERS_EXEMPT = {
    "server/unary_call.h",        # is a gRPC reactor
    "server/sign_pdf_call.h",     # is one too
    "server/streamed_call.h",     # is a part of one
    "server/validate_call.h",     # and so is this
    "server/grpc_status.h",       # makes a grpc::Status
    "hsm/cryptoki.h",             # is the one place that names the cryptoki header
    "http_client/url_rules.h",    # between the folder's own .cc files
}

OWN = re.compile(r'^\s*#\s*include\s+"([a-z0-9_]+)/([^"]+)"')
FOREIGN = re.compile(r"^\s*#\s*include\s+<([^>]+)>")


def check_file(folder, name, text):
    """Yields a complaint for each include of `folder/name` that breaks a rule."""
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{folder}/{name}:{number}"
        if own := OWN.match(line):
            target, rest = own.groups()
            if target in ALLOWED and target != folder and target not in ALLOWED[folder]:
                if (folder, f"{target}/{rest}") not in EXCEPTIONS:
                    yield f"{place}: {folder} may not include {target}/{rest}"
        elif foreign := FOREIGN.match(line):
            header = foreign.group(1)
            for library, folders in LIBRARIES.items():
                if re.match(rf"({library})\b", header):
                    if folder not in folders:
                        yield f"{place}: {folder} may not know <{header}>"
            if name.endswith(".h") and NOT_IN_HEADERS.match(header):
                if f"{folder}/{name}" not in HEADERS_EXEMPT:
                    yield f"{place}: <{header}> belongs in a .cc file"


def check_tree(root):
    complaints = []
    for folder in ALLOWED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cc"):
                name = path.relative_to(root / folder).as_posix()
                complaints += check_file(folder, name, path.read_text(encoding="utf-8"))
    return complaints


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    complaints = check_tree(root)
    print("\n".join(complaints) if complaints else "layers: every include goes one way")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
