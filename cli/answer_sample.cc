#include "cli/answer_sample.h"

#include <openssl/cms.h>

#include <utility>

#include "cli/request_supply.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/signing_key.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

absl::Status Wrong(absl::string_view what) {
  return OpenSslError(Reason::kSignatureSelfCheckFailed, what);
}

absl::StatusOr<X509Ptr> Parse(const std::string& der) {
  const auto* cursor = reinterpret_cast<const uint8_t*>(der.data());
  X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate == nullptr) return Wrong("the certificate cannot be read");
  return certificate;
}

absl::StatusOr<PublicKey> KeyOf(X509* certificate) {
  uint8_t* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
  const Bytes der(spki, spki + (size > 0 ? size : 0));
  OPENSSL_free(spki);
  return PublicKey::FromSpki(der);
}

absl::Status VerifyCms(const std::string& der, const std::string& content, X509* certificate) {
  const auto* cursor = reinterpret_cast<const uint8_t*>(der.data());
  const CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &cursor, static_cast<long>(der.size())));
  const BioPtr document(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  if (cms == nullptr || document == nullptr) return Wrong("the CMS cannot be read");
  // The chain is checked by `enkrat verify`; here it is the signature that counts.
  if (CMS_verify(cms.get(), nullptr, nullptr, document.get(), nullptr,
                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    return Wrong("the CMS does not verify");
  }
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  if (sk_CMS_SignerInfo_num(signers) != 1 ||
      CMS_SignerInfo_cert_cmp(sk_CMS_SignerInfo_value(signers, 0), certificate) != 0) {
    return Wrong("the CMS is by another certificate");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyLoadAnswer(const v1::SignRequest& request, const v1::SignResponse& response) {
  const v1::SigningIntent& intent = request.intent();
  if (response.signatures_size() != intent.documents_size()) {
    return Wrong("another number of signatures");
  }
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, Parse(response.certificate().der()));
  ENKRAT_ASSIGN_OR_RETURN(const PublicKey key, KeyOf(certificate.get()));
  for (int i = 0; i < response.signatures_size(); ++i) {
    const std::string& signature = response.signatures(i).signature();
    if (request.format() == v1::SIGNATURE_FORMAT_RAW) {
      ENKRAT_RETURN_IF_ERROR(key.VerifyDigest(
          DefaultDigest(key.algorithm()), AsSpan(absl::string_view(intent.documents(i).digest())),
          AsSpan(absl::string_view(signature))));
    } else {
      ENKRAT_RETURN_IF_ERROR(VerifyCms(
          signature, LoadDocument(intent.request_id(), static_cast<size_t>(i)), certificate.get()));
    }
  }
  return absl::OkStatus();
}

void AnswerSample::Offer(std::shared_ptr<const v1::SignRequest> request,
                         const v1::SignResponse& response) {
  const MutexLock lock(mutex_);
  if (offered_++ % every_ != 0 || kept_.size() >= limit_) return;
  kept_.push_back({std::move(request), std::make_shared<v1::SignResponse>(response)});
}

void AnswerSample::AddTo(LoadReport& report) const {
  const MutexLock lock(mutex_);
  for (const Pair& pair : kept_) {
    ++report.verified;
    if (!VerifyLoadAnswer(*pair.request, *pair.response).ok()) ++report.verification_failures;
  }
}

}  // namespace enkrat::cli
