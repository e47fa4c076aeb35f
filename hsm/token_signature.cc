#include "hsm/token_signature.h"

#include <array>

#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/token_public_key.h"

namespace enkrat::hsm {
namespace {

constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kInteger = 0x02;

CK_RSA_PKCS_PSS_PARAMS PssParameters(DigestAlgorithm digest) {
  // Salt as long as the digest, MGF1 over the same digest (RFC 4055 3.1).
  switch (digest) {
    case DigestAlgorithm::kSha384:
      return {CKM_SHA384, CKG_MGF1_SHA384, DigestSize(digest)};
    case DigestAlgorithm::kSha512:
      return {CKM_SHA512, CKG_MGF1_SHA512, DigestSize(digest)};
    case DigestAlgorithm::kSha256:
      break;
  }
  return {CKM_SHA256, CKG_MGF1_SHA256, DigestSize(digest)};
}

size_t SignatureSize(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256:
      return 64;
    case KeyAlgorithm::kEcdsaP384:
      return 96;
    case KeyAlgorithm::kRsaPss3072:
    case KeyAlgorithm::kRsaPss4096:
      break;
  }
  return ModulusBits(algorithm) / 8;
}

// INTEGER, shortest form, positive (X.690 8.3.2).
void AppendInteger(Bytes& out, ByteSpan big_endian) {
  while (big_endian.size() > 1 && big_endian[0] == 0) big_endian.remove_prefix(1);
  const bool pad = (big_endian[0] & 0x80) != 0;
  out.push_back(kInteger);
  out.push_back(static_cast<uint8_t>(big_endian.size() + (pad ? 1 : 0)));
  if (pad) out.push_back(0);
  Append(out, big_endian);
}

}  // namespace

absl::StatusOr<Bytes> EcdsaSigValue(ByteSpan r_and_s) {
  const size_t half = r_and_s.size() / 2;
  if (half == 0 || half > 66 || r_and_s.size() % 2 != 0) {
    return MakeError(Reason::kInternal, "an ECDSA signature of impossible length");
  }
  Bytes integers;
  integers.reserve(r_and_s.size() + 6);
  AppendInteger(integers, r_and_s.first(half));
  AppendInteger(integers, r_and_s.last(half));
  Bytes der = {kSequence};
  der.reserve(integers.size() + 3);
  if (integers.size() > 127) der.push_back(0x81);
  der.push_back(static_cast<uint8_t>(integers.size()));
  Append(der, integers);
  return der;
}

absl::StatusOr<Bytes> SignInToken(Session& session, CK_OBJECT_HANDLE private_key,
                                  KeyAlgorithm key_algorithm, DigestAlgorithm digest_algorithm,
                                  ByteSpan digest) {
  if (digest.size() != DigestSize(digest_algorithm)) {
    return MakeError(Reason::kRequestMalformed, "a digest of another length than its algorithm's");
  }
  ENKRAT_RETURN_IF_ERROR(session.Usable());
  CK_RSA_PKCS_PSS_PARAMS pss = PssParameters(digest_algorithm);
  CK_MECHANISM mechanism = {CKM_RSA_PKCS_PSS, &pss, sizeof(pss)};
  const size_t signature_size = SignatureSize(key_algorithm);
  if (IsEcdsa(key_algorithm)) {
    mechanism = {CKM_ECDSA, nullptr, 0};
    // The leftmost bits count (FIPS 186-5 6.4.1); tokens differ in whether they cut, so it is done
    // here. The orders of both curves are whole octets long.
    digest = digest.first(std::min(digest.size(), signature_size / 2));
  }
  ENKRAT_RETURN_IF_ERROR(session.Check(
      session.functions().C_SignInit(session.handle(), &mechanism, private_key), "C_SignInit"));
  Bytes signature(signature_size);
  CK_ULONG written = signature.size();
  ENKRAT_RETURN_IF_ERROR(session.CheckLaterStep(
      session.functions().C_Sign(session.handle(), const_cast<CK_BYTE*>(digest.data()),
                                 digest.size(), signature.data(), &written),
      "C_Sign"));
  if (written != signature_size) {
    return MakeError(Reason::kInternal, "the token gave a signature of another length");
  }
  session.surroundings().counters->signatures.fetch_add(1, std::memory_order_relaxed);
  if (!IsEcdsa(key_algorithm)) return signature;
  return EcdsaSigValue(signature);
}

}  // namespace enkrat::hsm
