// What the tests of trusted lists share: a scheme operator's key, and the time.
#ifndef ENKRAT_TESTS_UNIT_TRUSTED_LIST_TRUSTED_LIST_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_TRUSTED_LIST_TRUSTED_LIST_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/saml_signing_pair.h"
#include "tests/support/trusted_list_factory.h"
#include "trusted_list/trusted_list.h"

namespace enkrat::trusted_list {

inline absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

inline Bytes CertificateOf(const testing::SamlSigningPair& key) {
  return FromBase64(key.CertificateBase64()).value();
}

class TrustedListTest : public ::testing::Test {
 protected:
  static absl::StatusOr<TrustedList> ReadWith(const std::string& xml,
                                              const std::vector<Bytes>& signers) {
    return ReadTrustedList(xml, signers, Day(2026, 2, 1));
  }
  absl::StatusOr<TrustedList> Read(const std::string& xml) const {
    return ReadWith(xml, {CertificateOf(key_)});
  }
  absl::StatusOr<TrustedList> ReadSigned(const testing::TrustedListText& text) const {
    return Read(testing::SignTrustedList(key_, text.Xml()));
  }

  const testing::SamlSigningPair key_;
};

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TESTS_UNIT_TRUSTED_LIST_TRUSTED_LIST_FIXTURE_H_
