// What a session gives, and in which order it does what cannot be undone.
#include "signer/signing_workflow.h"

#include <openssl/x509.h>

#include "common/der.h"
#include "signer/stored_result.h"
#include "tests/support/cades_verifier.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::CadesVerdict;
using ::enkrat::testing::CadesVerifier;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SigningWorkflowTest : public WorkflowTest {
 protected:
  CadesVerdict Verify(const DocumentSignature& signature, const Document& document) {
    const auto verifier =
        CadesVerifier::Create({.trusted_roots_der = {authority_.root_der()}, .clock = &clock_});
    return verifier.value()
        ->VerifyDetached(signature.signature,
                         [&](DigestAlgorithm) -> absl::StatusOr<Bytes> { return document.digest; })
        .value();
  }
};

TEST_F(SigningWorkflowTest, SignsADocumentWithAKeyThatIsGone) {
  const SigningRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  ASSERT_EQ(result.signatures.size(), 1u);
  EXPECT_EQ(result.signatures[0].label, "contract 0.pdf");
  const CadesVerdict verdict = Verify(result.signatures[0], request.intent.documents[0]);
  EXPECT_TRUE(verdict.valid);
  EXPECT_EQ(verdict.level, "CAdES B-T");
  ExpectNoOneTimeKey();
  EXPECT_EQ(result.destruction.signatures(), 1u);
  EXPECT_EQ(result.destruction.confirmation(), "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_FALSE(result.replayed);
  EXPECT_EQ(result.chain_der, issuer_->chain_der());
}

TEST_F(SigningWorkflowTest, EveryStepLeavesItsEvidenceInOrder) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(Request()));
  EXPECT_THAT(Steps(result.session_id),
              ElementsAre("admitted", "assertion-verified", "key-generated", "certificate-issued",
                          "documents-signed", "key-destroyed", "timestamped", "completed"));
}

TEST_F(SigningWorkflowTest, IntentIsRecordedBeforeTheKeyAndTheKeyIsGoneBeforeTheResultIsRecorded) {
  std::vector<std::string> order;
  token_.OnCall([&](const std::string& call) {
    if (call == "C_GenerateKeyPair" || call == "C_DestroyObject") order.push_back(call);
  });
  ledger_.OnCall([&](const std::string& call) {
    if (call == "RecordIntent") order.push_back(call);
    if (call == "CompleteSession") {
      order.push_back(call);
      ExpectNoOneTimeKey();
    }
  });
  ASSERT_THAT(Sign(Request()), IsOk());
  EXPECT_THAT(order, ElementsAre("RecordIntent", "C_GenerateKeyPair", "C_DestroyObject",
                                 "C_DestroyObject", "CompleteSession"));
}

TEST_F(SigningWorkflowTest, NoSignatureIsMadeWithTheUnitKeyWhileTheOneTimeKeyExists) {
  // Signatures in the token, in order: the CA's, the document's, and then, alone, the unit's.
  std::vector<size_t> keys_alive;
  token_.OnCall([&](const std::string& call) {
    if (call == "C_Sign") keys_alive.push_back(token_.SessionPrivateKeys());
  });
  ASSERT_THAT(Sign(Request()), IsOk());
  // The MAC of the person comes first.
  EXPECT_THAT(keys_alive, ElementsAre(1u, 1u, 1u, 0u));
}

TEST_F(SigningWorkflowTest, ThousandDocumentsShareOneKeyAndOneCertificate) {
  const SigningRequest request = Request(1000);
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  ASSERT_EQ(result.signatures.size(), 1000u);
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
  EXPECT_EQ(ledger_.CertificateCount(), 1u);
  EXPECT_EQ(result.destruction.signatures(), 1000u);
  EXPECT_TRUE(Verify(result.signatures[999], request.intent.documents[999]).valid);
  ExpectNoOneTimeKey();
}

TEST_F(SigningWorkflowTest, RawIsTheBareSignatureWithATimestamp) {
  SigningRequest request = Request();
  request.format = SignatureFormat::kRaw;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  ASSERT_OK_AND_ASSIGN(const X509Ptr certificate, ParseCertificate(result.certificate.der));
  ASSERT_OK_AND_ASSIGN(const Bytes spki,
                       EncodeDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get())));
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::FromSpki(spki));
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, request.intent.documents[0].digest,
                               result.signatures[0].signature),
              IsOk());
  EXPECT_TRUE(result.signatures[0].timestamp.has_value());
}

