#include "pades/pdf_levels.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/signed_pdf.h"

namespace enkrat::pades {
namespace {

absl::Status CheckOptions(const FinishOptions& options) {
  const bool store = options.level >= PadesLevel::kBaselineLt;
  if (store && (options.validation_data == nullptr || options.validation_data->empty())) {
    return MakeError(Reason::kRequestMalformed, "B-LT without validation data");
  }
  if (options.level == PadesLevel::kBaselineLta && options.timestamp == nullptr) {
    return MakeError(Reason::kRequestMalformed, "B-LTA without a timestamp source");
  }
  return absl::OkStatus();
}

// The signature as a reader finds it is over what was signed. Whoever changed the document after it
// was prepared learns it here.
absl::Status CheckReadBack(const std::string& path, const SignatureUpdate& update) {
  SignedPdf::Limits limits;
  limits.max_octets = kMaxDocumentOctets + (uint64_t{64} << 20);
  limits.max_signatures = 1000;
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<SignedPdf> read, SignedPdf::Open(path, limits));
  for (size_t i = 0; i < read->signatures().size(); ++i) {
    if (read->signatures()[i].field_name != update.field_name()) continue;
    const absl::StatusOr<Bytes> digest = read->DigestOf(i, update.digest_algorithm());
    if (digest.ok() && ByteSpan(*digest) == update.digest()) return absl::OkStatus();
  }
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   "the document is not the one that the signature was prepared for");
}

absl::Status AddTimestamp(const std::string& path, const FinishOptions& options) {
  ENKRAT_ASSIGN_OR_RETURN(const SignatureUpdate update,
                          PrepareDocumentTimestamp(path, options.document_timestamp));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                          options.timestamp(update.digest_algorithm(), update.digest()));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, update.Complete(token));
  return AppendUpdate(path, octets);
}

absl::Status Raise(const std::string& path, const FinishOptions& options) {
  if (options.level < PadesLevel::kBaselineLt) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const Bytes store, PrepareValidationData(path, *options.validation_data));
  if (!store.empty()) ENKRAT_RETURN_IF_ERROR(AppendUpdate(path, store));
  if (options.level < PadesLevel::kBaselineLta) return absl::OkStatus();
  return AddTimestamp(path, options);
}

// All of it, or none.
absl::Status AllOrNothing(const std::string& path, const std::function<absl::Status()>& append) {
  std::error_code error;
  const uintmax_t octets = std::filesystem::file_size(path, error);
  if (error) return MakeError(Reason::kNotFound, "the document cannot be opened");
  absl::Status status = append();
  if (status.ok()) return status;
  std::filesystem::resize_file(path, octets, error);
  return error ? WithContext(status, "the document could not be restored") : status;
}

}  // namespace

absl::Status FinishPdf(const std::string& path, const SignatureUpdate& update, ByteSpan cms_der,
                       const FinishOptions& options) {
  ENKRAT_RETURN_IF_ERROR(CheckOptions(options));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, update.Complete(cms_der));
  return AllOrNothing(path, [&]() -> absl::Status {
    ENKRAT_RETURN_IF_ERROR(AppendUpdate(path, octets));
    ENKRAT_RETURN_IF_ERROR(CheckReadBack(path, update));
    return Raise(path, options);
  });
}

absl::Status AugmentPdf(const std::string& path, const FinishOptions& options) {
  if (options.level < PadesLevel::kBaselineLt) {
    return MakeError(Reason::kRequestMalformed, "only B-LT and B-LTA can be added to a document");
  }
  ENKRAT_RETURN_IF_ERROR(CheckOptions(options));
  return AllOrNothing(path, [&] { return Raise(path, options); });
}

}  // namespace enkrat::pades
