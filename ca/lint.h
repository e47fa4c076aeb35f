// Rules that a one-time certificate is held against before it can be signed: one rule a file in
// ca/lints/.
//
// Lints read what OpenSSL's decoder found in the octets (ParsedTbs), never what the writer meant.
#ifndef ENKRAT_CA_LINT_H_
#define ENKRAT_CA_LINT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ca/parsed_certificate.h"
#include "ca/profile.h"
#include "common/bytes.h"

namespace enkrat::ca {

// The issuing CA as its certificate describes it. Spans are not owned.
struct IssuerFacts {
  ByteSpan subject_der;
  ByteSpan key_identifier;
  ByteSpan spki_der;
  ByteSpan signature_algorithm_der;  // with which it signs
};

// What was asked for; nothing is owned.
struct LintInput {
  const ParsedTbs& tbs;
  const IssuerFacts& issuer;
  const Profile& profile;
  ByteSpan subject_spki_der;  // the key that is to be certified
  absl::Time now;
};

// What is wrong, without any text of the certificate; nullopt: nothing.
using LintFinding = std::optional<std::string>;

struct Lint {
  absl::string_view name;    // such as "no_rev_avail"
  absl::string_view clause;  // where the rule is written
  LintFinding (*check)(const LintInput& input);
};

// Every lint, in the order of ca/lints/registry.cc.
absl::Span<const Lint* const> AllLints();

// Runs all lints. kLintFailed with the name and finding of each that is broken.
absl::Status RunLints(const LintInput& input);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_LINT_H_
