// Who is let in: only callers with a certificate of the configured CA, each as the party that the
// certificate names, and none sees what is another's.
#include <string>

#include "common/bytes.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kNotFound = 5;
constexpr int kPermissionDenied = 7;
constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;

class MutualTlsTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService({.mutual_tls = true}); }

  // A caller with a certificate of `issuer` named `name`.
  static GrpcCaller::Options With(const ServiceCertificates& issuer, const std::string& name) {
    return {.target = service().grpc_target(),
            .ca_file = service().tls().CaFile(),
            .certificate_file = issuer.CertificateFile(name),
            .key_file = issuer.KeyFile(name)};
  }
  static GrpcCaller Party(const std::string& name) {
    return GrpcCaller(With(service().tls(), name));
  }

  static CallOutcome Ask(const GrpcCaller& caller) {
    return caller.Call(kListCertificates, v1::ListCertificatesRequest(), nullptr);
  }

  static CallOutcome AskAs(const std::string& name, const std::string& alternative_name) {
    service().tls().Issue(name, alternative_name);
    return Ask(Party(name));
  }
};

TEST_F(MutualTlsTest, KnownPartySigns) {
  const GrpcCaller alpha = Party("alpha");
  EXPECT_THAT(alpha.Call(kSign, BoundRequest(service(), alpha), nullptr), IsGranted());
}

TEST_F(MutualTlsTest, CommandLineSignsWithItsCertificate) {
  std::vector<std::string> words = {"sign", MakeDocument("tls.txt")};
  for (const std::string& word : service().LoginOptions("alpha")) words.push_back(word);
  EXPECT_THAT(service().Enkrat(words), Succeeds());
}

TEST_F(MutualTlsTest, CallerWithoutCertificateIsNotConnected) {
  const GrpcCaller nobody({.target = service().grpc_target(), .ca_file = service().tls().CaFile()});
  EXPECT_EQ(Ask(nobody).code, kUnavailable);
}

TEST_F(MutualTlsTest, CallerWithoutTlsIsNotConnected) {
  EXPECT_EQ(Ask(GrpcCaller({.target = service().grpc_target()})).code, kUnavailable);
}

TEST_F(MutualTlsTest, CertificateOfAnotherCaIsNotConnected) {
  const ServiceCertificates other(service().File("other-ca"));
  other.Issue("alpha", "DNS:alpha.example");
  EXPECT_EQ(Ask(GrpcCaller(With(other, "alpha"))).code, kUnavailable);
}

TEST_F(MutualTlsTest, ServiceOfAnotherCaIsNotTrustedByTheClient) {
  const ServiceCertificates other(service().File("wrong-trust"));
  GrpcCaller::Options options = With(service().tls(), "alpha");
  options.ca_file = other.CaFile();
  EXPECT_EQ(Ask(GrpcCaller(options)).code, kUnavailable);
}

