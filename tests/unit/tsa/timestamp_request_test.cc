// Requests of strangers: every way to be unacceptable has its PKIFailureInfo (RFC
// 3161 2.4.1, 2.4.2).
#include "tsa/timestamp_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der.h"
#include "common/der_writer.h"
#include "common/object_identifier.h"
#include "tests/unit/tsa/openssl_view.h"

namespace enkrat::tsa {
namespace {

// The fields of a request, to be put together wrongly.
const Bytes kVersion = DerInteger(1);
const Bytes kSha256Oid = DerOid(*OidContent("2.16.840.1.101.3.4.2.1"));
const Bytes kNull = {0x05, 0x00};
const Bytes kDigest = DerOf(der_tag::kOctetString, {Bytes(32, 0xd1)});
const Bytes kImprint =
    DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {kSha256Oid, kNull}), kDigest});
const Bytes kNonce = {0x02, 0x01, 0x2a};
const Bytes kTrue = {0x01, 0x01, 0xff};

Bytes Request(std::initializer_list<ByteSpan> fields) { return DerOf(der_tag::kSequence, fields); }
Bytes Imprint(ByteSpan algorithm_fields, ByteSpan digest) {
  return DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {algorithm_fields}), digest});
}
Bytes ImprintOfOid(absl::string_view oid, size_t digest_size) {
  return Imprint(DerOid(*OidContent(oid)),
                 DerOf(der_tag::kOctetString, {Bytes(digest_size, 0xd1)}));
}
Bytes Extension(ByteSpan criticality) {
  return DerOf(der_tag::kSequence, {DerOid(*OidContent("1.2.3.4")), criticality,
                                    DerOf(der_tag::kOctetString, {kNull})});
}
Bytes Extensions(std::initializer_list<ByteSpan> extensions) {
  return DerOf(der_tag::Constructed(0), extensions);
}
Bytes WithTail(Bytes der, uint8_t octet) {
  der.push_back(octet);
  return der;
}

struct RejectedCase {
  std::string name;
  Bytes request_der;
  FailureInfo failure;
};

class RequestIsRejected : public ::testing::TestWithParam<RejectedCase> {};

TEST_P(RequestIsRejected, WithItsFailure) {
  const auto parsed = ParseTimestampRequest(GetParam().request_der);
  ASSERT_TRUE(std::holds_alternative<FailureInfo>(parsed));
  EXPECT_EQ(std::get<FailureInfo>(parsed), GetParam().failure);
}

const auto kNameOf = [](const auto& tested) { return tested.param.name; };

