#include "signer/request_rules.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

SigningRequest Good() {
  SigningRequest request;
  request.intent.request_id = "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c01";
  request.intent.documents = {{.label = "pogodba št. 7.pdf",
                               .digest_algorithm = DigestAlgorithm::kSha256,
                               .digest = Bytes(32, 1)}};
  request.assertion = Bytes(100, 'a');
  return request;
}

TEST(RequestRulesTest, GoodRequestPasses) { EXPECT_THAT(CheckRequest(Good()), IsOk()); }

class BadRequestIdTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadRequestIdTest, IsMalformedAndNamesTheField) {
  const absl::Status status = CheckRequestId(GetParam());
  EXPECT_THAT(status, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(status), "intent.request_id");
}

INSTANTIATE_TEST_SUITE_P(Texts, BadRequestIdTest,
                         ::testing::Values("", "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c0",
                                           "6E37FD63-1F3F-4A6F-9C2F-3D5A4CBB7C01",
                                           "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c011",
                                           "6e37fd631f3f4a6f9c2f3d5a4cbb7c01",
                                           "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c0g",
                                           "6e37fd63-1f3f-4a6f-9c2f_3d5a4cbb7c01",
                                           "{6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c}"));

class DigestLengthTest : public ::testing::TestWithParam<std::pair<DigestAlgorithm, size_t>> {};

TEST_P(DigestLengthTest, OfAnyOtherSizeIsUnsupported) {
  SigningRequest request = Good();
  request.intent.documents.push_back({.label = "second",
                                      .digest_algorithm = GetParam().first,
                                      .digest = Bytes(GetParam().second)});
  const absl::Status status = CheckRequest(request);
  EXPECT_THAT(status, FailsWith(Reason::kDigestUnsupported));
  EXPECT_EQ(FieldOf(status), "intent.documents[1].digest");
}

INSTANTIATE_TEST_SUITE_P(Sizes, DigestLengthTest,
                         ::testing::Values(std::pair(DigestAlgorithm::kSha256, 0),
                                           std::pair(DigestAlgorithm::kSha256, 31),
                                           std::pair(DigestAlgorithm::kSha256, 33),
                                           std::pair(DigestAlgorithm::kSha256, 48),
                                           std::pair(DigestAlgorithm::kSha384, 32),
                                           std::pair(DigestAlgorithm::kSha384, 64),
                                           std::pair(DigestAlgorithm::kSha512, 63)));

class BadLabelTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadLabelTest, IsRefused) {
  SigningRequest request = Good();
  request.intent.documents[0].label = GetParam();
  const absl::Status status = CheckRequest(request);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(FieldOf(status), "intent.documents[0].label");
}

INSTANTIATE_TEST_SUITE_P(Texts, BadLabelTest,
                         ::testing::Values("", std::string("a\0b", 3), "line\nbreak",
                                           "\xE2\x80\xAEtxt.exe", "\xff\xfe",
                                           std::string(257, 'x')));

TEST(RequestRulesTest, EmptyAssertionIsMalformed) {
  SigningRequest request = Good();
  request.assertion.clear();
  EXPECT_THAT(CheckRequest(request), FailsWith(Reason::kRequestMalformed));
}

TEST(RequestRulesTest, AssertionOverSixteenKibibytesIsTooLarge) {
  SigningRequest request = Good();
  request.assertion = Bytes(16 * 1024, 'a');
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.assertion.push_back('a');
  EXPECT_THAT(CheckRequest(request), FailsWith(Reason::kLimitExceeded));
}

TEST(RequestRulesTest, RawTakesOnlyTheKeysOwnDigest) {
  SigningRequest request = Good();
  request.format = SignatureFormat::kRaw;
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.key_algorithm = KeyAlgorithm::kEcdsaP384;
  const absl::Status status = CheckRequest(request);
  EXPECT_THAT(status, FailsWith(Reason::kDigestUnsupported));
  EXPECT_EQ(FieldOf(status), "intent.documents[0].digest_algorithm");
}

}  // namespace
}  // namespace enkrat::signer
