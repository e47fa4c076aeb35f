// The second half of a key ceremony: certificates over the keys, in the folder.
#ifndef ENKRAT_SIGNER_CEREMONY_CERTIFICATES_H_
#define ENKRAT_SIGNER_CEREMONY_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ca/authority_certificate.h"
#include "signer/ceremony_folder.h"
#include "signer/ceremony_keys.h"
#include "signer/ceremony_report.h"
#include "signer/key_ceremony.h"

namespace enkrat::signer {

// Not thread-safe; lives for one run. Nothing is owned.
class CeremonyCertificates {
 public:
  CeremonyCertificates(const CeremonySettings& settings, const CeremonyTools& tools,
                       const CeremonyFolder& folder, const CeremonyKeys& keys,
                       CeremonyReport& report);

  // issuing-ca.csr.
  absl::Status EnsureRequest();
  // root, issuing CA and the files that follow from them, from our own root or `outside_chain_der`.
  absl::Status EnsureChain();
  // The timestamping unit and the OCSP responder, under the issuing CA. After EnsureChain.
  absl::Status EnsureEndEntities();

 private:
  absl::StatusOr<Bytes> EnsureRoot();
  absl::StatusOr<Bytes> EnsureIssuingCa();
  absl::StatusOr<Bytes> MakeRoot();
  absl::StatusOr<Bytes> MakeIssuingCa();
  absl::Status CheckChain() const;
  absl::Status WriteChainFiles();
  absl::Status EnsureRootCrl();
  absl::StatusOr<Bytes> MakeEndEntity(ca::AuthorityRole role, const PublicKey& key,
                                      absl::string_view common_name);
  absl::Status EnsureTimestampingUnit();
  absl::Status EnsureOcspResponder();

  absl::StatusOr<Bytes> ReadOver(const PublicKey& key, const char* file) const;
  ca::AuthorityRequest NewRequest(ca::AuthorityRole role, const PublicKey& key,
                                  absl::string_view common_name, absl::Duration lifetime) const;
  absl::Status Write(const std::string& file, absl::string_view content);
  absl::Status Report(const char* file, const Bytes& certificate_der, bool created);
  std::string UrlOf(const char* file) const;

  const CeremonySettings& settings_;
  const CeremonyTools& tools_;
  const CeremonyFolder& folder_;
  const CeremonyKeys& keys_;
  CeremonyReport& report_;
  std::vector<Bytes> chain_der_;  // issuing CA first, root last
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CEREMONY_CERTIFICATES_H_
