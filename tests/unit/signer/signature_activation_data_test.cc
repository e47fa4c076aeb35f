// The octets of the signature activation data are a contract with every relying party: the worked
// example of docs/life_of_a_signature.md is pinned here, computed by another program.
#include "signer/signature_activation_data.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "common/bytes.h"
#include "common/digest.h"
#include "tests/support/paths.h"

namespace enkrat::signer {
namespace {

// What the page says.
constexpr char kExampleSad[] = "a5469247ba3c65bdfbc37172c59b45abd165ce67af25c00b29e063e75ec58113";
constexpr char kExampleNonce[] = "pUaSR7o8Zb37w3FyxZtFq9FlzmevJcALKeBj517FgRM";
constexpr char kExampleRequestDigest[] =
    "3470eb97d1d1d157ac8285a9807f19dccdba79626ea2aa46a9a092a0b0110f5a";

constexpr char kRelyingParty[] = "demo-portal";

Document ExampleDocument(DigestAlgorithm algorithm, const std::string& label) {
  return {.label = label,
          .digest_algorithm = algorithm,
          .digest = ComputeDigest(algorithm, AsSpan("I, the undersigned, agree.\n"))};
}

SigningIntent ExampleIntent() {
  return {.request_id = "123e4567-e89b-42d3-a456-426614174000",
          .level = SignatureLevel::kAdvanced,
          .kind = SignatureKind::kSignature,
          .documents = {ExampleDocument(DigestAlgorithm::kSha256, "contract.pdf")}};
}

std::string SadOf(const SigningIntent& intent, const std::string& relying_party = kRelyingParty) {
  return ToHex(ComputeSignatureActivationData(relying_party, intent));
}

SigningRequest ExampleRequest() {
  return {.intent = ExampleIntent(),
          .assertion = ToBytes("header.payload.signature"),
          .key_algorithm = KeyAlgorithm::kEcdsaP256,
          .format = SignatureFormat::kCadesBT};
}

std::string RequestDigestOf(const SigningRequest& request) {
  const auto sad = ComputeSignatureActivationData(kRelyingParty, request.intent);
  return ToHex(ComputeRequestDigest(sad, request));
}

TEST(SignatureActivationDataTest, WorkedExampleHasItsPublishedValue) {
  EXPECT_EQ(SadOf(ExampleIntent()), kExampleSad);
}

TEST(SignatureActivationDataTest, NonceOfTheWorkedExampleIsItsBase64Url) {
  EXPECT_EQ(ToBase64Url(ComputeSignatureActivationData(kRelyingParty, ExampleIntent())),
            kExampleNonce);
}

TEST(SignatureActivationDataTest, SecondDocumentWithAnotherDigestAndAccentedLabelIsAppended) {
  SigningIntent intent = ExampleIntent();
  intent.documents.push_back(ExampleDocument(DigestAlgorithm::kSha384, "priloga č.txt"));
  EXPECT_EQ(SadOf(intent), "78eaa2ad29dd9949c1f8fac171da55819de734e36392a8c44481734435043db6");
}

TEST(SignatureActivationDataTest, PageStatesTheValuesThatThisTestPins) {
  std::ifstream file(testing::SourcePath("docs/life_of_a_signature.md"));
  const std::string page(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(page.find(kExampleSad), std::string::npos);
  EXPECT_NE(page.find(kExampleNonce), std::string::npos);
  EXPECT_NE(page.find(kExampleRequestDigest), std::string::npos);
}

TEST(SignatureActivationDataTest, AnotherRelyingPartyChangesIt) {
  EXPECT_NE(SadOf(ExampleIntent(), "demo-porta"), kExampleSad);
}

TEST(SignatureActivationDataTest, AnotherRequestIdChangesIt) {
  SigningIntent intent = ExampleIntent();
  intent.request_id.back() = '1';
  EXPECT_NE(SadOf(intent), kExampleSad);
}

TEST(SignatureActivationDataTest, AnotherLevelChangesIt) {
  SigningIntent intent = ExampleIntent();
  intent.level = SignatureLevel::kQualified;
  EXPECT_NE(SadOf(intent), kExampleSad);
}

TEST(SignatureActivationDataTest, AnotherKindChangesIt) {
  SigningIntent intent = ExampleIntent();
  intent.kind = SignatureKind::kSeal;
  EXPECT_NE(SadOf(intent), kExampleSad);
}

TEST(SignatureActivationDataTest, OneOtherBitOfADigestChangesIt) {
  SigningIntent intent = ExampleIntent();
  intent.documents[0].digest.back() ^= 1;
  EXPECT_NE(SadOf(intent), kExampleSad);
}

TEST(SignatureActivationDataTest, AnotherLabelChangesIt) {
  SigningIntent intent = ExampleIntent();
  intent.documents[0].label = "contract.pdg";
  EXPECT_NE(SadOf(intent), kExampleSad);
}

TEST(SignatureActivationDataTest, OrderOfTheDocumentsCounts) {
  SigningIntent one = ExampleIntent();
  one.documents.push_back(ExampleDocument(DigestAlgorithm::kSha256, "annex.pdf"));
  SigningIntent other = one;
  std::swap(other.documents[0], other.documents[1]);
  EXPECT_NE(SadOf(one), SadOf(other));
}

// Without the lengths, these two would be the same octets.
TEST(SignatureActivationDataTest, CharactersCannotMoveFromOneItemToTheNext) {
  SigningIntent one = ExampleIntent();
  SigningIntent other = ExampleIntent();
  other.request_id = "x" + one.request_id;
  EXPECT_NE(SadOf(one, "portalx"), SadOf(other, "portal"));
}

TEST(RequestDigestTest, WorkedExampleHasItsPublishedValue) {
  EXPECT_EQ(RequestDigestOf(ExampleRequest()), kExampleRequestDigest);
}

TEST(RequestDigestTest, AnotherAssertionIsOtherContent) {
  SigningRequest request = ExampleRequest();
  request.assertion.back() ^= 1;
  EXPECT_NE(RequestDigestOf(request), kExampleRequestDigest);
}

TEST(RequestDigestTest, AnotherFormatIsOtherContent) {
  SigningRequest request = ExampleRequest();
  request.format = SignatureFormat::kCadesBB;
  EXPECT_NE(RequestDigestOf(request), kExampleRequestDigest);
}

TEST(RequestDigestTest, AnotherKeyAlgorithmIsOtherContent) {
  SigningRequest request = ExampleRequest();
  request.key_algorithm = KeyAlgorithm::kEcdsaP384;
  EXPECT_NE(RequestDigestOf(request), kExampleRequestDigest);
}

TEST(RequestDigestTest, DeadlineIsNotContent) {
  SigningRequest request = ExampleRequest();
  request.deadline = absl::UnixEpoch();
  EXPECT_EQ(RequestDigestOf(request), kExampleRequestDigest);
}

}  // namespace
}  // namespace enkrat::signer
