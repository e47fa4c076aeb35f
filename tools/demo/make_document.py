#!/usr/bin/env python3
"""Writes a small, real PDF (ISO 32000-1) to sign: make_document.py OUT.pdf"""
import sys

LINES = [
    ("F1", 22, 760, "Agreement on one-time keys"),
    ("F2", 12, 715, "Between the signer, who authenticates once,"),
    ("F2", 12, 697, "and Enkrat, which makes one key, one certificate and one destruction of it."),
    ("F2", 12, 661, "1. The key exists for milliseconds, inside the token, for this document alone."),
    ("F2", 12, 643, "2. When the signature leaves, the key is gone and nobody can use it again."),
    ("F2", 12, 625, "3. What remains is the certificate, the timestamp and the evidence."),
]


def content():
    parts = [f"BT /{font} {size} Tf 72 {y} Td ({text}) Tj ET" for font, size, y, text in LINES]
    return "\n".join(parts).encode("ascii")


def document():
    stream = content()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n"
        b"   /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (Agreement on one-time keys) >>",
    ]
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return out


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(document())
