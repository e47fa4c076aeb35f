// The OCSP responder: what it says of whom, what it refuses, and how often it asks the token.
#include "signer/ocsp_responder.h"

#include <openssl/ocsp.h>

#include <atomic>
#include <thread>

#include "common/der_writer.h"
#include "tests/unit/signer/revocation_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

// What OpenSSL reads: the response's status, and the first certificate's.
struct Reading {
  int response_status = -1;
  int certificate_status = -1;
  int reason = -1;
  Bytes nonce;
};

Reading Read(const Bytes& der) {
  Reading reading;
  const unsigned char* cursor = der.data();
  OCSP_RESPONSE* response = d2i_OCSP_RESPONSE(nullptr, &cursor, static_cast<long>(der.size()));
  if (response == nullptr) return reading;
  reading.response_status = OCSP_response_status(response);
  if (OCSP_BASICRESP* basic = OCSP_response_get1_basic(response); basic != nullptr) {
    reading.certificate_status = OCSP_single_get0_status(OCSP_resp_get0(basic, 0), &reading.reason,
                                                         nullptr, nullptr, nullptr);
    const int at = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1);
    if (at >= 0) {
      const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic, at));
      reading.nonce.assign(value->data + 2, value->data + value->length);
    }
    OCSP_BASICRESP_free(basic);
  }
  OCSP_RESPONSE_free(response);
  DrainOpenSslErrors();
  return reading;
}

class OcspResponderTest : public RevocationTest {
 protected:
  void SetUp() override {
    RevocationTest::SetUp();
    responder_ = Responder();
  }
  Bytes Request(ByteSpan serial, size_t nonce_size = 0,
                ca::CertIdHash hash = ca::CertIdHash::kSha1) {
    return RequestOf(ca::EncodeOcspCertId(*issuing_, serial, hash), nonce_size);
  }
  static Bytes RequestOf(const Bytes& cert_id, size_t nonce_size = 0) {
    constexpr uint8_t kNonce[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02};
    Bytes extensions;
    if (nonce_size > 0) {
      const Bytes nonce = DerOf(der_tag::kOctetString, {Bytes(nonce_size, 0x5a)});
      extensions = DerOf(der_tag::Constructed(2),
                         {DerOf(der_tag::kSequence,
                                {DerOf(der_tag::kSequence,
                                       {DerOid(kNonce), DerOf(der_tag::kOctetString, {nonce})})})});
    }
    const Bytes list =
        DerOf(der_tag::kSequence,
              {DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {cert_id})}), extensions});
    return DerOf(der_tag::kSequence, {list});
  }
  // A successor, as the register and the token have it then.
  OcspResponder::Desk Renewed() {
    CertificateLife life = Open();
    const absl::StatusOr<Succession> made =
        life.Renew(SerialOf(life, CertificateRole::kOcspResponder), {}, order_);
    EXPECT_THAT(made, IsOk());
    const RegisteredCertificate* latest = life.all().LatestOf(CertificateRole::kOcspResponder);
    return {
        .ca = *issuing_,
        .responder = ca::ReadStatusIssuer(latest->der, ca::StatusSigner::kOcspResponder).value(),
        .key = std::make_shared<PooledKey>(*pool_, pool_->FindKey(latest->key_label).value())};
  }
  OcspResponder::Statement StateOf(OcspResponder& responder) {
    return responder.State(*issuing_, {unit_serial_}, Soon()).value();
  }
  Reading Ask(const Bytes& request) {
    return Read(responder_->Answer(request, Soon()).response_der);
  }

  std::unique_ptr<OcspResponder> responder_;
};

TEST_F(OcspResponderTest, UnitIsGoodByBothHashes) {
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(Ask(Request(unit_serial_, 0, ca::CertIdHash::kSha256)).certificate_status,
            V_OCSP_CERTSTATUS_GOOD);
}

