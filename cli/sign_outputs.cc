#include "cli/sign_outputs.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/pem.h"
#include "cli/session_summary.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/signing_key.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

ByteSpan Octets(const std::string& text) { return AsSpan(absl::string_view(text)); }

absl::Status Unfit(absl::string_view what) {
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   absl::StrCat("the service's answer is not what was asked for: ", what));
}

absl::StatusOr<PublicKey> KeyOf(const std::string& certificate_der) {
  const auto* cursor = reinterpret_cast<const uint8_t*>(certificate_der.data());
  const X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(certificate_der.size())));
  if (certificate == nullptr) return Unfit("the certificate cannot be read");
  uint8_t* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &spki);
  const Bytes der(spki, spki + (size > 0 ? size : 0));
  OPENSSL_free(spki);
  return PublicKey::FromSpki(der);
}

// The signature value inside a CMS.
absl::StatusOr<Bytes> SignatureValueOf(const std::string& cms_der) {
  const auto* cursor = reinterpret_cast<const uint8_t*>(cms_der.data());
  const CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &cursor, static_cast<long>(cms_der.size())));
  STACK_OF(CMS_SignerInfo)* signers = cms ? CMS_get0_SignerInfos(cms.get()) : nullptr;
  DrainOpenSslErrors();
  if (sk_CMS_SignerInfo_num(signers) != 1) return Unfit("the CMS has not exactly one signature");
  const ASN1_OCTET_STRING* value =
      CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(signers, 0));
  const uint8_t* octets = ASN1_STRING_get0_data(value);
  return Bytes(octets, octets + ASN1_STRING_length(value));
}

absl::Status WriteIfNamed(const std::string& path, ByteSpan content, bool force) {
  if (path.empty()) return absl::OkStatus();
  return WriteFile(path, content, {.mode = 0644, .overwrite = force});
}

}  // namespace

absl::Status WriteDocument(const DocumentOutputs& outputs, const v1::DocumentSignature& signature,
                           bool force) {
  ENKRAT_RETURN_IF_ERROR(WriteIfNamed(outputs.cms, Octets(signature.signature()), force));
  if (outputs.signature.empty()) return absl::OkStatus();
  Bytes value = ToBytes(absl::string_view(signature.signature()));
  if (!outputs.cms.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(value, SignatureValueOf(signature.signature()));
  }
  ENKRAT_RETURN_IF_ERROR(WriteIfNamed(outputs.signature, value, force));
  return WriteIfNamed(outputs.timestamp, Octets(signature.timestamp().token()), force);
}

signer::SignatureFormat FormatOf(const v1::SignResponse& response) {
  if (response.signatures().empty()) return signer::SignatureFormat::kRaw;
  const v1::DocumentSignature& first = response.signatures(0);
  if (!SignatureValueOf(first.signature()).ok()) return signer::SignatureFormat::kRaw;
  return first.timestamp().token().empty() ? signer::SignatureFormat::kCadesBB
                                           : signer::SignatureFormat::kCadesBT;
}

absl::Status CheckResult(const std::string& request_id, const v1::SignResponse& response) {
  if (response.request_id() != request_id) return Unfit("another request_id");
  if (response.signatures().empty()) return Unfit("no signature");
  if (response.chain().empty()) return Unfit("no chain");
  if (!response.has_destruction() || KeyLifetime(response) < absl::ZeroDuration() ||
      response.destruction().signature_count() !=
          static_cast<uint32_t>(response.signatures_size())) {
    return Unfit("no proof that the key was destroyed after exactly these signatures");
  }
  ENKRAT_RETURN_IF_ERROR(KeyOf(response.certificate().der()).status());
  const signer::SignatureFormat format = FormatOf(response);
  for (const v1::DocumentSignature& signature : response.signatures()) {
    if (signature.signature().empty()) return Unfit("an empty signature");
    if (signature.timestamp().token().empty() !=
        response.signatures(0).timestamp().token().empty()) {
      return Unfit("some have a timestamp, and some have none");
    }
    if (format == signer::SignatureFormat::kRaw) continue;
    ENKRAT_RETURN_IF_ERROR(SignatureValueOf(signature.signature()).status());
  }
  return absl::OkStatus();
}

absl::Status CheckAnswer(const signer::SigningIntent& intent, signer::SignatureFormat format,
                         const v1::SignResponse& response) {
  ENKRAT_RETURN_IF_ERROR(CheckResult(intent.request_id, response));
  if (static_cast<size_t>(response.signatures_size()) != intent.documents.size()) {
    return Unfit("another number of signatures");
  }
  const bool raw = format == signer::SignatureFormat::kRaw;
  if ((FormatOf(response) == signer::SignatureFormat::kRaw) != raw) return Unfit("another format");
  if (signer::IsTimestamped(format) == response.signatures(0).timestamp().token().empty()) {
    return Unfit("a timestamp is missing, or was not asked for");
  }
  if (signer::NeedsValidationData(format) && !response.has_validation_data()) {
    return Unfit("the validation data is missing");
  }
  ENKRAT_ASSIGN_OR_RETURN(const PublicKey key, KeyOf(response.certificate().der()));
  for (int i = 0; i < response.signatures_size(); ++i) {
    const signer::Document& document = intent.documents[static_cast<size_t>(i)];
    const v1::DocumentSignature& signature = response.signatures(i);
    if (signature.label() != document.label) return Unfit("another label");
    if (format != signer::SignatureFormat::kRaw) continue;
    ENKRAT_RETURN_IF_ERROR(key.VerifyDigest(document.digest_algorithm, document.digest,
                                            Octets(signature.signature())));
  }
  return absl::OkStatus();
}

absl::Status WriteOutputs(const OutputPlan& plan, const std::string& session_json,
                          const v1::SignResponse& response, bool force) {
  for (size_t i = 0; i < plan.documents.size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(
        WriteDocument(plan.documents[i], response.signatures(static_cast<int>(i)), force));
  }
  return WriteSession(plan, session_json, response, force);
}

absl::Status WriteSession(const OutputPlan& plan, const std::string& session_json,
                          const v1::SignResponse& response, bool force) {
  const Bytes certificate = ToBytes(absl::string_view(response.certificate().der()));
  std::vector<Bytes> chain = {certificate};
  for (const std::string& der : response.chain()) chain.push_back(ToBytes(absl::string_view(der)));
  ENKRAT_ASSIGN_OR_RETURN(const std::string certificate_pem, CertificatesToPem({certificate}));
  ENKRAT_ASSIGN_OR_RETURN(const std::string chain_pem, CertificatesToPem(chain));
  ENKRAT_RETURN_IF_ERROR(WriteIfNamed(plan.certificate_file, Octets(certificate_pem), force));
  ENKRAT_RETURN_IF_ERROR(WriteIfNamed(plan.chain_file, Octets(chain_pem), force));
  return WriteIfNamed(plan.session_file, Octets(session_json + "\n"), force);
}

}  // namespace enkrat::cli
