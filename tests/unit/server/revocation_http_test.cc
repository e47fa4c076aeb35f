// OCSP and CRLs over HTTP, and their settings: what is answered, cached and refused.
#include <gtest/gtest.h>

#include "common/reason.h"
#include "server/http_endpoints.h"
#include "server/ocsp_over_http.h"
#include "server/revocation_settings.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

std::string HeaderOf(const HttpHeaders& headers, const std::string& name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(OcspOverHttpTest, PathHoldsTheRequestInEitherAlphabet) {
  const Bytes octets = {0xfb, 0xff, 0xfe, 0x01};  // "+//+AQ==" and "-__-AQ"
  EXPECT_EQ(OcspRequestInPath("/ocsp/+//+AQ=="), octets);
  EXPECT_EQ(OcspRequestInPath("/ocsp/-__-AQ"), octets);
  EXPECT_EQ(OcspRequestInPath("/ocsp/%2B%2F%2f%2BAQ%3D%3D"), octets);
  // Some clients put a slash of their own in front.
  EXPECT_EQ(OcspRequestInPath("/ocsp//AQID"), (Bytes{1, 2, 3}));
}

TEST(OcspOverHttpTest, OtherPathsHoldNone) {
  for (const char* path : {"/ocsp", "/ocspx", "/crl/AAAA", "/ocsp/!", "/ocsp/%", "/ocsp/%4",
                           "/ocsp/%zz", "/ocsp/AAAAA", "/ocsp/AA AA"}) {
    EXPECT_EQ(OcspRequestInPath(path), std::nullopt) << path;
  }
  EXPECT_EQ(OcspRequestInPath("/ocsp/" + std::string(9000, 'A')), std::nullopt);
  EXPECT_FALSE(IsOcspPath("/ocspx"));
  EXPECT_TRUE(IsOcspPath("/ocsp/x"));
}

TEST(OcspOverHttpTest, OnlySharedAnswersMayBeCachedAndNotForLong) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  signer::OcspResponder::Reply reply = {.response_der = {1},
                                        .status = absl::OkStatus(),
                                        .produced_at = now,
                                        .next_update = now + absl::Hours(1)};
  EXPECT_THAT(HeaderOf(OcspHeaders(reply), "Cache-Control"), HasSubstr("max-age=300"));
  EXPECT_EQ(HeaderOf(OcspHeaders(reply), "Expires"), "Fri, 15 Jan 2027 09:00:00 GMT");
  reply.next_update = now + absl::Minutes(2);
  EXPECT_THAT(HeaderOf(OcspHeaders(reply), "Cache-Control"), HasSubstr("max-age=60"));
  reply.next_update = absl::InfinitePast();
  EXPECT_EQ(HeaderOf(OcspHeaders(reply), "Cache-Control"), "no-store");
  reply.next_update = now + absl::Hours(1);
  reply.status = MakeError(Reason::kHsmUnavailable, "gone");
  EXPECT_EQ(HeaderOf(OcspHeaders(reply), "Cache-Control"), "no-store");
}

HttpRequest Plain(const std::string& method, const std::string& path) {
  return {.method = method, .path = path, .content_type = "", .body = {}};
}

class OcspEndpointTest : public ::testing::Test {
 protected:
  HttpEndpoints::Parts Parts() {
    HttpEndpoints::Parts parts;
    parts.ocsp = [this](ByteSpan request) -> absl::StatusOr<signer::OcspResponder::Reply> {
      ++asked_;
      if (busy_) return MakeError(Reason::kOverloaded, "full");
      return signer::OcspResponder::Reply{.response_der = ToBytes(request),
                                          .status = absl::OkStatus()};
    };
    parts.crl = [](const std::string& name) -> signer::PublishedCrlPtr {
      if (name != "issuing-ca") return nullptr;
      return std::make_shared<signer::PublishedCrl>(
          signer::PublishedCrl{.der = {0x30, 0}, .facts = {}});
    };
    return parts;
  }
  HttpResponse Send(const std::string& method, const std::string& path,
                    const std::string& type = "application/ocsp-request", Bytes body = {0x30}) {
    return HttpEndpoints(Parts()).Answer(
        {.method = method, .path = path, .content_type = type, .body = std::move(body)});
  }

  int asked_ = 0;
  bool busy_ = false;
};

TEST_F(OcspEndpointTest, PostAndGetReachTheResponder) {
  EXPECT_EQ(Send("POST", "/ocsp").status, 200);
  EXPECT_EQ(Send("POST", "/ocsp", "Application/OCSP-Request; x=y").status, 200);
  EXPECT_EQ(Send("GET", "/ocsp/AQID", "", {}).body, (Bytes{1, 2, 3}));
  EXPECT_EQ(Send("GET", "/ocsp/!", "", {}).body, Bytes());  // the responder says that it is none
  EXPECT_EQ(asked_, 4);
}