// RFC 3161 2.4.2 badDataFormat(5): "the data submitted has the wrong format".
INSTANTIATE_TEST_SUITE_P(
    BadDataFormat, RequestIsRejected,
    ::testing::Values(
        RejectedCase{"Empty", {}, FailureInfo::kBadDataFormat},
        RejectedCase{"Text", ToBytes("GET / HTTP/1.1"), FailureInfo::kBadDataFormat},
        RejectedCase{"EmptySequence", Request({}), FailureInfo::kBadDataFormat},
        RejectedCase{"NoImprint", Request({kVersion}), FailureInfo::kBadDataFormat},
        RejectedCase{"ImprintBeforeVersion", Request({kImprint, kVersion}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"OctetsBehindTheRequest", WithTail(Request({kVersion, kImprint}), 0x00),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"UnknownFieldAtTheEnd", Request({kVersion, kImprint, kTrue, kDigest}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"NonceTwice", Request({kVersion, kImprint, kNonce, kNonce}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"NonceBehindCertReq", Request({kVersion, kImprint, kTrue, kNonce}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"NonceNotInShortestForm",
                     Request({kVersion, kImprint, Bytes{0x02, 0x02, 0x00, 0x01}}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"NonceEmpty", Request({kVersion, kImprint, Bytes{0x02, 0x00}}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"PolicyCutShort", Request({kVersion, kImprint, Bytes{0x06, 0x02, 0x2a, 0x86}}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"CertReqOfTwoOctets",
                     Request({kVersion, kImprint, Bytes{0x01, 0x02, 0xff, 0xff}}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"CertReqNeitherTrueNorFalse",
                     Request({kVersion, kImprint, Bytes{0x01, 0x01, 0x01}}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"DigestTooShort",
                     Request({kVersion, ImprintOfOid("2.16.840.1.101.3.4.2.1", 31)}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"DigestTooLong",
                     Request({kVersion, ImprintOfOid("2.16.840.1.101.3.4.2.1", 33)}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{"Sha384DigestWithSha512Oid",
                     Request({kVersion, ImprintOfOid("2.16.840.1.101.3.4.2.3", 48)}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{
            "ImprintWithThirdField",
            Request({kVersion, DerOf(der_tag::kSequence,
                                     {DerOf(der_tag::kSequence, {kSha256Oid}), kDigest, kNull})}),
            FailureInfo::kBadDataFormat},
        RejectedCase{
            "AlgorithmWithTwoParameters",
            Request({kVersion,
                     DerOf(der_tag::kSequence,
                           {DerOf(der_tag::kSequence, {kSha256Oid, kNull, kNull}), kDigest})}),
            FailureInfo::kBadDataFormat},
        RejectedCase{"ExtensionsEmpty", Request({kVersion, kImprint, Extensions({})}),
                     FailureInfo::kBadDataFormat},
        RejectedCase{
            "ExtensionWithoutValue",
            Request({kVersion, kImprint, Extensions({DerOf(der_tag::kSequence, {kSha256Oid})})}),
            FailureInfo::kBadDataFormat},
        RejectedCase{
            "LongerThanTheLimit",
            Request({kVersion, kImprint, DerOf(der_tag::kInteger, {Bytes(kMaxRequestSize, 1)})}),
            FailureInfo::kBadDataFormat}),
    kNameOf);

// badRequest(2): "transaction not permitted or supported".
INSTANTIATE_TEST_SUITE_P(
    BadRequest, RequestIsRejected,
    ::testing::Values(
        RejectedCase{"Version0", Request({DerInteger(0), kImprint}), FailureInfo::kBadRequest},
        RejectedCase{"Version2", Request({DerInteger(2), kImprint}), FailureInfo::kBadRequest},
        RejectedCase{"Version257", Request({DerInteger(257), kImprint}), FailureInfo::kBadRequest},
        RejectedCase{"VersionOfTheFuture", Request({DerInteger(2), kNull, kNull}),
                     FailureInfo::kBadRequest},
        RejectedCase{
            "NonceLongerThanTheLimit",
            Request({kVersion, kImprint, DerOf(der_tag::kInteger, {Bytes(kMaxNonceSize + 1, 1)})}),
            FailureInfo::kBadRequest}),
    kNameOf);

// badAlg(0): "unrecognized or unsupported Algorithm Identifier".
INSTANTIATE_TEST_SUITE_P(
    BadAlg, RequestIsRejected,
    ::testing::Values(
        RejectedCase{"Sha1", Request({kVersion, ImprintOfOid("1.3.14.3.2.26", 20)}),
                     FailureInfo::kBadAlg},
        RejectedCase{"Md5", Request({kVersion, ImprintOfOid("1.2.840.113549.2.5", 16)}),
                     FailureInfo::kBadAlg},
        RejectedCase{"Sha224", Request({kVersion, ImprintOfOid("2.16.840.1.101.3.4.2.4", 28)}),
                     FailureInfo::kBadAlg},
        RejectedCase{"SignatureAlgorithm",
                     Request({kVersion, ImprintOfOid("1.2.840.10045.4.3.2", 32)}),
                     FailureInfo::kBadAlg},
        RejectedCase{"ParametersOtherThanNull",
                     Request({kVersion,
                              DerOf(der_tag::kSequence,
                                    {DerOf(der_tag::kSequence, {kSha256Oid, kVersion}), kDigest})}),
                     FailureInfo::kBadAlg}),
    kNameOf);

// unacceptedExtension(16): "the requested extension is not supported by the TSA", critical or not.
INSTANTIATE_TEST_SUITE_P(
    UnacceptedExtension, RequestIsRejected,
    ::testing::Values(RejectedCase{"NotCritical",
                                   Request({kVersion, kImprint, Extensions({Extension({})})}),
                                   FailureInfo::kUnacceptedExtension},
                      RejectedCase{"Critical",
                                   Request({kVersion, kImprint, Extensions({Extension(kTrue)})}),
                                   FailureInfo::kUnacceptedExtension},
                      RejectedCase{"BehindAllOtherFields",
                                   Request({kVersion, kImprint, kSha256Oid, kNonce, kTrue,
                                            Extensions({Extension({}), Extension(kTrue)})}),
                                   FailureInfo::kUnacceptedExtension}),
    kNameOf);

TimestampRequest Accepted(ByteSpan request_der) {
  auto parsed = ParseTimestampRequest(request_der);
  EXPECT_TRUE(std::holds_alternative<TimestampRequest>(parsed));
  return std::get<TimestampRequest>(std::move(parsed));
}

TEST(TimestampRequest, RequestOfOpenSslIsAccepted) {
  const TimestampRequest request =
      Accepted(OpenSslRequest({.policy = "0.4.0.2023.1.1", .cert_req = true}));
  EXPECT_EQ(request.imprint.algorithm, DigestAlgorithm::kSha256);
  EXPECT_EQ(request.imprint.digest, Bytes(32, 0xd1));
  EXPECT_EQ(ToHex(request.nonce), "123456789abcdef0");
  EXPECT_EQ(ToHex(request.policy), "04008f670101");
  EXPECT_TRUE(request.cert_req);
}

TEST(TimestampRequest, LeastRequestIsAccepted) {
  const TimestampRequest request = Accepted(Request({kVersion, kImprint}));
  EXPECT_TRUE(request.nonce.empty());
  EXPECT_TRUE(request.policy.empty());
  EXPECT_FALSE(request.cert_req);
  EXPECT_EQ(request.imprint_der, kImprint);
}

TEST(TimestampRequest, DigestParametersMayBeAbsent) {
  const Bytes imprint =
      DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {kSha256Oid}), kDigest});
  EXPECT_EQ(Accepted(Request({kVersion, imprint})).imprint_der, imprint);
}

TEST(TimestampRequest, CertReqSpeltOutAsFalseIsLetPass) {
  EXPECT_FALSE(Accepted(Request({kVersion, kImprint, Bytes{0x01, 0x01, 0x00}})).cert_req);
}

TEST(TimestampRequest, NonceOfTheLimitAndNegativeNonceAreAccepted) {
  EXPECT_EQ(
      Accepted(Request({kVersion, kImprint, DerOf(der_tag::kInteger, {Bytes(kMaxNonceSize, 1)})}))
          .nonce.size(),
      kMaxNonceSize);
  EXPECT_EQ(Accepted(Request({kVersion, kImprint, Bytes{0x02, 0x01, 0xff}})).nonce, Bytes{0xff});
}

TEST(TimestampRequest, OwnRequestIsTheSameAsOpenSslsButForTheNull) {
  const Bytes nonce = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};
  const MessageImprint imprint{.digest = Bytes(32, 0xd1)};
  const Bytes own = EncodeTimestampRequest(imprint, nonce);
  auto parsed = DecodeDer<TsReqPtr, d2i_TS_REQ>(own);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(EncodeDer<i2d_TS_REQ>(parsed->get()).value(), own);
  const TimestampRequest request = Accepted(own);
  EXPECT_EQ(request.nonce, nonce);
  EXPECT_TRUE(request.cert_req);
  EXPECT_EQ(request.imprint.digest, imprint.digest);
}

// Whatever our reader accepts, OpenSSL's accepts as well, and writes back the same.
TEST(TimestampRequest, OneOctetChangedIsNeverAcceptedWhereOpenSslRefuses) {
  const Bytes valid = OpenSslRequest({.policy = "0.4.0.2023.1.1"});
  for (size_t at = 0; at < valid.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      Bytes changed = valid;
      changed[at] = static_cast<uint8_t>(value);
      if (std::holds_alternative<FailureInfo>(ParseTimestampRequest(changed))) continue;
      const auto parsed = DecodeDer<TsReqPtr, d2i_TS_REQ>(changed);
      ASSERT_TRUE(parsed.ok()) << "octet " << at << " value " << value;
      if (changed[at] != 0x00) {  // certReq FALSE spelt out is written back without it
        EXPECT_EQ(EncodeDer<i2d_TS_REQ>(parsed->get()).value(), changed) << at << " " << value;
      }
    }
  }
  DrainOpenSslErrors();
}

TEST(TimestampRequest, EveryPrefixOfARequestIsRefused) {
  const Bytes valid = OpenSslRequest();
  for (size_t size = 0; size < valid.size(); ++size) {
    EXPECT_TRUE(std::holds_alternative<FailureInfo>(
        ParseTimestampRequest(ByteSpan(valid).subspan(0, size))))
        << size;
  }
}

}  // namespace
}  // namespace enkrat::tsa
