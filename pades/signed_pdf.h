// The signatures that a PDF holds, what each of them covers, and what was done to the document
// after it: for whoever judges them. Says nothing about keys or certificates.
#ifndef ENKRAT_PADES_SIGNED_PDF_H_
#define ENKRAT_PADES_SIGNED_PDF_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"

namespace enkrat::pades {

// What a later revision did, from harmless to forged. Judged as a whole: the worst change counts.
enum class ChangeKind {
  kNone,
  kValidationData,     // DSS, document timestamps
  kSignature,          // further signatures, with their fields and appearances
  kFormFilling,        // values and appearances of existing fields
  kAnnotations,        // annotations added, changed or removed
  kContent,            // pages, their content, fonts, metadata of objects that are shown, ...
  kObjectsOutOfPlace,  // shadow attacks: what a page shows was swapped, hidden or made visible
};

struct PdfChange {
  ChangeKind kind = ChangeKind::kNone;
  std::string detail;   // one sentence, such as "object 7 0: page content replaced"
  bool covers = false;  // lies over what was on the page: it may hide it
};

struct PdfSignature {
  std::string field_name;
  std::string sub_filter;  // "ETSI.CAdES.detached", "adbe.pkcs7.detached", "ETSI.RFC3161", ...
  bool document_timestamp = false;  // /Type /DocTimeStamp
  Bytes contents_der;               // CMS or timestamp token, without the padding
  std::array<uint64_t, 4> byte_range = {};
  std::optional<absl::Time> claimed_time;  // /M
  std::string reason, location, signer_name;
  std::optional<int> certifies;  // DocMDP's /P
  // What is wrong with the shape of the signature itself: ByteRange tricks (gaps, overlaps, not
  // from 0, /Contents not exactly in the gap, beyond the file), several /Contents, USF, wrapping.
  // Empty if nothing is. With any of these the signature is to be failed.
  std::vector<std::string> defects;
  uint64_t revision_end = 0;  // octets from the begin that it covers
  bool covers_whole_document = false;
  std::vector<PdfChange> changes_after;  // in all later revisions together
  bool changes_are_permitted = true;     // by DocMDP, FieldMDP and the default rules
  bool visible = false;
  // Of a document timestamp: SHA-256 of each CRL and OCSP response that the DSS of the revision it
  // covers holds. Empty for the seventeenth timestamp and later ones.
  std::vector<std::array<uint8_t, 32>> covered_data;
};

// Immutable; thread-safe. Reads the file while it lives.
class SignedPdf {
 public:
  struct Limits {
    uint64_t max_octets = uint64_t{100} << 20;
    int max_signatures = 64;
    int max_revisions = 256;
    int max_objects = 500'000;
  };
  // kPdfDamaged, kPdfEncrypted, kLimitExceeded. A PDF without signatures is no error.
  static absl::StatusOr<std::unique_ptr<SignedPdf>> Open(const std::string& path,
                                                         const Limits& limits);
  virtual ~SignedPdf() = default;

  // In the order of the revisions.
  virtual const std::vector<PdfSignature>& signatures() const = 0;
  // Of the last revision's DSS; bounded to 64 certificates, CRLs and OCSP responses each, 8 MiB.
  virtual const ValidationData& validation_data() const = 0;
  // Digest of what signatures()[index] covers.
  virtual absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm algorithm) const = 0;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNED_PDF_H_
