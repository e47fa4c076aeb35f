#include "cli/pdf_completion.h"

#include <openssl/cms.h>
#include <openssl/objects.h>

#include <memory>
#include <optional>

#include "common/bytes.h"
#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "pades/pdf_signing.h"
#include "pades/signed_pdf.h"

namespace enkrat::cli {
namespace {

std::optional<DigestAlgorithm> AlgorithmOf(CMS_SignerInfo* signer) {
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
  const ASN1_OBJECT* identifier = nullptr;
  X509_ALGOR_get0(&identifier, nullptr, nullptr, digest);
  switch (OBJ_obj2nid(identifier)) {
    case NID_sha256:
      return DigestAlgorithm::kSha256;
    case NID_sha384:
      return DigestAlgorithm::kSha384;
    case NID_sha512:
      return DigestAlgorithm::kSha512;
    default:
      return std::nullopt;
  }
}

// Does the CMS say (RFC 5652 11.2) that it is over what signatures()[index] covers?
bool IsOver(const pades::SignedPdf& pdf, size_t index) {
  const Bytes& der = pdf.signatures()[index].contents_der;
  const uint8_t* cursor = der.data();
  const CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &cursor, static_cast<long>(der.size())));
  STACK_OF(CMS_SignerInfo)* signers = cms ? CMS_get0_SignerInfos(cms.get()) : nullptr;
  if (sk_CMS_SignerInfo_num(signers) != 1) return false;
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  const auto* stated = static_cast<const ASN1_OCTET_STRING*>(CMS_signed_get0_data_by_OBJ(
      signer, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
  const std::optional<DigestAlgorithm> algorithm = AlgorithmOf(signer);
  if (stated == nullptr || !algorithm.has_value()) return false;
  const absl::StatusOr<Bytes> digest = pdf.DigestOf(index, *algorithm);
  const uint8_t* octets = ASN1_STRING_get0_data(stated);
  return digest.ok() && *digest == Bytes(octets, octets + ASN1_STRING_length(stated));
}

absl::Status CheckReadBack(const std::string& path, const v1::DocumentSignature& signature) {
  pades::SignedPdf::Limits limits;
  limits.max_octets = uint64_t{2} << 30;
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<pades::SignedPdf> pdf,
                          pades::SignedPdf::Open(path, limits));
  for (size_t i = 0; i < pdf->signatures().size(); ++i) {
    const Bytes& cms = pdf->signatures()[i].contents_der;
    if (ToString(cms) == signature.signature() && IsOver(*pdf, i)) return absl::OkStatus();
  }
  DrainOpenSslErrors();
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   "the signature is over another document than this one");
}

}  // namespace

absl::Status CompletePdf(const std::string& path, const v1::DocumentSignature& signature) {
  ENKRAT_RETURN_IF_ERROR(
      pades::AppendUpdate(path, AsSpan(absl::string_view(signature.pdf_update()))));
  return CheckReadBack(path, signature);
}

}  // namespace enkrat::cli
