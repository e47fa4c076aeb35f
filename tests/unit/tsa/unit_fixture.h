// A timestamping unit over a fake clock with a certificate of the test authority's.
#ifndef ENKRAT_TESTS_UNIT_TSA_UNIT_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_TSA_UNIT_FIXTURE_H_

#include <memory>
#include <utility>

#include "tests/support/fake_clock.h"
#include "tests/support/test_authority.h"
#include "tsa/clock_guard.h"
#include "tsa/timestamp_unit.h"

namespace enkrat::tsa {

struct UnitFixture {
  explicit UnitFixture(testing::CertificateOptions options = {}) : UnitFixture(options, {}) {}
  UnitFixture(testing::CertificateOptions options, testing::TestAuthority::Options root)
      : authority(std::move(root)), certificate(authority.Issue(options)) {
    guard = ClockGuard::Create({.clock = &clock}).value();
  }

  TimestampUnit::Options UnitOptions() {
    return {
        .chain_der = authority.ChainOf(certificate), .clock = &clock, .clock_guard = guard.get()};
  }
  std::unique_ptr<TimestampUnit> MakeUnit() { return TimestampUnit::Create(UnitOptions()).value(); }
  testing::SoftwareSigningKey& key() { return *certificate.key; }

  // A WithUnitKey that always has the key.
  auto WithKey() {
    return [this](absl::FunctionRef<absl::Status(SigningKey&)> use) { return use(key()); };
  }

  testing::FakeClock clock;
  testing::TestAuthority authority;
  testing::TestCertificate certificate;
  std::unique_ptr<ClockGuard> guard;
};

// An imprint of the algorithm's length with recognisable octets.
inline MessageImprint ImprintOf(DigestAlgorithm algorithm = DigestAlgorithm::kSha256,
                                uint8_t octet = 0xd1) {
  return {.algorithm = algorithm, .digest = Bytes(DigestSize(algorithm), octet)};
}

}  // namespace enkrat::tsa

#endif  // ENKRAT_TESTS_UNIT_TSA_UNIT_FIXTURE_H_
