// A CMS SignedData that somebody sent, opened for judgement: its signer, certificates and content.
#ifndef ENKRAT_ADES_SIGNED_MESSAGE_H_
#define ENKRAT_ADES_SIGNED_MESSAGE_H_

#include <openssl/cms.h>

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/openssl_ptr.h"

namespace enkrat::ades {

// Move-only; not thread-safe. What it gives out lives as long as it does.
class SignedMessage {
 public:
  // kRequestMalformed unless the octets are exactly one ContentInfo with a SignedData and 1 to 16
  // SignerInfos; kLimitExceeded above 64 certificates. Says nothing about who signed.
  static absl::StatusOr<SignedMessage> Parse(ByteSpan content_info_der);

  int signer_count() const { return sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms_.get())); }
  // The one that everything below, and the checks of ades/, are about: the first, until another is
  // selected. 0 <= index < signer_count().
  CMS_SignerInfo* signer() const {
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms_.get()), signer_index_);
  }
  void SelectSigner(int index);
  int signer_index() const { return signer_index_; }

  // The embedded certificate that the signer's identifier names, or null. Of several that have the
  // same issuer and serial number, the one that the signing-certificate-v2 attribute names.
  X509* signer_certificate() const { return signer_certificate_; }
  std::vector<X509*> certificates() const;

  int content_type_nid() const { return OBJ_obj2nid(CMS_get0_eContentType(cms_.get())); }
  // The encapsulated content; nullopt if it is detached.
  std::optional<ByteSpan> content() const;

  // The signer's digest algorithm; nullopt for one that is not believed (SHA-1, MD5, unknown).
  std::optional<DigestAlgorithm> digest_algorithm() const;
  ByteSpan signature_value() const;
  // The selected signer's unsigned attributes of that type: every value of each, as DER.
  std::vector<Bytes> UnsignedValues(const ASN1_OBJECT* type) const;
  // The whole message in DER, whatever it came in.
  absl::StatusOr<Bytes> Der() const;

 private:
  explicit SignedMessage(CmsPtr cms) : cms_(std::move(cms)) {}

  X509* FindSignerCertificate() const;

  CmsPtr cms_;
  std::vector<X509Ptr> certificates_;
  int signer_index_ = 0;
  X509* signer_certificate_ = nullptr;
};

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNED_MESSAGE_H_
