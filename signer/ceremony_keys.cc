#include "signer/ceremony_keys.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_register_file.h"

namespace enkrat::signer {
namespace {

// Where a key belongs, and the file that only exists when the key does.
struct KeyPlace {
  hsm::SessionPool& pool;
  std::string label;
  const char* certificate_file;  // nullptr: no certificate over it
};

// Under which label the key of the file's certificate lies: after a renewal it is another than the
// ceremony's.
absl::StatusOr<std::string> LabelInUse(const CertificateRegister& all, const char* first_label,
                                       const char* certificate_file, const CeremonyFolder& folder) {
  if (certificate_file == nullptr || all.empty() || !folder.Has(certificate_file)) {
    return first_label;
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> certificates,
                          folder.ReadCertificates(certificate_file));
  const RegisteredCertificate* registered = all.FindByDer(certificates.front());
  return registered == nullptr ? std::string(first_label) : registered->key_label;
}

absl::Status CheckNotLost(const KeyPlace& place, const CeremonyFolder& folder) {
  if (place.certificate_file == nullptr || !folder.Has(place.certificate_file)) {
    return absl::OkStatus();
  }
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(folder.PathOf(place.certificate_file), " is there, but its key \"",
                                place.label, "\" is not in the token \"", place.pool.token_label(),
                                "\": use the token of the first ceremony, or another folder"));
}

absl::StatusOr<hsm::LongLivedKey> EnsureKey(const KeyPlace& place, KeyAlgorithm algorithm,
                                            const CeremonyFolder& folder, CeremonyReport& report) {
  absl::StatusOr<hsm::LongLivedKey> key = place.pool.FindKey(place.label);
  bool created = false;
  if (!key.ok() && ReasonOf(key.status()) == Reason::kNotFound) {
    ENKRAT_RETURN_IF_ERROR(CheckNotLost(place, folder));
    key = place.pool.GenerateKey({.algorithm = algorithm, .label = place.label});
    created = true;
  }
  if (!key.ok()) return WithContext(key.status(), absl::StrCat("key \"", place.label, "\""));
  report.keys.push_back(
      {.label = place.label,
       .token_label = place.pool.token_label(),
       .algorithm = std::string(KeyAlgorithmName(key->public_key().algorithm())),
       .key_id = key->key_id(),
       .spki_sha256 = ToHex(ComputeDigest(DigestAlgorithm::kSha256, key->public_key().spki_der())),
       .created = created});
  return key;
}

absl::Status EnsureMacKey(hsm::SessionPool& pool, const char* label, CeremonyReport& report) {
  absl::Status status = pool.FindMacKey(label).status();
  bool created = false;
  if (!status.ok() && ReasonOf(status) == Reason::kNotFound) {
    status = pool.GenerateMacKey(label).status();
    created = true;
  }
  if (!status.ok()) return WithContext(status, absl::StrCat("key \"", label, "\""));
  report.keys.push_back({.label = label,
                         .token_label = pool.token_label(),
                         .algorithm = "HMAC-SHA-256",
                         .key_id = "",
                         .spki_sha256 = "",
                         .created = created});
  return absl::OkStatus();
}

absl::Status EnsureWrappingKey(hsm::SessionPool& pool, const char* label, CeremonyReport& report) {
  absl::Status status = pool.FindWrappingKey(label).status();
  bool created = false;
  if (!status.ok() && ReasonOf(status) == Reason::kNotFound) {
    status = pool.GenerateWrappingKey(label).status();
    created = true;
  }
  if (!status.ok()) return WithContext(status, absl::StrCat("key \"", label, "\""));
  report.keys.push_back({.label = label,
                         .token_label = pool.token_label(),
                         .algorithm = "AES-256-GCM",
                         .key_id = "",
                         .spki_sha256 = "",
                         .created = created});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CeremonyKeys> EnsureKeys(const CeremonySettings& settings,
                                        const CeremonyTools& tools, const CeremonyFolder& folder,
                                        CeremonyReport& report) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<CertificateRegister> all,
                          CertificateRegisterFile(folder.path()).Read());
  const auto working_key = [&](const char* first_label,
                               const char* certificate_file) -> absl::StatusOr<hsm::LongLivedKey> {
    ENKRAT_ASSIGN_OR_RETURN(std::string label, LabelInUse(all.value_or(CertificateRegister()),
                                                          first_label, certificate_file, folder));
    return EnsureKey({*tools.working_pool, std::move(label), certificate_file}, settings.algorithm,
                     folder, report);
  };
  std::optional<hsm::LongLivedKey> root_ca;
  if (settings.plan == RootPlan::kOwnRoot && tools.root_pool != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(root_ca, EnsureKey({*tools.root_pool, kRootCaKey, kRootFile},
                                               settings.root_algorithm, folder, report));
  }
  ENKRAT_ASSIGN_OR_RETURN(hsm::LongLivedKey issuing_ca, working_key(kIssuingCaKey, kIssuingCaFile));
  ENKRAT_ASSIGN_OR_RETURN(hsm::LongLivedKey timestamping_unit,
                          working_key(kTimestampingUnitKey, kTimestampingChainFile));
  ENKRAT_ASSIGN_OR_RETURN(hsm::LongLivedKey ocsp_responder,
                          working_key(kOcspResponderKey, kOcspFile));
  ENKRAT_RETURN_IF_ERROR(working_key(kAuditLogKey, nullptr).status());
  for (const char* label : {kEvidenceMacKey, kPinMacKey}) {
    ENKRAT_RETURN_IF_ERROR(EnsureMacKey(*tools.working_pool, label, report));
  }
  ENKRAT_RETURN_IF_ERROR(EnsureWrappingKey(*tools.working_pool, kPersonalDataKey, report));
  return CeremonyKeys{.issuing_ca = std::move(issuing_ca),
                      .timestamping_unit = std::move(timestamping_unit),
                      .ocsp_responder = std::move(ocsp_responder),
                      .root_ca = std::move(root_ca)};
}

}  // namespace enkrat::signer
