// Signs a PDF by incremental updates, so that no octet of it changes: first the update with the
// empty signature and the digest that is to be signed, then, when the CMS is there, the finished
// octets to append (ETSI EN 319 142-1, ISO 32000-1 12.8). Used by the service and by clients that
// keep the document to themselves: only the digest has to leave the machine.
//
// The document stays a file: it is read in pieces, memory holds the update only.
#ifndef ENKRAT_PADES_PDF_SIGNING_H_
#define ENKRAT_PADES_PDF_SIGNING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"
#include "pades/appearance.h"

namespace enkrat::pades {

// What a certifying signature allows afterwards (DocMDP, ISO 32000-1 12.8.2.2, table 254).
enum class AllowedChanges { kNone = 1, kFormFilling = 2, kFormFillingAndAnnotations = 3 };

struct SignatureOptions {
  std::string field_name = {};   // existing and unsigned: it is filled; not there: it is made.
                                 // Empty: a new field "Signature<n>".
  absl::Time signing_time = {};  // /M, in whole seconds, UTC
  std::string signer_name =
      {};                     // /Name; these four: UTF-8, at most 256 characters, empty: left out
  std::string reason = {};    // /Reason
  std::string location = {};  // /Location
  std::string contact = {};   // /ContactInfo
  std::optional<AllowedChanges> certify = std::nullopt;  // the document's first signature only
  std::optional<Appearance> appearance = std::nullopt;   // none: invisible
  DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
  size_t contents_octets = 16 * 1024;  // room for the CMS; what is not used is zeros
};

// Octets to append to the document, with a place for the CMS or the timestamp token in them.
// Move-only value.
class SignatureUpdate {
 public:
  // Digest of the document with the update, /Contents left out (/ByteRange).
  DigestAlgorithm digest_algorithm() const { return digest_algorithm_; }
  ByteSpan digest() const { return digest_; }
  const std::string& field_name() const { return field_name_; }
  // The octets to append. kLimitExceeded if the DER does not fit into the room that was left.
  absl::StatusOr<Bytes> Complete(ByteSpan cms_or_token_der) const;

 private:
  friend class SignatureUpdateMaker;
  SignatureUpdate() = default;
  DigestAlgorithm digest_algorithm_ = DigestAlgorithm::kSha256;
  Bytes digest_;
  std::string field_name_;
  Bytes octets_;
  size_t contents_begin_ = 0;  // of the hex digits
  size_t contents_digits_ = 0;
};

// All of them: `path` is a readable file of at most `kMaxDocumentOctets`. kPdfDamaged,
// kPdfEncrypted, kPdfChangesForbidden (DocMDP, FieldMDP, a field's /Lock), kPdfFieldUnsuitable,
// kLimitExceeded, kRequestMalformed (options).
inline constexpr uint64_t kMaxDocumentOctets = uint64_t{1} << 30;

absl::StatusOr<SignatureUpdate> PrepareSignature(const std::string& path,
                                                 const SignatureOptions& options);

// /Type /DocTimeStamp /SubFilter /ETSI.RFC3161, invisible (EN 319 142-1 5.5, B-LTA).
struct DocumentTimestampOptions {
  DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
  size_t contents_octets = 16 * 1024;
};
absl::StatusOr<SignatureUpdate> PrepareDocumentTimestamp(const std::string& path,
                                                         const DocumentTimestampOptions& options);

// The document security store (DSS with /Certs, /CRLs, /OCSPs; no /VRI, which EN 319 142-1 5.4.2.2
// leaves optional), merged with the one that is there. The octets to append; empty if it holds all
// of it already.
absl::StatusOr<Bytes> PrepareValidationData(const std::string& path, const ValidationData& data);

// Appends to the file and syncs it; a failed append leaves the file as it was.
absl::Status AppendUpdate(const std::string& path, ByteSpan octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PDF_SIGNING_H_