TEST_F(SigningWorkflowTest, BaselineBHasNoTimestamp) {
  SigningRequest request = Request();
  request.format = SignatureFormat::kCadesBB;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_FALSE(result.signatures[0].timestamp.has_value());
  const CadesVerdict verdict = Verify(result.signatures[0], request.intent.documents[0]);
  EXPECT_TRUE(verdict.valid);
  EXPECT_EQ(verdict.level, "CAdES B-B");
}

class KeyAlgorithmTest : public SigningWorkflowTest,
                         public ::testing::WithParamInterface<KeyAlgorithm> {};

TEST_P(KeyAlgorithmTest, SignatureVerifies) {
  SigningRequest request = Request();
  request.key_algorithm = GetParam();
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_TRUE(Verify(result.signatures[0], request.intent.documents[0]).valid);
  ExpectNoOneTimeKey();
}

INSTANTIATE_TEST_SUITE_P(All, KeyAlgorithmTest,
                         ::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                           KeyAlgorithm::kRsaPss3072));

TEST_F(SigningWorkflowTest, AssertionIsHeldAgainstTheBindingAndThePolicy) {
  const SigningRequest request = Request();
  ASSERT_THAT(Sign(request), IsOk());
  const idp_client::AssertionCheck& check = identities_.last_check();
  EXPECT_EQ(check.expected_nonce,
            ToBase64Url(ComputeSignatureActivationData("bank", request.intent)));
  EXPECT_TRUE(check.binding_required);
  EXPECT_EQ(check.minimal_level_of_assurance, idp_client::LevelOfAssurance::kSubstantial);
  EXPECT_EQ(check.max_authentication_age, absl::Seconds(180));
}

TEST_F(SigningWorkflowTest, NothingPersonalIsInEvidenceOrLog) {
  ASSERT_THAT(Sign(Request()), IsOk());
  token_.FailNth("C_Sign", 3, "CKR_DEVICE_ERROR");
  ASSERT_FALSE(Sign(Request()).ok());
  for (const std::string& text : {EvidenceText(), log_text_.str()}) {
    EXPECT_THAT(text, Not(HasSubstr("Novak")));
    EXPECT_THAT(text, Not(HasSubstr("Ana")));
    EXPECT_THAT(text, Not(HasSubstr("subject-of-ana")));
    EXPECT_THAT(text, Not(HasSubstr("contract 0")));
    EXPECT_THAT(text, Not(HasSubstr("assertion 1")));
  }
}

TEST_F(SigningWorkflowTest, OnePersonHasOnePseudonymAtEachRelyingParty) {
  const auto serial_number = [&](const SigningResult& result) {
    const X509Ptr certificate = ParseCertificate(result.certificate.der).value();
    char text[80] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_serialNumber, text,
                              sizeof(text));
    return std::string(text);
  };
  ASSERT_OK_AND_ASSIGN(const SigningResult first, Sign(Request()));
  ASSERT_OK_AND_ASSIGN(const SigningResult second, Sign(Request()));
  bank_.id = "another-bank";
  ASSERT_OK_AND_ASSIGN(const SigningResult elsewhere, Sign(Request()));
  EXPECT_THAT(serial_number(first), ::testing::MatchesRegex("EIDSI-[0-9a-f]{32}"));
  EXPECT_EQ(serial_number(first), serial_number(second));
  EXPECT_NE(serial_number(first), serial_number(elsewhere));
}

TEST_F(SigningWorkflowTest, OutsideTimestampIsAskedForWhenNoSessionIsHeld) {
  class Outside final : public tsa::Timestamper {
   public:
    explicit Outside(std::function<size_t()> leased) : leased_(std::move(leased)) {}
    absl::StatusOr<tsa::IssuedTimestamp> Timestamp(const tsa::MessageImprint&,
                                                   absl::Time) override {
      leased_when_asked = leased_();
      return MakeError(Reason::kTimestampUnavailable, "down");
    }
    size_t leased_when_asked = 99;

   private:
    std::function<size_t()> leased_;
  } outside([this] { return pool_->statistics().sessions_leased; });
  UseParts([&](SigningWorkflow::Parts& parts) { parts.outside_timestamper = &outside; });
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kTimestampUnavailable));
  EXPECT_TRUE(AssertionSpent(result.status()));
  EXPECT_EQ(outside.leased_when_asked, 0u);
  ExpectNoOneTimeKey();
}

TEST_F(SigningWorkflowTest, StoredResultIsTheReleasedResult) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(Request(3)));
  const auto record = ledger_.FindSession("bank", result.request_id).value();
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(*record->result, StoredResult::Encode(result));
  EXPECT_EQ(record->result_digest, ToBytes(Sha256(*record->result)));
}

}  // namespace
}  // namespace enkrat::signer
