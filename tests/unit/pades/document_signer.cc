#include "tests/unit/pades/document_signer.h"

#include "absl/strings/str_cat.h"
#include "ades/cades_signature.h"
#include "common/openssl_ptr.h"
#include "common/status_macros.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/support/subprocess.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::RunProgram;

int Count(const std::string& text, const std::string& word) {
  int count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

DocumentSigner::DocumentSigner()
    : certificate_(authority_.Issue({.common_name = "Ana Podpisnica",
                                     .not_before = SigningTime() - absl::Hours(24 * 300),
                                     .extended_key_usage = {},
                                     .key_usage = "nonRepudiation"})),
      unit_(authority_.Issue({.not_before = SigningTime() - absl::Hours(24 * 300)})) {}

absl::StatusOr<Bytes> DocumentSigner::SignDigest(DigestAlgorithm algorithm, ByteSpan digest) {
  ENKRAT_ASSIGN_OR_RETURN(
      const ades::CadesSignature signature,
      ades::CadesSignature::Prepare({.document_digest_algorithm = algorithm,
                                     .document_digest = ToBytes(digest),
                                     .signer_certificate_der = certificate_.der,
                                     .signer_key = &certificate_.key->public_key(),
                                     .pades = true}));
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes value,
      certificate_.key->SignDigest(signature.digest_algorithm(), signature.digest_to_sign()));
  return signature.Assemble(value, {authority_.issuing_der()}, std::nullopt);
}

absl::StatusOr<Bytes> DocumentSigner::Timestamp(DigestAlgorithm algorithm, ByteSpan digest) {
  const uint8_t* der = unit_.der.data();
  const X509Ptr certificate(d2i_X509(nullptr, &der, static_cast<long>(unit_.der.size())));
  return enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                              .key = unit_.key->evp_pkey(),
                                              .gen_time = SigningTime(),
                                              .imprint_algorithm = algorithm,
                                              .imprint = digest});
}

absl::Status DocumentSigner::Sign(const std::string& path, const SignatureOptions& options) {
  ENKRAT_ASSIGN_OR_RETURN(const SignatureUpdate update, PrepareSignature(path, options));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes cms, SignDigest(update.digest_algorithm(), update.digest()));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, update.Complete(cms));
  return AppendUpdate(path, octets);
}

absl::Status DocumentSigner::AddTimestamp(const std::string& path,
                                          const DocumentTimestampOptions& options) {
  ENKRAT_ASSIGN_OR_RETURN(const SignatureUpdate update, PrepareDocumentTimestamp(path, options));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes token, Timestamp(update.digest_algorithm(), update.digest()));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, update.Complete(token));
  return AppendUpdate(path, octets);
}

Opinion AskOthers(const std::string& path) {
  const auto pdfsig = RunProgram({.argv = {"pdfsig", "-nocert", path}});
  const auto qpdf = RunProgram({.argv = {"qpdf", "--check", path}});
  return {.signatures = Count(pdfsig.out, "Signature #") - Count(pdfsig.out, "field is not signed"),
          .valid = Count(pdfsig.out, "Signature is Valid."),
          .covering_all = Count(pdfsig.out, "Total document signed"),
          .structure_in_order = qpdf.exit_code == 0,
          .words = absl::StrCat(pdfsig.out, pdfsig.err, qpdf.out, qpdf.err)};
}

std::string TextOf(const std::string& path) {
  return RunProgram({.argv = {"pdftotext", path, "-"}}).out;
}

}  // namespace enkrat::pades::testing
