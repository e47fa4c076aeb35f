// What the unit grants: judged by OpenSSL, which had no part in making it.
#include "tsa/timestamp_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "common/der.h"
#include "common/mutex.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/openssl_view.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/response.h"
#include "tsa/token.h"
#include "tsa/token_verifier.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::IsEmpty;

// A key is its thread's own; here one serves all, one signature at a time.
class SharedKey final : public SigningKey {
 public:
  explicit SharedKey(SigningKey& key) : key_(key) {}

  const PublicKey& public_key() const override { return key_.public_key(); }
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) override {
    MutexLock lock(mutex_);
    return key_.SignDigest(algorithm, digest);
  }

 private:
  Mutex mutex_;
  SigningKey& key_;
};

class TimestampUnitTest : public ::testing::Test {
 protected:
  Bytes Respond(const Bytes& request) { return unit_->Respond(request, fixture_.WithKey()); }
  const Bytes& root() { return fixture_.authority.root_der(); }

  UnitFixture fixture_;
  std::unique_ptr<TimestampUnit> unit_ = fixture_.MakeUnit();
};

TEST_F(TimestampUnitTest, GrantedResponseIsAcceptedByOpenSsl) {
  const Bytes request = OpenSslRequest();
  const OpenSslView view(Respond(request));
  EXPECT_EQ(view.status(), TS_STATUS_GRANTED);
  EXPECT_THAT(view.failures(), IsEmpty());
  EXPECT_EQ(view.Verify(request, {root()}), "");
}

TEST_F(TimestampUnitTest, ResponseIsDerAsOpenSslWouldWriteIt) {
  const Bytes response = Respond(OpenSslRequest());
  auto parsed = DecodeDer<TsRespPtr, d2i_TS_RESP>(response);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(EncodeDer<i2d_TS_RESP>(parsed->get()).value(), response);
}

TEST_F(TimestampUnitTest, OpenSslRefusesTheResponseForAnotherDigestOrNonce) {
  const OpenSslView view(Respond(OpenSslRequest()));
  EXPECT_NE(view.Verify(OpenSslRequest({.digest = Bytes(32, 0xd2)}), {root()}), "");
  EXPECT_NE(view.Verify(OpenSslRequest({.nonce = {0x01}}), {root()}), "");
  EXPECT_NE(view.Verify(OpenSslRequest(), {testing::TestAuthority().root_der()}), "");
}

TEST_F(TimestampUnitTest, FieldsAreThoseOfTheProfile) {
  const OpenSslView view(Respond(OpenSslRequest()));
  TS_TST_INFO* info = view.info();
  EXPECT_EQ(TS_TST_INFO_get_version(info), 1);
  char policy[64];
  OBJ_obj2txt(policy, sizeof(policy), TS_TST_INFO_get_policy_id(info), 1);
  EXPECT_STREQ(policy, "0.4.0.2023.1.1");
  EXPECT_EQ(ASN1_INTEGER_get(TS_ACCURACY_get_seconds(TS_TST_INFO_get_accuracy(info))), 1);
  EXPECT_EQ(TS_TST_INFO_get_ordering(info), 0);
  EXPECT_EQ(ToString(ByteSpan(TS_TST_INFO_get_time(info)->data, 15)), "20270115080000Z");
  EXPECT_EQ(TS_TST_INFO_get_serial(info)->length, 16);
  EXPECT_EQ(TS_TST_INFO_get_ext_count(info), 0);
}

TEST_F(TimestampUnitTest, WithoutNonceNoneIsGiven) {
  const Bytes request = OpenSslRequest({.nonce = {}});
  const OpenSslView view(Respond(request));
  EXPECT_EQ(TS_TST_INFO_get_nonce(view.info()), nullptr);
  EXPECT_EQ(view.Verify(request, {root()}), "");
}

TEST_F(TimestampUnitTest, CertificatesAreLeftOutUnlessAskedFor) {
  const Bytes request = OpenSslRequest({.cert_req = false});
  const OpenSslView view(Respond(request));
  EXPECT_EQ(view.certificates(), 0);
  EXPECT_EQ(
      view.Verify(request, {root()}, {fixture_.certificate.der, fixture_.authority.issuing_der()}),
      "");
}

