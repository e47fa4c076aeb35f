// A validator over the test PKI of ades/, and files to give it.
#ifndef ENKRAT_TESTS_UNIT_VALIDATION_SIGNATURE_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_VALIDATION_SIGNATURE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/validation_data.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/ades/certificate_maker.h"
#include "tests/unit/ades/openssl_signature_maker.h"
#include "tests/unit/ades/signature_maker.h"
#include "validation/validator.h"

namespace enkrat::validation::testing {

using ades::testing::kDocument;
using ades::testing::TestNow;

// DER CertificateList by `issuer`, of those serial numbers, valid a day.
Bytes MakeCrl(const ades::testing::Identity& issuer, absl::Time this_update,
              const std::vector<uint64_t>& revoked = {});

class SignatureValidation : public ::testing::Test {
 protected:
  struct Call {
    std::vector<std::string> contents = {kDocument};  // detached ones, each a file
    std::vector<Bytes> digests = {};
    RevocationRule rule = RevocationRule::kSigningCertificate;
    std::vector<Bytes> anchors = {};  // empty: the PKI's root
    ValidationData more = {};
    std::optional<absl::Time> at = std::nullopt;
    ValidationLimits limits = {};
  };
  absl::StatusOr<Report> Try(const Bytes& file, const Call& call);
  // Fails the test for octets that are no signature.
  Report Validate(const Bytes& file, const Call& call);
  Report Validate(const Bytes& file) { return Validate(file, Call()); }
  // The only signature.
  SignatureReport ValidateOne(const Bytes& file, const Call& call);
  SignatureReport ValidateOne(const Bytes& file) { return ValidateOne(file, Call()); }

  std::string WriteFile(const std::string& name, ByteSpan content);
  // CRLs of the root and of the issuing CA, from now.
  ValidationData Crls() const;

  static const ades::testing::TestPki& Pki();

  enkrat::testing::FakeClock clock_{TestNow() + absl::Minutes(1)};
  enkrat::testing::ScratchFolder folder_;
};

// "TOTAL_FAILED/HASH_FAILURE", "TOTAL_PASSED".
std::string Said(const Conclusion& conclusion);
// "passed", "failed", "warning" of the first check of that name; "not made" without.
std::string ResultOf(const std::vector<Check>& checks, const std::string& name);

}  // namespace enkrat::validation::testing

#endif  // ENKRAT_TESTS_UNIT_VALIDATION_SIGNATURE_FIXTURE_H_
