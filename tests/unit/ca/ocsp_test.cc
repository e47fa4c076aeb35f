// OCSP requests of strangers, and the answers: exact octets, bounds, and OpenSSL as the other side.
#include <gtest/gtest.h>
#include <openssl/ocsp.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "ca/ocsp_request.h"
#include "ca/ocsp_response.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::KeyOfScalar;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;

constexpr uint8_t kNonceOid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02};
constexpr uint8_t kOtherOid[] = {0x2a, 0x03, 0x04};

std::string Golden(const std::string& name) {
  std::ifstream file(enkrat::testing::SourcePath("tests/golden/revocation/" + name));
  std::ostringstream text;
  text << file.rdbuf();
  std::string hex = text.str();
  std::erase_if(hex, [](char c) { return c == '\n' || c == ' '; });
  return hex;
}

Bytes Extension(ByteSpan oid, bool critical, ByteSpan value) {
  const Bytes yes = {0x01, 0x01, 0xff};
  return DerOf(der_tag::kSequence, {DerOid(oid), critical ? ByteSpan(yes) : ByteSpan(),
                                    DerOf(der_tag::kOctetString, {value})});
}
Bytes Nonce(size_t size) {
  return Extension(kNonceOid, false, DerOf(der_tag::kOctetString, {Bytes(size, 0x5a)}));
}
Bytes Extensions(std::initializer_list<ByteSpan> each) {
  return DerOf(der_tag::Constructed(2), {DerOf(der_tag::kSequence, each)});
}

class OcspTest : public ::testing::Test {
 protected:
  Bytes Single() const {
    return DerOf(der_tag::kSequence, {EncodeOcspCertId(issuer_, Bytes{7}, CertIdHash::kSha1)});
  }
  // A request of these parts of a tbsRequest.
  static Bytes Request(std::initializer_list<ByteSpan> parts) {
    return DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, parts)});
  }
  Bytes WithExtensions(std::initializer_list<ByteSpan> each) const {
    return Request({DerOf(der_tag::kSequence, {Single()}), Extensions(each)});
  }
  Bytes Many(size_t count) const {
    Bytes singles;
    for (size_t i = 0; i < count; ++i) Append(singles, Single());
    return Request({DerOf(der_tag::kSequence, {singles})});
  }
  OcspAnswer Answer() const {
    return {.produced_at = absl::FromUnixSeconds(1'800'000'000),
            .next_update = absl::FromUnixSeconds(1'800'003'600),
            .singles = {{.cert_id_der = EncodeOcspCertId(issuer_, Bytes{7}),
                         .status = CertificateStatus::kGood}},
            .nonce = std::nullopt};
  }

  SoftwareAuthority authority_;
  const StatusIssuer issuer_ = ReadStatusIssuer(authority_.issuing_der).value();
  const std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
};

TEST_F(OcspTest, RequestOfOpenSslIsReadWithBothHashes) {
  const X509Ptr issuer = ParseCertificate(authority_.issuing_der).value();
  const Asn1IntegerPtr serial(ASN1_INTEGER_new());
  ASN1_INTEGER_set(serial.get(), 0x1234);
  OCSP_REQUEST* request = OCSP_REQUEST_new();
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256(), EVP_sha512()}) {
    OCSP_request_add0_id(request,
                         OCSP_cert_id_new(digest, X509_get_subject_name(issuer.get()),
                                          X509_get0_pubkey_bitstr(issuer.get()), serial.get()));
  }
  OCSP_request_add1_nonce(request, nullptr, 32);
  const Bytes der = EncodeDer<i2d_OCSP_REQUEST>(request).value();
  OCSP_REQUEST_free(request);
  ASSERT_OK_AND_ASSIGN(const OcspRequest read, ParseOcspRequest(der));
  ASSERT_EQ(read.certificates.size(), 3u);
  EXPECT_EQ(read.nonce->size(), 32u);
  const OcspIssuer known(issuer_);
  EXPECT_TRUE(known.Issued(read.certificates[0]));
  EXPECT_TRUE(known.Issued(read.certificates[1]));
  EXPECT_FALSE(known.Issued(read.certificates[2]));  // SHA-512
  EXPECT_EQ(read.certificates[0].serial_number, (Bytes{0x12, 0x34}));
  const SoftwareAuthority other;
  EXPECT_FALSE(
      OcspIssuer(ReadStatusIssuer(other.issuing_der).value()).Issued(read.certificates[0]));
}

