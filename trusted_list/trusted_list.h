// An ETSI trusted list (TS 119 612, XML), read only after its signature was found good: the trust
// services that it names, with their certificates and status over time.
#ifndef ENKRAT_TRUSTED_LIST_TRUSTED_LIST_H_
#define ENKRAT_TRUSTED_LIST_TRUSTED_LIST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::trusted_list {

// From `starting_at` until the next one's begin (TS 119 612 5.5.4, 5.5.5, 5.6).
struct ServiceStatus {
  std::string status;  // URI, such as ".../Svcstatus/granted"
  absl::Time starting_at;
  // URIs of AdditionalServiceInformation, such as ".../SvcInfoExt/ForeSignatures" (5.5.9.4).
  std::vector<std::string> additional_information;
  // Qualifiers and whom they are for (5.5.9.2): certificates that have one of the policies, if any
  // is named, and all of the key usages. What is said with other criteria, or combined otherwise,
  // is not understood: nobody knows whom it is for.
  struct Qualification {
    std::vector<std::string> qualifiers;   // URIs, such as ".../SvcInfoExt/QCWithQSCD"
    std::vector<std::string> policy_oids;  // any of these, dotted decimal; empty: no matter
    std::vector<std::string> key_usages;   // all of these, such as "nonRepudiation"
    bool criteria_understood = true;       // false: both empty; gives nothing, may take away
  };
  std::vector<Qualification> qualifications;
};

struct TrustService {
  std::string provider_name;  // English if there is one
  std::string name;
  std::string type;                     // URI, such as ".../Svctype/CA/QC", ".../Svctype/TSA/QTST"
  std::vector<Bytes> certificates_der;  // ServiceDigitalIdentity
  std::vector<ServiceStatus> statuses;  // newest first; the first is today's
};

// Immutable value.
struct TrustedList {
  std::string scheme_territory;  // such as "SI"
  std::string scheme_operator_name;
  int version = 0;  // 5 or 6
  int sequence_number = 0;
  absl::Time issued_at;
  std::optional<absl::Time> next_update;  // none: closed
  std::vector<TrustService> services;
  Bytes signer_certificate_der;
};

// Reads and verifies a list: at most 32 MiB and 100 000 elements, no DTD, no external entities, no
// processing instructions; one enveloped XML signature over the whole document, a child of the root
// (annex B: URI "" or the root's own Id, exclusive canonicalisation or Canonical XML 1.0), and over
// parts of the signature itself (XAdES SignedProperties), which must be good too; by one of
// `signer_certificates_der` (1 to 32), of which nothing but the key counts, with SHA-256 or
// stronger. KeyInfo is not looked at. What is read are the octets that were digested. A service
// with a critical extension that is not known here is left out, as is a digital identity that is no
// certificate. kRequestMalformed (the certificates too), kLimitExceeded; kNotPermitted for a
// signature that is missing, bad or by somebody else, or a list whose NextUpdate is not after
// `now`.
absl::StatusOr<TrustedList> ReadTrustedList(absl::string_view xml,
                                            const std::vector<Bytes>& signer_certificates_der,
                                            absl::Time now);

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_TRUSTED_LIST_H_
