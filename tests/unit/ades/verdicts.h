// Verdicts on test signatures, and what in them went wrong.
#ifndef ENKRAT_TESTS_UNIT_ADES_VERDICTS_H_
#define ENKRAT_TESTS_UNIT_ADES_VERDICTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "tests/support/cades_verifier.h"
#include "tests/unit/ades/certificate_maker.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades::testing {

// With the PKI's root as the only trusted one.
inline absl::StatusOr<enkrat::testing::CadesVerdict> TryVerify(
    const TestPki& pki, ByteSpan signature, const Clock& clock,
    const std::string& document = kDocument) {
  const auto verifier = enkrat::testing::CadesVerifier::Create(
                            {.trusted_roots_der = {pki.root.certificate_der}, .clock = &clock})
                            .value();
  return verifier->VerifyDetached(signature,
                                  [&](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
                                    return ComputeDigest(algorithm, AsSpan(document));
                                  });
}

inline enkrat::testing::CadesVerdict Verify(const TestPki& pki, ByteSpan signature,
                                            const Clock& clock,
                                            const std::string& document = kDocument) {
  return TryVerify(pki, signature, clock, document).value();
}

inline std::vector<std::string> FailedChecks(const enkrat::testing::CadesVerdict& verdict) {
  std::vector<std::string> names;
  for (const enkrat::testing::CadesCheck& check : verdict.checks) {
    if (!check.passed) names.push_back(check.name);
  }
  return names;
}

// Empty if there is no such check.
inline std::string DetailOf(const enkrat::testing::CadesVerdict& verdict, const std::string& name) {
  for (const enkrat::testing::CadesCheck& check : verdict.checks) {
    if (check.name == name) return check.detail;
  }
  return "";
}

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_VERDICTS_H_