TEST_F(OcspResponderTest, RevocationIsSeenAtOnceThoughGoodWasCached) {
  ASSERT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  const Reading reading = Ask(Request(unit_serial_));
  EXPECT_EQ(reading.certificate_status, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(reading.reason, OCSP_REVOKED_STATUS_KEYCOMPROMISE);
}

TEST_F(OcspResponderTest, UnspecifiedReasonIsNotWritten) {
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit, RevocationReason::kUnspecified), IsOk());
  const Reading reading = Ask(Request(unit_serial_));
  EXPECT_EQ(reading.certificate_status, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(reading.reason, -1);
}

TEST_F(OcspResponderTest, StrangersAreUnknownNeverGood) {
  EXPECT_EQ(Ask(Request(Bytes{1, 2, 3})).certificate_status, V_OCSP_CERTSTATUS_UNKNOWN);
  EXPECT_EQ(Ask(Request(Bytes{0})).certificate_status, V_OCSP_CERTSTATUS_UNKNOWN);
  // The issuing CA's own certificate is the root's, which answers by CRL.
  const Bytes issuing_serial = FromHex(DescribeCertificate(chain_[0])->serial_number).value();
  EXPECT_EQ(Ask(RequestOf(ca::EncodeOcspCertId(*root_, issuing_serial))).certificate_status,
            V_OCSP_CERTSTATUS_UNKNOWN);
  EXPECT_EQ(Ask(RequestOf(ca::EncodeOcspCertId(*root_, unit_serial_))).certificate_status,
            V_OCSP_CERTSTATUS_UNKNOWN);
}

TEST_F(OcspResponderTest, NonceOf16To32OctetsIsRepeatedAndOthersAreNot) {
  EXPECT_EQ(Ask(Request(unit_serial_, 16)).nonce, Bytes(16, 0x5a));
  EXPECT_EQ(Ask(Request(unit_serial_, 32)).nonce, Bytes(32, 0x5a));
  for (const size_t size : {1u, 15u, 33u, 128u}) {
    const Reading reading = Ask(Request(unit_serial_, size));
    EXPECT_EQ(reading.certificate_status, V_OCSP_CERTSTATUS_GOOD) << size;
    EXPECT_TRUE(reading.nonce.empty()) << size;
  }
}

