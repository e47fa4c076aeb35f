// A root, a CA and a signer, all that is needed to judge them, and how a verdict is looked at.
#ifndef ENKRAT_TESTS_UNIT_VALIDATION_PATH_TEST_CASE_H_
#define ENKRAT_TESTS_UNIT_VALIDATION_PATH_TEST_CASE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/validation_data.h"
#include "tests/unit/validation/test_pki.h"
#include "validation/certificate_path.h"

namespace enkrat::validation {

class PathTestCase : public ::testing::Test {
 protected:
  struct Judged {
    Entity certificate = {};
    ValidationData given = {};
    std::optional<absl::Time> proven = std::nullopt;       // of the signature; none: now
    std::optional<absl::Time> data_proven = std::nullopt;  // of the validation data; none: now
    const ValidationDataProofs* proofs = nullptr;          // of single ones
    PathPurpose purpose = PathPurpose::kSigning;
    std::vector<Bytes> anchors = {};  // empty: root_
    absl::Time now = kNow;
    absl::Time stop_at = absl::InfiniteFuture();
  };

  PathResult Judge(const Judged& judged) const {
    auto trust = TrustStore::Create(
        {.anchors_der = judged.anchors.empty() ? std::vector<Bytes>{root_.der()} : judged.anchors});
    const PathRequest request{.certificate_der = certificate_der_ = judged.certificate.der(),
                              .purpose = judged.purpose,
                              .given = &judged.given,
                              .poe = {.of_signature = judged.proven.value_or(judged.now),
                                      .of_validation_data = judged.data_proven.value_or(judged.now),
                                      .of_each = judged.proofs},
                              .now = judged.now,
                              .stop_at = judged.stop_at};
    return ValidatePath(request, **trust, fetcher_);
  }
  // The signer, the CA's certificate, and those CRLs.
  Judged SignerWith(std::vector<Bytes> crls) const {
    return {.certificate = signer_,
            .given = {.certificates_der = {ca_.der()}, .crls_der = std::move(crls)}};
  }

  const Entity root_ = MakeRoot();
  const Entity ca_ = IssueCa(root_);
  const Entity signer_ = Issue(ca_, {.extensions = SignerExtensions()});
  const Bytes root_crl_ = MakeCrl(root_);
  const Bytes ca_crl_ = MakeCrl(ca_);
  RevocationFetcher* fetcher_ = nullptr;

 private:
  mutable Bytes certificate_der_;
};

inline std::string ChecksText(const PathResult& result) {
  std::string text;
  for (const Check& check : result.checks) text += "\n  " + check.name + ": " + check.detail;
  return text;
}

MATCHER(Passes, "passes") {
  *result_listener << "sub-indication " << static_cast<int>(arg.conclusion.sub_indication)
                   << ChecksText(arg);
  return arg.conclusion.passed() && arg.conclusion.sub_indication == SubIndication::kNone;
}
MATCHER_P(IsIndeterminate, sub_indication, "is indeterminate") {
  *result_listener << "sub-indication " << static_cast<int>(arg.conclusion.sub_indication)
                   << ChecksText(arg);
  return arg.conclusion.indication == Indication::kIndeterminate &&
         arg.conclusion.sub_indication == sub_indication;
}
MATCHER_P(FailsTotally, sub_indication, "fails totally") {
  *result_listener << "sub-indication " << static_cast<int>(arg.conclusion.sub_indication)
                   << ChecksText(arg);
  return arg.conclusion.indication == Indication::kTotalFailed &&
         arg.conclusion.sub_indication == sub_indication;
}

}  // namespace enkrat::validation

#endif  // ENKRAT_TESTS_UNIT_VALIDATION_PATH_TEST_CASE_H_
