#include "server/request_conversion.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

v1::SignRequest Good() {
  v1::SignRequest request;
  request.mutable_intent()->set_request_id("6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c01");
  request.mutable_intent()->set_level(v1::SIGNATURE_LEVEL_ADVANCED);
  request.mutable_intent()->set_kind(v1::SIGNATURE_KIND_SIGNATURE);
  v1::Document& document = *request.mutable_intent()->add_documents();
  document.set_label("a.pdf");
  document.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
  document.set_digest(std::string(32, 'd'));
  request.set_assertion("token");
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  return request;
}

TEST(RequestConversionTest, UnspecifiedKeyAlgorithmIsP256) {
  ASSERT_OK_AND_ASSIGN(const signer::SigningRequest request, RequestFrom(Good()));
  EXPECT_EQ(request.key_algorithm, KeyAlgorithm::kEcdsaP256);
  EXPECT_EQ(request.intent.documents[0].label, "a.pdf");
  EXPECT_EQ(request.intent.documents[0].digest, Bytes(32, 'd'));
}

TEST(RequestConversionTest, UnspecifiedLevelKindAndFormatAreMalformed) {
  v1::SignRequest no_level = Good();
  no_level.mutable_intent()->clear_level();
  v1::SignRequest no_kind = Good();
  no_kind.mutable_intent()->clear_kind();
  v1::SignRequest no_format = Good();
  no_format.clear_format();
  EXPECT_EQ(FieldOf(RequestFrom(no_level).status()), "intent.level");
  EXPECT_EQ(FieldOf(RequestFrom(no_kind).status()), "intent.kind");
  EXPECT_EQ(FieldOf(RequestFrom(no_format).status()), "format");
}

TEST(RequestConversionTest, ValuesOfALaterVersionAreMalformed) {
  v1::SignRequest request = Good();
  request.set_format(static_cast<v1::SignatureFormat>(99));
  EXPECT_THAT(RequestFrom(request), FailsWith(Reason::kRequestMalformed));
  request = Good();
  request.set_key_algorithm(static_cast<v1::KeyAlgorithm>(99));
  EXPECT_THAT(RequestFrom(request), FailsWith(Reason::kRequestMalformed));
}

TEST(RequestConversionTest, UnknownDigestAlgorithmIsUnsupportedAndNamesTheDocument) {
  v1::SignRequest request = Good();
  *request.mutable_intent()->add_documents() = request.intent().documents(0);
  request.mutable_intent()->mutable_documents(1)->clear_digest_algorithm();
  const absl::Status status = RequestFrom(request).status();
  EXPECT_THAT(status, FailsWith(Reason::kDigestUnsupported));
  EXPECT_EQ(FieldOf(status), "intent.documents[1].digest_algorithm");
}

TEST(RequestConversionTest, ThousandAndOneDocumentsAreRefusedBeforeTheyAreLookedAt) {
  v1::SignRequest request = Good();
  for (int i = 0; i < 1000; ++i) request.mutable_intent()->add_documents();
  EXPECT_THAT(RequestFrom(request), FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::server
