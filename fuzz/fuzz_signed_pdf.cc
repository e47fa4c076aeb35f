// PDFs from anybody: reading their signatures ends, does not crash, and promises nothing that the
// octets do not keep. The seeds are signed documents and attacks on them; their keys are gone.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "pades/signed_pdf.h"

namespace enkrat::pades {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// What is covered is the document from its begin but for "<hex digits>".
void CheckCovered(ByteSpan octets, const SignedPdf& pdf, size_t index) {
  const PdfSignature& signature = pdf.signatures()[index];
  const auto [first, first_length, second, second_length] = signature.byte_range;
  Require(first == 0 && first_length < second && second + second_length == signature.revision_end);
  Require(signature.revision_end <= octets.size());
  Require(octets[first_length] == '<' && octets[second - 1] == '>');
  Require(signature.covers_whole_document == (signature.revision_end == octets.size()));
  Bytes covered = ToBytes(octets.subspan(0, first_length));
  Append(covered, octets.subspan(second, second_length));
  const absl::StatusOr<Bytes> digest = pdf.DigestOf(index, DigestAlgorithm::kSha256);
  Require(digest.ok() && *digest == ComputeDigest(DigestAlgorithm::kSha256, covered));
}

void Read(ByteSpan octets) {
  const int descriptor = memfd_create("document", MFD_CLOEXEC);
  Require(descriptor >= 0);
  Require(write(descriptor, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()));
  const auto pdf =
      SignedPdf::Open("/proc/self/fd/" + std::to_string(descriptor),
                      {.max_octets = 1 << 20, .max_revisions = 16, .max_objects = 2000});
  for (size_t i = 0; pdf.ok() && i < (*pdf)->signatures().size(); ++i) {
    const PdfSignature& signature = (*pdf)->signatures()[i];
    if (!signature.contents_der.empty()) CheckCovered(octets, **pdf, i);
    if (signature.defects.empty()) Require(!signature.contents_der.empty());
    for (const PdfChange& change : signature.changes_after) {
      if (change.kind >= ChangeKind::kContent) Require(!signature.changes_are_permitted);
    }
  }
  close(descriptor);
}

}  // namespace
}  // namespace enkrat::pades

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::pades::Read(enkrat::ByteSpan(octets, size));
  return 0;
}
