// What came out of the HSM, put into the form that was asked for: the CMS with its timestamp,
// validation data and archive timestamps; or the finished PDF. No one-time key and no HSM session
// is held here.
#ifndef ENKRAT_SIGNER_SIGNATURE_ASSEMBLY_H_
#define ENKRAT_SIGNER_SIGNATURE_ASSEMBLY_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ades/cades_signature.h"
#include "common/bytes.h"
#include "common/validation_data.h"
#include "signer/signing_request.h"
#include "signer/signing_result.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

// Lives for one session; not thread-safe. What it points to outlives it.
class SignatureAssembly {
 public:
  struct Options {
    const SigningRequest* request = nullptr;
    const std::vector<Bytes>* chain_der = nullptr;  // issuing CA first, root last
    // Of our CA and timestamping units; null: the format needs none.
    std::shared_ptr<const ValidationData> validation_data;
    tsa::Timestamper* archive_timestamper = nullptr;  // for level B-LTA
    // Asked before each timestamp.
    std::function<absl::Status(absl::string_view next_step)> still_wanted;
  };
  explicit SignatureAssembly(Options options) : options_(std::move(options)) {}

  struct Part {
    Bytes value;                                                   // the signature value
    const ades::CadesSignature* cades = nullptr;                   // null for RAW
    std::optional<tsa::IssuedTimestamp> timestamp = std::nullopt;  // over the value
  };
  // The signature of document `index` of the request. Errors: those of ades/ and pades/, of the
  // timestamper, of `still_wanted`.
  absl::StatusOr<DocumentSignature> Assemble(size_t index, Part part);

  // Archive and document timestamps so far.
  const std::vector<tsa::IssuedTimestamp>& archive_timestamps() const {
    return archive_timestamps_;
  }

 private:
  absl::StatusOr<Bytes> AssembleCms(size_t index, const Part& part);
  absl::StatusOr<Bytes> ArchiveTimestamped(Bytes cms_der, const Document& document);
  absl::StatusOr<Bytes> ArchiveToken(DigestAlgorithm algorithm, ByteSpan digest);

  const Options options_;
  std::vector<tsa::IssuedTimestamp> archive_timestamps_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNATURE_ASSEMBLY_H_
