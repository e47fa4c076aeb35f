#include "ca/subject_public_key_info.h"

#include <openssl/asn1t.h>

#include "common/digest.h"
#include "common/reason.h"

namespace enkrat::ca {
namespace {

constexpr size_t kKeyIdentifierSize = 20;

ASN1_SEQUENCE(SubjectPublicKeyInfo) = {
    ASN1_SIMPLE(SubjectPublicKeyInfo, algorithm, X509_ALGOR),
    ASN1_SIMPLE(SubjectPublicKeyInfo, key, ASN1_BIT_STRING),
} ASN1_SEQUENCE_END(SubjectPublicKeyInfo)

}  // namespace

void SubjectPublicKeyInfoDeleter::operator()(SubjectPublicKeyInfo* info) const {
  ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(info), SubjectPublicKeyInfo_it());
}

SubjectPublicKeyInfoPtr ParseSubjectPublicKeyInfo(ByteSpan spki_der) {
  const unsigned char* cursor = spki_der.data();
  SubjectPublicKeyInfoPtr info(reinterpret_cast<SubjectPublicKeyInfo*>(ASN1_item_d2i(
      nullptr, &cursor, static_cast<long>(spki_der.size()), SubjectPublicKeyInfo_it())));
  if (info != nullptr && cursor != spki_der.data() + spki_der.size()) return nullptr;
  return info;
}

ByteSpan KeyOctets(const SubjectPublicKeyInfo& info) {
  return ByteSpan(ASN1_STRING_get0_data(info.key),
                  static_cast<size_t>(ASN1_STRING_length(info.key)));
}

absl::StatusOr<Bytes> KeyIdentifier(ByteSpan spki_der) {
  const SubjectPublicKeyInfoPtr info = ParseSubjectPublicKeyInfo(spki_der);
  if (info == nullptr) {
    return OpenSslError(Reason::kRequestMalformed, "not a SubjectPublicKeyInfo");
  }
  Bytes digest = ComputeDigest(DigestAlgorithm::kSha256, KeyOctets(*info));
  digest.resize(kKeyIdentifierSize);
  return digest;
}

}  // namespace enkrat::ca
