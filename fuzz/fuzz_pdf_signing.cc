// Documents of strangers that are to be signed: the writer does not crash, and what our reader
// reads before and afterwards has this one signature more then.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "pades/pdf_signing.h"
#include "pades/signed_pdf.h"

namespace enkrat::pades {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// A file in memory.
class Document {
 public:
  explicit Document(ByteSpan octets) : descriptor_(memfd_create("document", MFD_CLOEXEC)) {
    if (descriptor_ < 0) std::abort();
    Append(octets);
  }
  ~Document() { close(descriptor_); }
  void Append(ByteSpan octets) {
    Require(write(descriptor_, octets.data(), octets.size()) ==
            static_cast<ssize_t>(octets.size()));
  }
  std::string path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

void SignAgain(Document& document) {
  const absl::StatusOr<std::unique_ptr<SignedPdf>> before = SignedPdf::Open(document.path(), {});
  const absl::StatusOr<SignatureUpdate> update =
      PrepareSignature(document.path(), {.contents_octets = 256});
  if (!update.ok()) return;
  const Bytes cms = {0x30, 0x03, 0x02, 0x01, 0x2A};
  document.Append(update->Complete(cms).value());
  // The store looks at objects that the signature did not: they may be damaged.
  const absl::StatusOr<Bytes> store = PrepareValidationData(
      document.path(), {.certificates_der = {cms}, .crls_der = {}, .ocsp_responses_der = {}});
  if (store.ok()) document.Append(*store);
  const absl::StatusOr<std::unique_ptr<SignedPdf>> after = SignedPdf::Open(document.path(), {});
  // With a signature in it the reader looks at more of the document, which may be damaged.
  if (!before.ok() || !after.ok()) return;
  Require((*after)->signatures().size() == (*before)->signatures().size() + 1);
  const auto& signatures = (*after)->signatures();
  Require(std::any_of(signatures.begin(), signatures.end(), [&](const PdfSignature& signature) {
    return signature.contents_der == cms;
  }));
}

}  // namespace
}  // namespace enkrat::pades

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::pades::Document document(enkrat::ByteSpan(octets, size));
  enkrat::pades::SignAgain(document);
  return 0;
}
