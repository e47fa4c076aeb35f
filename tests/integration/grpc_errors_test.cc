// What a client of the real service is told when it is refused: the code and the reason of
// README.md's table, and nothing else.
#include <string>

#include "absl/strings/str_cat.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "enkrat/v1/timestamp_service.pb.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// grpc::StatusCode, by the numbers that are on the wire.
constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;
constexpr int kAlreadyExists = 6;
constexpr int kPermissionDenied = 7;
constexpr int kResourceExhausted = 8;
constexpr int kUnimplemented = 12;
constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;

class GrpcErrorsTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    StartService();
    caller_ = std::make_unique<GrpcCaller>(GrpcCaller::Options{service().grpc_target()});
  }
  static void TearDownTestSuite() {
    caller_.reset();
    RunningService::TearDownTestSuite();
  }

  static const GrpcCaller& caller() { return *caller_; }

  static CallOutcome Send(const v1::SignRequest& request, v1::SignResponse* response = nullptr) {
    return caller().Call(kSign, request, response);
  }
  // A request that is in order but for what `spoil` does to it after the login.
  template <typename Spoil>
  static CallOutcome SendSpoiled(Spoil spoil) {
    v1::SignRequest request = BoundRequest(service(), caller());
    spoil(request);
    return Send(request);
  }
  static CallOutcome SendWithClaims(const std::map<std::string, std::string>& claims) {
    return Send(BoundRequest(service(), caller(), claims));
  }

 private:
  static inline std::unique_ptr<GrpcCaller> caller_;
};

TEST_F(GrpcErrorsTest, RequestInOrderIsAnswered) {
  v1::SignResponse response;
  ASSERT_THAT(Send(BoundRequest(service(), caller()), &response), IsGranted());
  EXPECT_EQ(response.signatures_size(), 1);
  EXPECT_EQ(response.destruction().signature_count(), 1u);
  EXPECT_EQ(response.destruction().key_attributes().at("CKA_NEVER_EXTRACTABLE"), "true");
}

// REQUEST_MALFORMED, with the field that is to blame.
struct Malformed {
  const char* name;
  void (*spoil)(v1::SignRequest& request);
  const char* field;
};

class MalformedRequestTest : public GrpcErrorsTest,
                             public ::testing::WithParamInterface<Malformed> {
 protected:
  static void SetUpTestSuite() { GrpcErrorsTest::SetUpTestSuite(); }
};

TEST_P(MalformedRequestTest, IsInvalidArgumentAndNamesTheField) {
  v1::SignRequest request = UnboundRequest();
  request.set_assertion("never looked at");
  GetParam().spoil(request);
  const CallOutcome outcome = Send(request);
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_EQ(outcome.message, "The request is malformed.");
  EXPECT_EQ(outcome.field, GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    All, MalformedRequestTest,
    ::testing::Values(
        Malformed{"NoIntent", [](v1::SignRequest& r) { r.clear_intent(); }, "intent.level"},
        Malformed{"NoRequestId", [](v1::SignRequest& r) { r.mutable_intent()->clear_request_id(); },
                  "intent.request_id"},
        Malformed{"RequestIdIsNoUuid",
                  [](v1::SignRequest& r) { r.mutable_intent()->set_request_id("1"); },
                  "intent.request_id"},
        Malformed{"NoLevel", [](v1::SignRequest& r) { r.mutable_intent()->clear_level(); },
                  "intent.level"},
        Malformed{"UnknownLevel",
                  [](v1::SignRequest& r) {
                    r.mutable_intent()->set_level(static_cast<v1::SignatureLevel>(77));
                  },
                  "intent.level"},
        Malformed{"NoKind", [](v1::SignRequest& r) { r.mutable_intent()->clear_kind(); },
                  "intent.kind"},
        Malformed{"NoFormat", [](v1::SignRequest& r) { r.clear_format(); }, "format"},
        Malformed{
            "UnknownKey",
            [](v1::SignRequest& r) { r.set_key_algorithm(static_cast<v1::KeyAlgorithm>(77)); },
            "key_algorithm"},
        Malformed{"NoDocuments", [](v1::SignRequest& r) { r.mutable_intent()->clear_documents(); },
                  "intent.documents"},
        Malformed{
            "EmptyLabel",
            [](v1::SignRequest& r) { r.mutable_intent()->mutable_documents(0)->clear_label(); },
            "intent.documents[0].label"},
        Malformed{
            "ControlCharacterInLabel",
            [](v1::SignRequest& r) { r.mutable_intent()->mutable_documents(0)->set_label("a\nb"); },
            "intent.documents[0].label"},
        Malformed{"NoAssertion", [](v1::SignRequest& r) { r.clear_assertion(); }, "assertion"}),
    [](const auto& one) { return one.param.name; });

TEST_F(GrpcErrorsTest, OctetsThatAreNoMessageAreRefused) {
  EXPECT_FALSE(caller().Call(kSign, std::string("\xff\xff\xff")).ok());
}

TEST_F(GrpcErrorsTest, DigestOfAnotherLengthIsUnsupported) {
  const CallOutcome outcome = SendSpoiled([](v1::SignRequest& request) {
    request.mutable_intent()->mutable_documents(0)->set_digest(std::string(31, 'x'));
  });
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "DIGEST_UNSUPPORTED"));
  EXPECT_EQ(outcome.field, "intent.documents[0].digest");
}