TEST_F(TimestampUnitTest, CertificatesAskedForAreTheChainWithoutItsRoot) {
  EXPECT_EQ(OpenSslView(Respond(OpenSslRequest())).certificates(), 2);
}

TEST_F(TimestampUnitTest, Sha384AndSha512ImprintsAreGranted) {
  for (const auto& [nid, size] : {std::pair(NID_sha384, 48), std::pair(NID_sha512, 64)}) {
    const Bytes request =
        OpenSslRequest({.digest_nid = nid, .digest = Bytes(static_cast<size_t>(size), 0xd1)});
    const OpenSslView view(Respond(request));
    EXPECT_EQ(view.Verify(request, {root()}), "") << size;
  }
}

TEST_F(TimestampUnitTest, OwnPolicyIsGranted) {
  const Bytes request = OpenSslRequest({.policy = "0.4.0.2023.1.1"});
  EXPECT_EQ(OpenSslView(Respond(request)).Verify(request, {root()}), "");
}

TEST_F(TimestampUnitTest, StampIsATokenThatVerifies) {
  ASSERT_OK_AND_ASSIGN(const IssuedTimestamp issued, unit_->Stamp(ImprintOf(), fixture_.key()));
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create({root()}));
  ASSERT_OK_AND_ASSIGN(const Token token, verifier->Verify(issued.token_der));
  EXPECT_EQ(token.gen_time, issued.gen_time);
  EXPECT_EQ(token.serial_number, issued.serial_number);
  EXPECT_EQ(token.policy_oid, issued.policy_oid);
  EXPECT_EQ(token.imprint.digest, ImprintOf().digest);
  EXPECT_EQ(token.accuracy, absl::Seconds(1));
  EXPECT_THAT(token.nonce, IsEmpty());
  EXPECT_EQ(token.signer_certificate_der, fixture_.certificate.der);
}

TEST_F(TimestampUnitTest, GenTimeIsCutToMilliseconds) {
  fixture_.clock.Advance(absl::Microseconds(123'999));
  ASSERT_OK_AND_ASSIGN(const IssuedTimestamp issued, unit_->Stamp(ImprintOf(), fixture_.key()));
  EXPECT_EQ(issued.gen_time, absl::FromUnixMillis(1'800'000'000'123));
  EXPECT_EQ(ParseToken(issued.token_der)->gen_time, issued.gen_time);
}

TEST_F(TimestampUnitTest, SerialNumbersAreUniqueAcrossThreadsAndUnits) {
  constexpr int kThreads = 4;
  constexpr int kStamps = 50;
  std::vector<std::vector<std::string>> serials(kThreads);
  std::vector<std::thread> threads;
  SharedKey key(fixture_.key());
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kStamps; ++n) {
        const auto issued = unit_->Stamp(ImprintOf(), key);
        if (issued.ok()) serials[i].push_back(issued->serial_number);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> unique;
  for (const auto& of_thread : serials) unique.insert(of_thread.begin(), of_thread.end());
  const auto restarted = fixture_.MakeUnit();
  unique.insert(restarted->Stamp(ImprintOf(), fixture_.key())->serial_number);
  EXPECT_EQ(unique.size(), static_cast<size_t>(kThreads * kStamps + 1));
}

// One unit per algorithm that a key may have.
class TimestampUnitWithKey : public ::testing::TestWithParam<KeyAlgorithm> {};

TEST_P(TimestampUnitWithKey, TokenVerifies) {
  UnitFixture fixture({.algorithm = GetParam()});
  const auto unit = fixture.MakeUnit();
  ASSERT_OK_AND_ASSIGN(const IssuedTimestamp issued, unit->Stamp(ImprintOf(), fixture.key()));
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create({fixture.authority.root_der()}));
  EXPECT_THAT(verifier->Verify(issued.token_der), IsOk());
  const Bytes request = OpenSslRequest();
  const OpenSslView view(unit->Respond(request, fixture.WithKey()));
  EXPECT_EQ(view.status(), TS_STATUS_GRANTED);
  // OpenSSL 3.0's TS code knows no PSS; for RSA the verifier above stands alone.
  if (IsEcdsa(GetParam())) {
    EXPECT_EQ(view.Verify(request, {fixture.authority.root_der()}), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, TimestampUnitWithKey,
                         ::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                           KeyAlgorithm::kRsaPss3072));

}  // namespace
}  // namespace enkrat::tsa
