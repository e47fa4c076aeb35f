#include "signer/signature_assembly.h"

#include <utility>

#include "ades/cades_augmentation.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/pdf_job.h"

namespace enkrat::signer {

absl::StatusOr<DocumentSignature> SignatureAssembly::Assemble(size_t index, Part part) {
  const SigningRequest& request = *options_.request;
  DocumentSignature signature = {.label = request.intent.documents[index].label,
                                 .signature = part.value,
                                 .timestamp = std::nullopt};
  if (part.cades != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(signature.signature, AssembleCms(index, part));
  }
  signature.timestamp = std::move(part.timestamp);
  if (request.pdf == nullptr) return signature;
  static const ValidationData kNone;
  ENKRAT_ASSIGN_OR_RETURN(
      signature.pdf_update,
      request.pdf->Finish(request.format, signature.signature,
                          options_.validation_data == nullptr ? kNone : *options_.validation_data,
                          [this](DigestAlgorithm algorithm, ByteSpan digest) {
                            return ArchiveToken(algorithm, digest);
                          }));
  return signature;
}

absl::StatusOr<Bytes> SignatureAssembly::AssembleCms(size_t index, const Part& part) {
  const SigningRequest& request = *options_.request;
  std::optional<Bytes> token;
  if (part.timestamp.has_value()) token = part.timestamp->token_der;
  ENKRAT_ASSIGN_OR_RETURN(Bytes cms_der,
                          part.cades->Assemble(part.value, *options_.chain_der, token));
  if (!IsCades(request.format)) return cms_der;
  if (request.packaging == SignaturePackaging::kEnveloping) {
    ENKRAT_ASSIGN_OR_RETURN(cms_der, ades::Envelop(cms_der, request.contents[index]));
  }
  if (!NeedsValidationData(request.format)) return cms_der;
  ENKRAT_ASSIGN_OR_RETURN(cms_der, ades::AddValidationData(cms_der, *options_.validation_data));
  if (!NeedsArchiveTimestamp(request.format)) return cms_der;
  return ArchiveTimestamped(std::move(cms_der), request.intent.documents[index]);
}

absl::StatusOr<Bytes> SignatureAssembly::ArchiveTimestamped(Bytes cms_der,
                                                            const Document& document) {
  ENKRAT_ASSIGN_OR_RETURN(
      const ades::ArchiveTimestamp archive,
      ades::ArchiveTimestamp::Prepare(
          cms_der, document.digest_algorithm,
          // The document's digest is known by this algorithm, and the document is not.
          [&document](DigestAlgorithm) -> absl::StatusOr<Bytes> { return document.digest; }));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                          ArchiveToken(archive.digest_algorithm(), archive.digest()));
  return archive.Complete(token);
}

absl::StatusOr<Bytes> SignatureAssembly::ArchiveToken(DigestAlgorithm algorithm, ByteSpan digest) {
  ENKRAT_RETURN_IF_ERROR(options_.still_wanted("archive timestamping"));
  ENKRAT_ASSIGN_OR_RETURN(
      tsa::IssuedTimestamp timestamp,
      options_.archive_timestamper->Timestamp({.algorithm = algorithm, .digest = ToBytes(digest)},
                                              options_.request->deadline));
  archive_timestamps_.push_back(timestamp);
  return timestamp.token_der;
}

}  // namespace enkrat::signer
