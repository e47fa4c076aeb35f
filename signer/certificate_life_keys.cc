#include "signer/certificate_life_keys.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

std::string SpkiSha256(const PublicKey& key) {
  return ToHex(ComputeDigest(DigestAlgorithm::kSha256, key.spki_der()));
}

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(parts...));
}

}  // namespace

std::string NextKeyLabel(const CertificateRegister& all, const RegisteredCertificate& predecessor,
                         const std::string& first_label) {
  const auto& certificates = all.certificates();
  const auto taken = [&](const std::string& label) {
    return std::any_of(certificates.begin(), certificates.end(),
                       [&](const RegisteredCertificate& each) { return each.key_label == label; });
  };
  size_t number = static_cast<size_t>(std::count_if(
      certificates.begin(), certificates.end(), [&](const RegisteredCertificate& each) {
        return each.role == predecessor.role && each.unit == predecessor.unit;
      }));
  std::string label;
  do {
    label = absl::StrCat(first_label, "-", ++number);
  } while (taken(label));
  return label;
}

absl::Status CheckUncertified(const PublicKey& key, const CertificateRegister& all) {
  const std::string digest = SpkiSha256(key);
  for (const RegisteredCertificate& each : all.certificates()) {
    if (each.description.spki_sha256 != digest) continue;
    return MakeError(Reason::kCertificateStateForbids,
                     absl::StrCat("the key is certified already, in certificate ",
                                  each.description.serial_number, ": make a new key"));
  }
  return absl::OkStatus();
}

absl::StatusOr<hsm::LongLivedKey> EnsureSuccessorKey(hsm::SessionPool& pool,
                                                     const hsm::LongLivedKeySpec& spec,
                                                     const CertificateRegister& all) {
  absl::StatusOr<hsm::LongLivedKey> key = pool.FindKey(spec.label);
  if (!key.ok() && ReasonOf(key.status()) == Reason::kNotFound) key = pool.GenerateKey(spec);
  if (!key.ok()) return WithContext(key.status(), absl::StrCat("key \"", spec.label, "\""));
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckUncertified(key->public_key(), all), spec.label));
  if (key->public_key().algorithm() != spec.algorithm) {
    return Invalid("key \"", spec.label, "\" was made by a run that was cut off, and is not ",
                   KeyAlgorithmName(spec.algorithm), ": remove it from the token");
  }
  return key;
}

absl::StatusOr<hsm::LongLivedKey> FindCertifiedKey(hsm::SessionPool& pool,
                                                   const RegisteredCertificate& certificate) {
  absl::StatusOr<hsm::LongLivedKey> key = pool.FindKey(certificate.key_label);
  if (!key.ok() && ReasonOf(key.status()) == Reason::kNotFound) {
    return Invalid("token \"", pool.token_label(), "\" has no key \"", certificate.key_label, "\"");
  }
  if (!key.ok())
    return WithContext(key.status(), absl::StrCat("key \"", certificate.key_label, "\""));
  if (SpkiSha256(key->public_key()) != certificate.description.spki_sha256) {
    return Invalid("key \"", certificate.key_label, "\" in token \"", pool.token_label(),
                   "\" is not the one of certificate ", certificate.description.serial_number);
  }
  return key;
}

}  // namespace enkrat::signer