TEST_F(OcspTest, NonceOfOneTo128OctetsIsAccepted) {
  for (const size_t size : {1u, 15u, 16u, 32u, 33u, 128u}) {
    ASSERT_OK_AND_ASSIGN(const OcspRequest read, ParseOcspRequest(WithExtensions({Nonce(size)})));
    EXPECT_EQ(read.nonce->size(), size);
  }
}

TEST_F(OcspTest, NonceOfAnotherSizeOrShapeIsMalformed) {
  for (const size_t size : {0u, 129u, 1000u}) {
    EXPECT_THAT(ParseOcspRequest(WithExtensions({Nonce(size)})),
                FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_THAT(ParseOcspRequest(WithExtensions({Nonce(16), Nonce(16)})),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseOcspRequest(WithExtensions({Extension(kNonceOid, false, Bytes(16, 1))})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(OcspTest, UnknownExtensionsAreSkippedUnlessCritical) {
  EXPECT_THAT(ParseOcspRequest(WithExtensions({Extension(kOtherOid, false, Bytes(3, 1))})), IsOk());
  EXPECT_THAT(ParseOcspRequest(WithExtensions({Extension(kOtherOid, true, Bytes(3, 1))})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(OcspTest, UpToEightCertificatesAreAskedAbout) {
  EXPECT_THAT(ParseOcspRequest(Many(1)), IsOk());
  EXPECT_THAT(ParseOcspRequest(Many(8)), IsOk());
  EXPECT_THAT(ParseOcspRequest(Many(9)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseOcspRequest(Many(0)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(OcspTest, VersionAndSignatureAreAsTheyMayBe) {
  const Bytes list = DerOf(der_tag::kSequence, {Single()});
  const Bytes v1 = DerOf(der_tag::Constructed(0), {DerInteger(0)});
  const Bytes v2 = DerOf(der_tag::Constructed(0), {DerInteger(1)});
  EXPECT_THAT(ParseOcspRequest(Request({v1, list})), IsOk());
  EXPECT_THAT(ParseOcspRequest(Request({v2, list})), FailsWith(Reason::kRequestMalformed));
  const Bytes signed_request = DerOf(
      der_tag::kSequence,
      {DerOf(der_tag::kSequence, {list}), DerOf(der_tag::Constructed(0), {Bytes{0x05, 0x00}})});
  EXPECT_THAT(ParseOcspRequest(signed_request), IsOk());
}

TEST_F(OcspTest, EveryTruncationAndTrailingOctetIsMalformed) {
  Bytes request = WithExtensions({Nonce(16)});
  for (size_t size = 0; size < request.size(); ++size) {
    EXPECT_THAT(ParseOcspRequest(ByteSpan(request.data(), size)),
                FailsWith(Reason::kRequestMalformed));
  }
  request.push_back(0);
  EXPECT_THAT(ParseOcspRequest(request), FailsWith(Reason::kRequestMalformed));
}

TEST_F(OcspTest, CertIdsBeyondTheirBoundsAreMalformed) {
  const auto id = [](size_t hash, size_t serial) {
    return DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerOid(kOtherOid)}),
                                      DerOf(der_tag::kOctetString, {Bytes(hash, 1)}),
                                      DerOf(der_tag::kOctetString, {Bytes(hash, 1)}),
                                      DerOf(der_tag::kInteger, {Bytes(serial, 1)})});
  };
  const auto request = [](const Bytes& cert_id) {
    return Request({DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {cert_id})})});
  };
  EXPECT_THAT(ParseOcspRequest(request(id(64, 21))), IsOk());
  EXPECT_THAT(ParseOcspRequest(request(id(65, 20))), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseOcspRequest(request(id(32, 22))), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseOcspRequest(request(id(32, 0))), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseOcspRequest(Bytes(4097, 0x30)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(OcspTest, ResponseOctetsAreThoseOfTheStandard) {
  const auto key = KeyOfScalar(5);
  const StatusIssuer responder = {.der = {},
                                  .subject_der = {},
                                  .key_identifier = {},
                                  .key_octets = Bytes(65, 4),
                                  .public_key = key->public_key(),
                                  .not_before = absl::InfinitePast(),
                                  .not_after = absl::InfiniteFuture()};
  const Bytes id = {0x30, 0x03, 0x02, 0x01, 0x07};
  const OcspAnswer answer = {.produced_at = absl::FromUnixSeconds(1'800'000'000),
                             .next_update = absl::FromUnixSeconds(1'800'003'600),
                             .singles = {{.cert_id_der = id, .status = CertificateStatus::kGood},
                                         {.cert_id_der = id,
                                          .status = CertificateStatus::kRevoked,
                                          .revoked_at = absl::FromUnixSeconds(1'799'999'999),
                                          .reason = 1},
                                         {.cert_id_der = id,
                                          .status = CertificateStatus::kRevoked,
                                          .revoked_at = absl::FromUnixSeconds(1'799'999'999)},
                                         {.cert_id_der = id}},
                             .archive_cutoff = absl::FromUnixSeconds(1'700'000'000),
                             .nonce = Bytes(16, 0x5a)};
  EXPECT_EQ(ToHex(EncodeResponseData(responder, answer)), Golden("ocsp_response.tbs.hex"));
  EXPECT_EQ(ToHex(EncodeOcspFailure(OcspFailure::kMalformedRequest)), "30030a0101");
  EXPECT_EQ(ToHex(EncodeOcspFailure(OcspFailure::kTryLater)), "30030a0103");
}

TEST_F(OcspTest, OpenSslVerifiesWhatIsMadeUpToTheCa) {
  AuthorityRequest wanted = authority_.Request(AuthorityRole::kOcspResponder, key_->public_key());
  wanted.issuer_der = authority_.issuing_der;
  wanted.not_after = wanted.not_before + absl::Hours(24 * 365);
  const StatusIssuer responder = ReadStatusIssuer(authority_.Make(wanted, *authority_.issuing_key),
                                                  StatusSigner::kOcspResponder)
                                     .value();
  ASSERT_OK_AND_ASSIGN(const Bytes der, MakeOcspResponse(responder, Answer(), *key_));
  const unsigned char* cursor = der.data();
  OCSP_RESPONSE* response = d2i_OCSP_RESPONSE(nullptr, &cursor, static_cast<long>(der.size()));
  OCSP_BASICRESP* basic = OCSP_response_get1_basic(response);
  const X509StorePtr store(X509_STORE_new());
  const X509Ptr root = ParseCertificate(authority_.root_der).value();
  const X509Ptr issuing = ParseCertificate(authority_.issuing_der).value();
  X509_STORE_add_cert(store.get(), root.get());
  X509_STORE_add_cert(store.get(), issuing.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), 1'800'000'000);
  EXPECT_EQ(OCSP_basic_verify(basic, nullptr, store.get(), 0), 1);
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  DrainOpenSslErrors();

  const auto other = SoftwareSigningKey::Generate();
  EXPECT_THAT(MakeOcspResponse(responder, Answer(), *other),
              FailsWith(Reason::kConfigurationInvalid));
  OcspAnswer none = Answer();
  none.singles.clear();
  EXPECT_THAT(MakeOcspResponse(responder, none, *key_), FailsWith(Reason::kInternal));
  OcspAnswer backwards = Answer();
  backwards.next_update = backwards.produced_at;
  EXPECT_THAT(MakeOcspResponse(responder, backwards, *key_), FailsWith(Reason::kInternal));
  key_->FailWith(MakeError(Reason::kHsmUnavailable, "gone"));
  EXPECT_THAT(MakeOcspResponse(responder, Answer(), *key_), FailsWith(Reason::kHsmUnavailable));
}

}  // namespace
}  // namespace enkrat::ca