TEST_F(GrpcErrorsTest, DigestWithoutAlgorithmIsUnsupported) {
  EXPECT_THAT(SendSpoiled([](v1::SignRequest& request) {
                request.mutable_intent()->mutable_documents(0)->clear_digest_algorithm();
              }),
              Refuses(kInvalidArgument, "DIGEST_UNSUPPORTED"));
}

TEST_F(GrpcErrorsTest, RawSignatureOverAnotherDigestThanTheKeysIsUnsupported) {
  EXPECT_THAT(SendSpoiled([](v1::SignRequest& request) {
                request.set_key_algorithm(v1::KEY_ALGORITHM_ECDSA_P384);
              }),
              Refuses(kInvalidArgument, "DIGEST_UNSUPPORTED"));
}

TEST_F(GrpcErrorsTest, ThousandAndOneDocumentsExceedALimit) {
  v1::SignRequest request = UnboundRequest(1001);
  request.set_assertion("never looked at");
  const CallOutcome outcome = Send(request);
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "LIMIT_EXCEEDED"));
  EXPECT_EQ(outcome.field, "intent.documents");
}

TEST_F(GrpcErrorsTest, AssertionOverSixteenKibibytesExceedsALimit) {
  const CallOutcome outcome = SendSpoiled(
      [](v1::SignRequest& request) { request.set_assertion(std::string(16 * 1024 + 1, 'x')); });
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "LIMIT_EXCEEDED"));
  EXPECT_EQ(outcome.field, "assertion");
}

// All causes look alike.
class RejectedAssertionTest : public GrpcErrorsTest,
                              public ::testing::WithParamInterface<
                                  std::pair<const char*, std::map<std::string, std::string>>> {
 protected:
  static void SetUpTestSuite() { GrpcErrorsTest::SetUpTestSuite(); }
};