TEST_F(OcspEndpointTest, OtherMethodsTypesAndSizesDoNot) {
  EXPECT_EQ(Send("PUT", "/ocsp").status, 405);
  EXPECT_EQ(Send("GET", "/ocsp").status, 405);
  EXPECT_EQ(Send("POST", "/ocsp/AQID").status, 405);
  EXPECT_EQ(Send("POST", "/ocsp", "text/plain").status, 415);
  EXPECT_EQ(Send("POST", "/ocsp", "application/ocsp-request", Bytes(4097, 0)).status, 413);
  EXPECT_EQ(Send("GET", "/ocsp/" + std::string(6000, 'A'), "", {}).status, 413);
  EXPECT_EQ(asked_, 0);
}

TEST_F(OcspEndpointTest, FullHouseIsBusyAndNoResponderIsNotFound) {
  busy_ = true;
  EXPECT_EQ(Send("POST", "/ocsp").status, 503);
  HttpEndpoints::Parts parts;
  EXPECT_EQ(HttpEndpoints(parts).Answer(Plain("POST", "/ocsp")).status, 404);
  EXPECT_EQ(HttpEndpoints(parts).Answer(Plain("GET", "/crl/root.crl")).status, 404);
}

TEST_F(OcspEndpointTest, CrlsAreQuickAndStatusRequestsAreNot) {
  const HttpEndpoints endpoints(Parts());
  const auto crl = endpoints.AnswerQuickly(Plain("GET", "/crl/issuing-ca.crl"));
  ASSERT_TRUE(crl.has_value());
  EXPECT_EQ(crl->content_type, "application/pkix-crl");
  EXPECT_EQ(Send("GET", "/crl/other.crl", "", {}).status, 404);
  EXPECT_EQ(Send("GET", "/crl/issuing-ca", "", {}).status, 404);
  EXPECT_EQ(Send("POST", "/crl/issuing-ca.crl").status, 405);
  EXPECT_FALSE(endpoints.AnswerQuickly(Plain("POST", "/ocsp")).has_value());
  EXPECT_FALSE(endpoints.AnswerQuickly(Plain("GET", "/ocsp/AA")).has_value());
}

class RevocationSettingsTest : public ::testing::Test {
 protected:
  RevocationSettingsTest() {
    config_.mutable_certificates()->set_chain_file("/etc/enkrat/chain.pem");
    config_.mutable_store()->set_path("/var/lib/enkrat/ledger.db");
  }
  config::v1::RevocationConfig& given() { return *config_.mutable_revocation(); }

  Config config_;
};

TEST_F(RevocationSettingsTest, DefaultsLieBesideWhatIsThere) {
  ASSERT_OK_AND_ASSIGN(const RevocationSettings settings, RevocationFrom(config_));
  EXPECT_EQ(settings.crl_interval, absl::Hours(1));
  EXPECT_EQ(settings.crl_lifetime, absl::Hours(24));
  EXPECT_EQ(settings.crl_folder, "/var/lib/enkrat/crl");
  EXPECT_EQ(settings.ocsp_chain_file, "/etc/enkrat/ocsp.pem");
  EXPECT_FALSE(settings.ocsp_required);
  EXPECT_EQ(settings.root_crl_files, std::vector<std::string>{"/etc/enkrat/root.crl"});
}

TEST_F(RevocationSettingsTest, TimesAndFiguresOutOfRangeAreRefused) {
  given().mutable_crl_interval()->set_seconds(59);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().mutable_crl_interval()->set_seconds(86401);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().mutable_crl_interval()->set_seconds(3600);
  given().mutable_crl_lifetime()->set_seconds(7199);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().mutable_crl_lifetime()->set_seconds(8 * 86400);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().mutable_crl_lifetime()->set_seconds(7200);
  EXPECT_THAT(RevocationFrom(config_), IsOk());
  given().mutable_ocsp_lifetime()->set_seconds(59);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().mutable_ocsp_lifetime()->set_seconds(86401);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
  given().clear_ocsp_lifetime();
  given().set_ocsp_signatures_per_second(10'001);
  EXPECT_THAT(RevocationFrom(config_), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(RevocationSettingsTest, FilesThatAreNamedMustBeThere) {
  EXPECT_THAT(CheckRevocationFiles(config_), IsOk());
  given().add_root_crl_files("/nowhere/root.crl");
  EXPECT_THAT(CheckRevocationFiles(config_), FailsWith(Reason::kConfigurationInvalid));
  given().clear_root_crl_files();
  given().set_ocsp_chain_file("/nowhere/ocsp.pem");
  EXPECT_THAT(CheckRevocationFiles(config_), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
