// What a key ceremony did and found, for the operator's files (EN 319 411-1 GEN-6.5.1-13A: key ids,
// algorithms, sizes, fingerprints, module, settings).
#ifndef ENKRAT_SIGNER_CEREMONY_REPORT_H_
#define ENKRAT_SIGNER_CEREMONY_REPORT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace enkrat::signer {

// A key in a token; holds nothing secret.
struct CeremonyKey {
  std::string label;
  std::string token_label;
  std::string algorithm;    // "ECDSA-P256", "HMAC-SHA-256"
  std::string key_id;       // CKA_ID in hex; empty for a MAC key
  std::string spki_sha256;  // hex; empty for a MAC key
  bool created = false;     // in this run
};

struct CeremonyCertificate {
  std::string file;  // name in the ceremony's folder
  std::string subject;
  std::string issuer;
  std::string serial_number;  // hex
  absl::Time not_before;
  absl::Time not_after;
  std::string sha256;    // of the DER, hex
  bool created = false;  // in this run
};

struct CeremonyReport {
  absl::Time time;
  std::vector<std::pair<std::string, std::string>> module;    // what the library says of itself
  std::vector<std::pair<std::string, std::string>> settings;  // what was asked for
  std::vector<CeremonyKey> keys;
  std::vector<CeremonyCertificate> certificates;
  std::vector<std::string> files;  // written in this run, the report's own not counted
  std::vector<std::string> next_steps;

  // Whether this run made or wrote anything.
  bool changed() const;
};

std::string ReportAsJson(const CeremonyReport& report);
std::string ReportAsText(const CeremonyReport& report);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CEREMONY_REPORT_H_
