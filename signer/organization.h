// A legal person that may be sealed for (EN 319 412-3), and who may act for it: data, filled from
// the configuration.
#ifndef ENKRAT_SIGNER_ORGANIZATION_H_
#define ENKRAT_SIGNER_ORGANIZATION_H_

#include <set>
#include <string>
#include <utility>

namespace enkrat::signer {

struct Organization {
  std::string country;                  // C: ISO 3166-1 alpha-2, upper case
  std::string name;                     // O: full registered name, NFC
  std::string organization_identifier;  // EN 319 412-1 5.1.4, such as "VATSI-12345678"
  std::string common_name{};            // CN, by which it is known; empty: the name
  // Persons (issuer, subject) who may seal for it without a mandate in their assertion.
  std::set<std::pair<std::string, std::string>> representatives = {};
  // Issuers whose mandates for it count; empty: all.
  std::set<std::string> mandate_issuers = {};
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_ORGANIZATION_H_
