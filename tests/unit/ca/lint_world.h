// One CA, its profiles, and good certificates of them for the tests of the lints to spoil.
#ifndef ENKRAT_TESTS_UNIT_CA_LINT_WORLD_H_
#define ENKRAT_TESTS_UNIT_CA_LINT_WORLD_H_

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ca/issuer.h"
#include "ca/lint.h"
#include "tests/unit/ca/draft_certificate.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::testing {

// The profile of a good certificate.
enum class Which {
  kAdvanced,
  kQualified,      // on a QSCD
  kQualifiedSeal,  // on a QSCD, with a retention period
  kSeal,
  kPseudonym,
  kContext,  // with an authentication context
};
inline constexpr std::array kEveryWhich = {Which::kAdvanced,      Which::kQualified,
                                           Which::kQualifiedSeal, Which::kSeal,
                                           Which::kPseudonym,     Which::kContext};

// A certificate that breaks a rule.
struct Broken {
  const char* lint;  // that finds it
  const char* name;
  std::function<void(DraftCertificate&)> spoil;
  Which which = Which::kAdvanced;
};

// Those about kinds of subjects, claims and authentication contexts.
const std::vector<Broken>& BrokenClaims();

class LintWorld {
 public:
  static LintWorld& Get();

  const ca::Profile& ProfileOf(Which which) const { return profiles_.at(which); }
  DraftCertificate Good(const ca::Profile& profile);
  // Lints `draft` with a key identifier taken from the good certificate.
  absl::Status RunAll(const DraftCertificate& draft, const ca::Profile& profile);

  const Bytes& authority_spki() const { return issuer_->public_key().spki_der(); }

  Bytes requested_spki;  // the key that was asked for; empty: the draft's

 private:
  LintWorld();

  SoftwareAuthority authority_;
  std::unique_ptr<ca::Issuer> issuer_;
  std::unique_ptr<SoftwareSigningKey> subject_key_ = SoftwareSigningKey::Generate();
  std::map<Which, ca::Profile> profiles_;
};

Bytes Hex(absl::string_view hex);
void SetText(DraftCertificate& draft, ByteSpan type, std::string text, uint8_t tag);
void AddExtension(DraftCertificate& draft, ByteSpan type, Bytes value, bool critical = false);
// Puts a statement (a whole QCStatement in hex) behind those that are there.
void AddStatement(DraftCertificate& draft, absl::string_view statement);
// The first occurrence in the statements; ends the test process if there is none, or if the sizes
// differ.
void ReplaceInStatements(DraftCertificate& draft, const Bytes& from, const Bytes& to);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_CA_LINT_WORLD_H_
