// Keys are ECDSA on P-256 or P-384, or RSA of 3072 or 4096 bits with a sound exponent.
#include "ca/lints/registry.h"
#include "ca/sequence.h"
#include "ca/subject_public_key_info.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca::lints {
namespace {

// An uncompressed point: 0x04, then two coordinates.
LintFinding CheckEcKey(const X509_ALGOR& algorithm, ByteSpan key) {
  if (algorithm.parameter == nullptr || algorithm.parameter->type != V_ASN1_OBJECT) {
    return "is on a curve without a name";
  }
  const int curve = OBJ_obj2nid(algorithm.parameter->value.object);
  size_t coordinate = 0;
  if (curve == NID_X9_62_prime256v1) coordinate = 32;
  if (curve == NID_secp384r1) coordinate = 48;
  if (coordinate == 0) return "is on a curve that is not allowed";
  if (key.size() != 1 + 2 * coordinate || key.front() != 0x04) return "is not a full point";
  return std::nullopt;
}

LintFinding CheckRsaKey(ByteSpan key) {
  const auto members = ReadSequence(key);  // RSAPublicKey: modulus, publicExponent
  if (!members.has_value() || members->size() != 2 || (*members)[0].type != V_ASN1_INTEGER ||
      (*members)[1].type != V_ASN1_INTEGER) {
    return "is not an RSA key";
  }
  const Bytes& modulus = (*members)[0].octets;
  const Bytes& exponent = (*members)[1].octets;
  if ((modulus.size() != 384 && modulus.size() != 512) || (modulus.front() & 0x80) == 0) {
    return "is not of 3072 or 4096 bits";
  }
  if (exponent.size() < 3 || (exponent.back() & 1) == 0) return "has an exponent under 65537";
  return std::nullopt;
}

LintFinding Check(const LintInput& input) {
  const SubjectPublicKeyInfoPtr info = ParseSubjectPublicKeyInfo(input.tbs.spki_der());
  if (info == nullptr) return "is not a SubjectPublicKeyInfo";
  const ByteSpan key = KeyOctets(*info);
  switch (OBJ_obj2nid(info->algorithm->algorithm)) {
    case NID_X9_62_id_ecPublicKey:
      return CheckEcKey(*info->algorithm, key);
    case NID_rsaEncryption:
      return CheckRsaKey(key);
    default:
      return "is neither ECDSA nor RSA";
  }
}

}  // namespace

const Lint kKeyAlgorithm = {
    .name = "key_algorithm", .clause = "ETSI TS 119 312 V2.1.1 tables 4 and 6", .check = Check};

}  // namespace enkrat::ca::lints