TEST_P(RejectedAssertionTest, IsUnauthenticatedWithoutSayingWhy) {
  const CallOutcome outcome = SendWithClaims(GetParam().second);
  EXPECT_THAT(outcome, Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_EQ(outcome.message, "The identity assertion was not accepted. Get a new one.");
  EXPECT_EQ(outcome.field, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, RejectedAssertionTest,
    ::testing::Values(
        std::make_pair("Expired", std::map<std::string, std::string>{{"exp_in", "-60"}}),
        std::make_pair("FromTheFuture", std::map<std::string, std::string>{{"iat_in", "120"}}),
        std::make_pair("OldAuthentication",
                       std::map<std::string, std::string>{{"auth_time_in", "-600"}}),
        std::make_pair("ForSomebodyElse", std::map<std::string, std::string>{{"aud", "other"}}),
        std::make_pair("ForOtherDocuments", std::map<std::string, std::string>{{"nonce", "abc"}}),
        std::make_pair("WithoutNonce", std::map<std::string, std::string>{{"nonce", ""}}),
        std::make_pair("OfAnotherIssuer",
                       std::map<std::string, std::string>{{"iss", "https://evil.example"}}),
        std::make_pair("WithUnknownAcr", std::map<std::string, std::string>{{"acr", "wish"}}),
        std::make_pair("WithoutAcr", std::map<std::string, std::string>{{"acr", ""}}),
        std::make_pair("NamingNobody",
                       std::map<std::string, std::string>{{"given_name", ""}, {"family_name", ""}}),
        std::make_pair("WithBidiInTheName",
                       std::map<std::string, std::string>{{"given_name", "A\u202Ena"}})),
    [](const auto& one) { return one.param.first; });

TEST_F(GrpcErrorsTest, AssertionThatIsNoTokenIsRejected) {
  for (const char* assertion : {"x", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_THAT(SendSpoiled([&](v1::SignRequest& request) { request.set_assertion(assertion); }),
                Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  }
}

// Or to be tried again, while the provider's keys were fetched only a moment ago.
TEST_F(GrpcErrorsTest, AssertionByAnUnknownKeyIsNotAccepted) {
  const CallOutcome outcome = SendWithClaims({{"kid", "stranger"}});
  if (outcome.reason == "IDP_KEYS_UNAVAILABLE") {
    EXPECT_THAT(outcome, Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE"));
    EXPECT_TRUE(outcome.has_retry_delay);
  } else {
    EXPECT_THAT(outcome, Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  }
}

TEST_F(GrpcErrorsTest, ChangedSignatureOfTheAssertionIsRejected) {
  EXPECT_THAT(SendSpoiled([](v1::SignRequest& request) {
                char& character = (*request.mutable_assertion())[request.assertion().size() - 10];
                character = character == 'A' ? 'B' : 'A';
              }),
              Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(GrpcErrorsTest, AssertionIsNotGoodForTwoRequests) {
  const v1::SignRequest request = BoundRequest(service(), caller());
  ASSERT_THAT(Send(request), IsGranted());
  v1::SignRequest other = request;
  other.mutable_intent()->set_request_id(NewRequestId());
  EXPECT_THAT(Send(other), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(GrpcErrorsTest, LowLevelOfAssuranceIsToldWhatIsAskedFor) {
  const CallOutcome outcome = SendWithClaims({{"acr", "urn:enkrat:loa:low"}});
  EXPECT_THAT(outcome, Refuses(kUnauthenticated, "LEVEL_OF_ASSURANCE_TOO_LOW"));
  EXPECT_EQ(outcome.message, "The level of assurance is too low; asked for: substantial.");
}

TEST_F(GrpcErrorsTest, LevelThatThePartyHasNotIsNotPermitted) {
  EXPECT_THAT(SendSpoiled([](v1::SignRequest& request) {
                request.mutable_intent()->set_level(v1::SIGNATURE_LEVEL_QUALIFIED);
              }),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));
}

TEST_F(GrpcErrorsTest, SealWithoutAProfileIsNotPermitted) {
  EXPECT_THAT(SendSpoiled([](v1::SignRequest& request) {
                request.mutable_intent()->set_kind(v1::SIGNATURE_KIND_SEAL);
                request.mutable_intent()->set_organization_identifier("VATSI-12345678");
              }),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));
}

TEST_F(GrpcErrorsTest, RequestIdWithOtherContentAlreadyExists) {
  const v1::SignRequest first = BoundRequest(service(), caller());
  ASSERT_THAT(Send(first), IsGranted());
  v1::SignRequest other = first;
  other.set_format(v1::SIGNATURE_FORMAT_CADES_B_B);
  EXPECT_THAT(Send(other), Refuses(kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(GrpcErrorsTest, UnknownRecordsAreNotFound) {
  v1::GetSessionRequest session;
  session.set_request_id(NewRequestId());
  EXPECT_THAT(caller().Call(kGetSession, session, nullptr), Refuses(kNotFound, "NOT_FOUND"));
  v1::GetCertificateRequest certificate;
  certificate.set_serial_number("0123456789abcdef");
  EXPECT_THAT(caller().Call(kGetCertificate, certificate, nullptr),
              Refuses(kNotFound, "NOT_FOUND"));
  certificate.set_fingerprint_sha256(std::string(32, 'x'));
  EXPECT_THAT(caller().Call(kGetCertificate, certificate, nullptr),
              Refuses(kNotFound, "NOT_FOUND"));
}

TEST_F(GrpcErrorsTest, LookupsOfNothingAreMalformed) {
  EXPECT_THAT(caller().Call(kGetSession, v1::GetSessionRequest(), nullptr),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_THAT(caller().Call(kGetCertificate, v1::GetCertificateRequest(), nullptr),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  v1::GetCertificateRequest certificate;
  certificate.set_serial_number("no hexadecimal");
  EXPECT_THAT(caller().Call(kGetCertificate, certificate, nullptr),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  v1::ListCertificatesRequest list;
  list.set_page_token("not a token of ours");
  EXPECT_THAT(caller().Call(kListCertificates, list, nullptr),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(GrpcErrorsTest, TimestampOfAWrongDigestIsUnsupported) {
  v1::TimestampRequest request;
  request.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
  request.set_digest(std::string(20, 'x'));
  EXPECT_THAT(caller().Call(kTimestamp, request, nullptr),
              Refuses(kInvalidArgument, "DIGEST_UNSUPPORTED"));
}

TEST_F(GrpcErrorsTest, NothingLeaksToTheClient) {
  v1::SignRequest request = BoundRequest(service(), caller(), {{"aud", "other"}});
  const CallOutcome outcome = Send(request);
  ASSERT_THAT(outcome, Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  const std::string seen = outcome.message + outcome.details;
  for (const std::string& secret : {request.assertion(), request.intent().request_id(),
                                    std::string("other"), std::string("aud"), std::string("Novak"),
                                    service().idp_url(), std::string("/tmp"), std::string(".cc")}) {
    EXPECT_THAT(seen, Not(HasSubstr(secret)));
  }
}

TEST_F(GrpcErrorsTest, NeitherTokenNorNameIsInTheLog) {
  const v1::SignRequest request = BoundRequest(service(), caller());
  ASSERT_THAT(Send(request), IsGranted());
  const v1::SignRequest refused = BoundRequest(service(), caller(), {{"exp_in", "-60"}});
  ASSERT_FALSE(Send(refused).ok());
  const std::string log = service().daemon().err();
  EXPECT_THAT(log, HasSubstr(request.intent().request_id()));
  EXPECT_THAT(log, HasSubstr(refused.intent().request_id()));
  for (const std::string& secret :
       {request.assertion(), refused.assertion(), std::string("Novak"), service().user_pin()}) {
    EXPECT_THAT(log, Not(HasSubstr(secret)));
  }
}

TEST_F(GrpcErrorsTest, HealthIsServingForEveryService) {
  for (const std::string& name :
       {std::string(), std::string("enkrat.v1.SigningService"),
        std::string("enkrat.v1.CertificateService"), std::string("enkrat.v1.TimestampService")}) {
    // HealthCheckRequest{service = 1}, HealthCheckResponse{status = 1: SERVING}.
    const std::string question =
        absl::StrCat("\x0a", std::string(1, static_cast<char>(name.size())), name);
    const CallOutcome outcome = caller().Call("/grpc.health.v1.Health/Check", question);
    ASSERT_THAT(outcome, IsGranted()) << name;
    EXPECT_EQ(*outcome.reply, "\x08\x01") << name;
  }
}

TEST_F(GrpcErrorsTest, HealthOfAnUnknownServiceIsNotFound) {
  EXPECT_EQ(caller().Call("/grpc.health.v1.Health/Check", std::string("\x0a\x01x")).code,
            kNotFound);
}

// ServerReflectionRequest{list_services = 7}.
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kListServices[] = "\x3a\x01*";

TEST_F(GrpcErrorsTest, ReflectionIsOffByDefault) {
  EXPECT_EQ(caller().Call(kReflection, std::string(kListServices)).code, kUnimplemented);
}

TEST_F(GrpcErrorsTest, UnknownMethodIsUnimplemented) {
  EXPECT_EQ(caller().Call("/enkrat.v1.SigningService/Steal", std::string()).code, kUnimplemented);
}

TEST_F(GrpcErrorsTest, MessageOverOneAndAHalfMebibytesIsRefused) {
  EXPECT_EQ(caller().Call(kSign, std::string(1536 * 1024 + 1, '\0')).code, kResourceExhausted);
}

TEST_F(GrpcErrorsTest, MetadataOverEightKibibytesIsRefused) {
  const CallOutcome outcome = caller().Call(
      kComputeBinding, std::string(), {.metadata = {{"x-large", std::string(9 * 1024, 'x')}}});
  EXPECT_EQ(outcome.code, kResourceExhausted) << outcome.message;
  // gRPC may end the connection over it; the next one serves.
  const auto small = [] {
    return caller().Call(kComputeBinding, std::string(),
                         {.metadata = {{"x-small", std::string(1024, 'x')}}});
  };
  CallOutcome next = small();
  if (next.code == kUnavailable) next = small();
  EXPECT_THAT(next, Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

}  // namespace
}  // namespace enkrat::testing