TEST_F(OcspResponderTest, MalformedRequestsAreAnsweredSoWithoutTheToken) {
  const int before = Signatures();
  for (const Bytes& request :
       {Bytes(), ToBytes("garbage"), Request(unit_serial_, 129), Bytes(5000, 0x30)}) {
    const OcspResponder::Reply reply = responder_->Answer(request, Soon());
    EXPECT_EQ(Read(reply.response_der).response_status, OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
    EXPECT_THAT(reply.status, FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_EQ(Signatures(), before);
}

TEST_F(OcspResponderTest, AnswersWithoutANonceAreSharedForHalfTheirLife) {
  const int before = Signatures();
  for (int i = 0; i < 5; ++i) Ask(Request(unit_serial_));
  EXPECT_EQ(Signatures(), before + 1);
  Ask(Request(unit_serial_, 16));
  EXPECT_EQ(Signatures(), before + 2);
  clock_.Advance(absl::Minutes(29));
  Ask(Request(unit_serial_));
  EXPECT_EQ(Signatures(), before + 2);
  clock_.Advance(absl::Minutes(1));
  Ask(Request(unit_serial_));
  EXPECT_EQ(Signatures(), before + 3);
}

TEST_F(OcspResponderTest, WhatIsSharedMayBeKeptByOthersAndTheRestNot) {
  EXPECT_NE(responder_->Answer(Request(unit_serial_), Soon()).next_update, absl::InfinitePast());
  EXPECT_EQ(responder_->Answer(Request(unit_serial_, 16), Soon()).next_update,
            absl::InfinitePast());
  EXPECT_EQ(responder_->Answer(Bytes(), Soon()).next_update, absl::InfinitePast());
}

TEST_F(OcspResponderTest, CacheIsBounded) {
  for (uint8_t serial = 1; serial < 50; ++serial) Ask(Request(Bytes{serial}));
  EXPECT_EQ(Ask(Request(Bytes{1})).certificate_status, V_OCSP_CERTSTATUS_UNKNOWN);
}

TEST_F(OcspResponderTest, FloodIsToldToTryLaterAndWhatIsCachedIsNot) {
  responder_ = Responder(/*rate=*/2);
  ASSERT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
  ASSERT_EQ(Ask(Request(Bytes{1})).response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
  ASSERT_EQ(Ask(Request(Bytes{3})).response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
  EXPECT_EQ(Ask(Request(Bytes{2})).response_status, OCSP_RESPONSE_STATUS_TRYLATER);
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Ask(Request(Bytes{2})).response_status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
}

// Anybody can make up numbers: they take neither the room nor the cache of what is ours.
TEST_F(OcspResponderTest, FloodOfMadeUpNumbersKeepsNobodyOut) {
  responder_ = Responder(/*rate=*/2);
  const auto flood = [&] {
    for (int i = 0; i < 50; ++i) Ask(Request(Bytes{1, static_cast<uint8_t>(i)}));
  };
  flood();
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  const int before = Signatures();
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(absl::Seconds(1));
    flood();
  }
  EXPECT_LE(Signatures(), before + 20);
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
}

TEST_F(OcspResponderTest, SeveralAtOnceAreAnsweredAsStrangersAre) {
  const Bytes id = ca::EncodeOcspCertId(*issuing_, unit_serial_, ca::CertIdHash::kSha1);
  Bytes both = DerOf(der_tag::kSequence, {id});
  Append(both, DerOf(der_tag::kSequence, {id}));
  const Bytes request =
      DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {both})})});
  responder_ = Responder(/*rate=*/2);
  EXPECT_EQ(Ask(request).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(Ask(request).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(Ask(request).response_status, OCSP_RESPONSE_STATUS_TRYLATER);
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
}

TEST_F(OcspResponderTest, FloodOfNoncesIsAnsweredWithoutThemAndKeepsNobodyOut) {
  responder_ = Responder(/*rate=*/2);
  EXPECT_FALSE(Ask(Request(unit_serial_, 16)).nonce.empty());
  EXPECT_FALSE(Ask(Request(unit_serial_, 16)).nonce.empty());
  for (int i = 0; i < 20; ++i) {
    const Reading shared = Ask(Request(unit_serial_, 16));
    EXPECT_EQ(shared.certificate_status, V_OCSP_CERTSTATUS_GOOD);
    EXPECT_TRUE(shared.nonce.empty());
  }
  EXPECT_EQ(Ask(Request(Bytes{1})).certificate_status, V_OCSP_CERTSTATUS_UNKNOWN);
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(Ask(Request(unit_serial_, 16)).nonce.empty());
}

TEST_F(OcspResponderTest, RevokedResponderAnswersNothingMore) {
  ASSERT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  ASSERT_THAT(responder_->Usable(), IsOk());
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
  EXPECT_EQ(Ask(Request(unit_serial_, 16)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
  EXPECT_THAT(responder_->Usable(), FailsWith(Reason::kCertificateStateForbids));
}

TEST_F(OcspResponderTest, ResponderOfARevokedCaAnswersNothingMore) {
  ASSERT_THAT(Revoke(CertificateRole::kIssuingCa), IsOk());
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
}

TEST_F(OcspResponderTest, ExpiredResponderAnswersNothingMore) {
  clock_.Step(absl::Hours(24 * 365));
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
}

TEST_F(OcspResponderTest, AnswerDoesNotOutliveTheResponder) {
  clock_.Step(responder_certificate_->not_after - absl::Minutes(10) - clock_.Now());
  const OcspResponder::Reply reply = responder_->Answer(Request(unit_serial_), Soon());
  EXPECT_EQ(reply.next_update, responder_certificate_->not_after);
}

TEST_F(OcspResponderTest, TokenThatIsAwayIsTryLater) {
  token_.SetGone(true);
  const OcspResponder::Reply reply = responder_->Answer(Request(unit_serial_), Soon());
  EXPECT_EQ(Read(reply.response_der).response_status, OCSP_RESPONSE_STATUS_TRYLATER);
  EXPECT_THAT(reply.status, FailsWith(Reason::kHsmUnavailable));
}

TEST_F(OcspResponderTest, RegisterThatIsGoneIsAnInternalError) {
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  ASSERT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_REVOKED);
  std::filesystem::remove(Path(kRegisterFile));
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
}

TEST_F(OcspResponderTest, WithoutADeskNobodyAnswers) {
  responder_->SetDesks({});
  EXPECT_FALSE(responder_->HasDesk());
  EXPECT_FALSE(responder_->AnswersFor(*issuing_));
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
  EXPECT_THAT(responder_->State(*issuing_, {unit_serial_}, Soon()), FailsWith(Reason::kNotFound));
  EXPECT_THAT(responder_->Usable(), FailsWith(Reason::kNotFound));
}

TEST_F(OcspResponderTest, NobodyAnswersForAnothersCa) {
  EXPECT_THAT(responder_->State(*root_, {unit_serial_}, Soon()), FailsWith(Reason::kNotFound));
}

TEST_F(OcspResponderTest, AnswersThatDoNotLastAreRefused) {
  EXPECT_THAT(OcspResponder::Create(
                  {.status = status_.get(), .lifetime = absl::Seconds(1), .clock = &clock_}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OcspResponderTest, NextResponderAnswersAtOnceThoughThePreviousWasCached) {
  const Bytes by_first = responder_->Answer(Request(unit_serial_), Soon()).response_der;
  const OcspResponder::Desk next = Renewed();
  // The renewal alone changes nothing.
  EXPECT_EQ(StateOf(*responder_).responder_der, responder_certificate_->der);
  ASSERT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  const int before = Signatures();
  responder_->SetDesks({next});
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(Signatures(), before + 1);
  EXPECT_EQ(StateOf(*responder_).responder_der, next.responder.der);
  EXPECT_NE(responder_->Answer(Request(unit_serial_), Soon()).response_der, by_first);
}

TEST_F(OcspResponderTest, NextResponderAnswersAfterThePreviousWasRevoked) {
  const OcspResponder::Desk next = Renewed();
  {
    CertificateLife life = Open();
    const std::string first = DescribeCertificate(responder_certificate_->der)->serial_number;
    ASSERT_THAT(life.Revoke(first, RevocationReason::kKeyCompromise, order_), IsOk());
  }
  EXPECT_EQ(Ask(Request(unit_serial_)).response_status, OCSP_RESPONSE_STATUS_INTERNALERROR);
  responder_->SetDesks({next});
  EXPECT_EQ(Ask(Request(unit_serial_)).certificate_status, V_OCSP_CERTSTATUS_GOOD);
}

TEST_F(OcspResponderTest, CallsGoOnWhileRespondersChange) {
  responder_ = Responder(/*rate=*/1e6);
  const OcspResponder::Desk first = {
      .ca = *issuing_, .responder = *responder_certificate_, .key = responder_key_};
  const OcspResponder::Desk next = Renewed();
  std::atomic<bool> done = false;
  std::atomic<int> answered = 0;
  std::thread asker([&] {
    while (!done) {
      const Bytes request = Request(unit_serial_, 16);
      EXPECT_EQ(Ask(request).certificate_status, V_OCSP_CERTSTATUS_GOOD);
      ++answered;
    }
  });
  for (int i = 0; i < 50 || answered < 50; ++i) {
    responder_->SetDesks({i % 2 == 0 ? next : first});
    std::this_thread::yield();
  }
  done = true;
  asker.join();
}

}  // namespace
}  // namespace enkrat::signer