TEST_F(MutualTlsTest, UnknownNameIsPermissionDenied) {
  const CallOutcome outcome = AskAs("stranger", "DNS:stranger.example");
  EXPECT_THAT(outcome, Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
  EXPECT_EQ(outcome.message, "The relying party is not known.");
}

TEST_F(MutualTlsTest, CommonNameDoesNotCount) {
  EXPECT_THAT(AskAs("alpha.example", "DNS:nobody.example"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
}

TEST_F(MutualTlsTest, NameOfAnotherKindDoesNotCount) {
  EXPECT_THAT(AskAs("by-uri", "URI:alpha.example"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
  EXPECT_THAT(AskAs("by-mail", "email:alpha.example@example.org"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
}

TEST_F(MutualTlsTest, NamesOfTwoPartiesAreNobodys) {
  EXPECT_THAT(AskAs("both", "DNS:alpha.example,DNS:beta.example"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
}

TEST_F(MutualTlsTest, WildcardAndSubdomainAreNotTheParty) {
  EXPECT_THAT(AskAs("wildcard", "DNS:*.example"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
  EXPECT_THAT(AskAs("subdomain", "DNS:x.alpha.example"),
              Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
}

TEST_F(MutualTlsTest, MetadataDoesNotMakeAPartyAnother) {
  const GrpcCaller beta = Party("beta");
  v1::ListCertificatesResponse mine;
  ASSERT_THAT(beta.Call(kListCertificates, v1::ListCertificatesRequest(), &mine,
                        {.metadata = {{"x-relying-party", "alpha"},
                                      {"x-forwarded-client-cert", "DNS=alpha.example"}}}),
              IsGranted());
  EXPECT_EQ(mine.certificates_size(), 0);
}

TEST_F(MutualTlsTest, PartyDoesNotSeeTheSessionsAndCertificatesOfAnother) {
  const GrpcCaller alpha = Party("alpha");
  const GrpcCaller beta = Party("beta");
  const v1::SignRequest request = BoundRequest(service(), alpha);
  v1::SignResponse signed_by_alpha;
  ASSERT_THAT(alpha.Call(kSign, request, &signed_by_alpha), IsGranted());

  v1::GetSessionRequest session;
  session.set_request_id(request.intent().request_id());
  EXPECT_THAT(alpha.Call(kGetSession, session, nullptr), IsGranted());
  EXPECT_THAT(beta.Call(kGetSession, session, nullptr),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));

  v1::GetCertificateRequest by_serial;
  by_serial.set_serial_number(signed_by_alpha.certificate().serial_number());
  EXPECT_THAT(alpha.Call(kGetCertificate, by_serial, nullptr), IsGranted());
  EXPECT_THAT(beta.Call(kGetCertificate, by_serial, nullptr),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));

  v1::GetCertificateRequest by_fingerprint;
  by_fingerprint.set_fingerprint_sha256(signed_by_alpha.certificate().fingerprint_sha256());
  EXPECT_THAT(alpha.Call(kGetCertificate, by_fingerprint, nullptr), IsGranted());
  EXPECT_THAT(beta.Call(kGetCertificate, by_fingerprint, nullptr),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));

  v1::ListCertificatesResponse list;
  ASSERT_THAT(beta.Call(kListCertificates, v1::ListCertificatesRequest(), &list), IsGranted());
  EXPECT_EQ(list.certificates_size(), 0);

  // Who asked for which id, and nothing of what it is the id of.
  const ProgramOutcome denied =
      service().Enkrat({"evidence", "denied", "--store", service().File("ledger.db")});
  ASSERT_THAT(denied, Succeeds());
  for (const std::string& id :
       {request.intent().request_id(), signed_by_alpha.certificate().serial_number(),
        ToHex(AsSpan(signed_by_alpha.certificate().fingerprint_sha256()))}) {
    EXPECT_THAT(denied.out, HasSubstr(R"("relying_party":"beta",)")) << id;
    EXPECT_THAT(denied.out, HasSubstr(id));
  }
  EXPECT_THAT(denied.out, Not(HasSubstr("alpha")));
}

TEST_F(MutualTlsTest, PageTokenOfAnotherPartyIsDeniedAndKept) {
  const GrpcCaller alpha = Party("alpha");
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(alpha.Call(kSign, BoundRequest(service(), alpha), nullptr), IsGranted());
  }
  v1::ListCertificatesRequest list;
  list.set_page_size(1);
  v1::ListCertificatesResponse page;
  ASSERT_THAT(alpha.Call(kListCertificates, list, &page), IsGranted());
  ASSERT_NE(page.next_page_token(), "");
  list.set_page_token(page.next_page_token());
  EXPECT_THAT(alpha.Call(kListCertificates, list, nullptr), IsGranted());
  EXPECT_THAT(Party("beta").Call(kListCertificates, list, nullptr),
              Refuses(kPermissionDenied, "NOT_PERMITTED"));
  EXPECT_THAT(service().Enkrat({"evidence", "denied", "--store", service().File("ledger.db")}).out,
              HasSubstr("page_token_sha256"));
}

TEST_F(MutualTlsTest, IdOfNobodyIsNotFoundAndNoEvidence) {
  v1::GetSessionRequest session;
  session.set_request_id(NewRequestId());
  EXPECT_THAT(Party("beta").Call(kGetSession, session, nullptr), Refuses(kNotFound, "NOT_FOUND"));
  v1::GetCertificateRequest certificate;
  certificate.set_serial_number("7a00000000000000000000000000abcd");
  EXPECT_THAT(Party("beta").Call(kGetCertificate, certificate, nullptr),
              Refuses(kNotFound, "NOT_FOUND"));
  EXPECT_THAT(service().Enkrat({"evidence", "denied", "--store", service().File("ledger.db")}).out,
              Not(HasSubstr("abcd")));
}

TEST_F(MutualTlsTest, AssertionForOnePartyIsNotGoodForAnother) {
  const GrpcCaller alpha = Party("alpha");
  const v1::SignRequest request = BoundRequest(service(), alpha);
  EXPECT_THAT(Party("beta").Call(kSign, request, nullptr),
              Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(alpha.Call(kSign, request, nullptr), IsGranted()) << "not spent by the other";
}

TEST_F(MutualTlsTest, HttpEndpointNeedsNoCertificate) {
  EXPECT_THAT(Execute({"curl", "-sSf", service().http_url() + "/healthz"}), Succeeds());
}

}  // namespace
}  // namespace enkrat::testing
