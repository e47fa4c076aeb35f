// Which authorization_details authorise an act, and that nothing else does.
#include "idp_client/authorized_act_claim.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using nlohmann::json;

AuthorizedAct Act() {
  return {.relying_party = "demo",
          .request_id = "5ce1a3a6-2b1f-4c2c-9a53-1f6f1d2a7c10",
          .level = "ADVANCED",
          .kind = "SIGNATURE",
          .organization_identifier = "",
          .documents = {{.label = "Contract",
                         .digest_algorithm_oid = "2.16.840.1.101.3.4.2.1",
                         .digest = Bytes(32, 0xfb)},
                        {.label = "Annex",
                         .digest_algorithm_oid = "2.16.840.1.101.3.4.2.2",
                         .digest = Bytes(48, 0x01)}}};
}

AuthorizedAct Seal() {
  AuthorizedAct act = Act();
  act.kind = "SEAL";
  act.organization_identifier = "VATSI-12345678";
  return act;
}

// As a client writes it, with our function out of play.
json Details() {
  return json::parse(R"({
    "type": "document_signing",
    "relying_party": "demo",
    "request_id": "5ce1a3a6-2b1f-4c2c-9a53-1f6f1d2a7c10",
    "level": "ADVANCED",
    "kind": "SIGNATURE",
    "documents": [
      {"label": "Contract", "digest_algorithm": "2.16.840.1.101.3.4.2.1",
       "digest": "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"},
      {"label": "Annex", "digest_algorithm": "2.16.840.1.101.3.4.2.2",
       "digest": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}]})");
}

absl::StatusOr<ActBinding> Check(const json& authorization_details,
                                 const AuthorizedAct& act = Act()) {
  return CheckAuthorizedAct({{"authorization_details", authorization_details}}, &act);
}

TEST(AuthorizedActTest, TheSameActMatches) {
  EXPECT_EQ(Check(json::array({Details()})).value(), ActBinding::kMatches);
}

TEST(AuthorizedActTest, SealNamesItsOrganisation) {
  json details = Details();
  details["kind"] = "SEAL";
  EXPECT_THAT(Check(json::array({details}), Seal()), FailsWith(Reason::kAssertionRejected));
  details["organization_identifier"] = "VATSI-12345678";
  EXPECT_EQ(Check(json::array({details}), Seal()).value(), ActBinding::kMatches);
  details["organization_identifier"] = "VATSI-12345679";
  EXPECT_THAT(Check(json::array({details}), Seal()), FailsWith(Reason::kAssertionRejected));
}

TEST(AuthorizedActTest, OrderOfMembersIsOfNoMeaning) {
  const std::string text = Details().dump(-1, ' ', true);
  const json shuffled = json::parse(text.substr(0, 1) + "\"type\":\"document_signing\"," +
                                    text.substr(1, text.rfind(",\"type\"") - 1) + "}");
  EXPECT_EQ(Check(json::array({shuffled})).value(), ActBinding::kMatches);
}

TEST(AuthorizedActTest, DetailsOfOtherTypesAreNoneOfOurBusiness) {
  const json other = {{"type", "payment_initiation"}, {"documents", json::array()}};
  EXPECT_EQ(Check(json::array({other, Details(), other})).value(), ActBinding::kMatches);
  EXPECT_EQ(Check(json::array({other})).value(), ActBinding::kAbsent);
}

TEST(AuthorizedActTest, WithoutTheClaimThereIsNothing) {
  const AuthorizedAct act = Act();
  EXPECT_EQ(CheckAuthorizedAct(json::object(), &act).value(), ActBinding::kAbsent);
  EXPECT_EQ(CheckAuthorizedAct(json::object(), nullptr).value(), ActBinding::kAbsent);
}

TEST(AuthorizedActTest, DetailsWhereNoActOfThemCanBeAreRejected) {
  const json claims = {{"authorization_details", json::array({Details()})}};
  EXPECT_THAT(CheckAuthorizedAct(claims, nullptr), FailsWith(Reason::kAssertionRejected));
}

TEST(AuthorizedActTest, TwoActsAreRejected) {
  EXPECT_THAT(Check(json::array({Details(), Details()})), FailsWith(Reason::kAssertionRejected));
}

TEST(AuthorizedActTest, SixteenObjectsAreReadAndNoMore) {
  const json other = {{"type", "other"}};
  json all = json::array({Details()});
  while (all.size() < 16) all.push_back(other);
  EXPECT_EQ(Check(all).value(), ActBinding::kMatches);
  all.push_back(other);
  EXPECT_THAT(Check(all), FailsWith(Reason::kAssertionRejected));
}

TEST(AuthorizedActTest, ClaimOfAnotherShapeIsRejected) {
  for (const char* claim :
       {"null", "[]", "{}", "\"document_signing\"", "[\"document_signing\"]", "[[]]", "[null]",
        "[{}]", "[{\"type\":1}]", "[{\"type\":null}]", "[{\"type\":[\"document_signing\"]}]"}) {
    EXPECT_THAT(Check(json::parse(claim)), FailsWith(Reason::kAssertionRejected)) << claim;
  }
  EXPECT_THAT(Check(Details()), FailsWith(Reason::kAssertionRejected)) << "not in an array";
}

TEST(AuthorizedActTest, TypeIsComparedOctetByOctet) {
  for (const char* type : {"Document_Signing", "document_signing ", "document_signin"}) {
    json details = Details();
    details["type"] = type;
    EXPECT_EQ(Check(json::array({details})).value(), ActBinding::kAbsent) << type;
  }
}

struct Change {
  const char* name;
  std::function<void(json&)> apply;
};

class OtherActTest : public ::testing::TestWithParam<Change> {};

TEST_P(OtherActTest, IsRejected) {
  json details = Details();
  GetParam().apply(details);
  EXPECT_THAT(Check(json::array({details})), FailsWith(Reason::kAssertionRejected));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, OtherActTest,
    ::testing::Values(
        Change{"OtherRelyingParty", [](json& d) { d["relying_party"] = "demo2"; }},
        Change{"RelyingPartyInOtherCase", [](json& d) { d["relying_party"] = "Demo"; }},
        Change{"OtherRequest", [](json& d) { d["request_id"] = "x"; }},
        Change{"OtherLevel", [](json& d) { d["level"] = "QUALIFIED"; }},
        Change{"LevelAsANumber", [](json& d) { d["level"] = 1; }},
        Change{"OtherKind", [](json& d) { d["kind"] = "SEAL"; }},
        Change{"OrganisationOfASignature",
               [](json& d) { d["organization_identifier"] = "VATSI-12345678"; }},
        Change{"EmptyOrganisation", [](json& d) { d["organization_identifier"] = ""; }},
        Change{"UnknownMember", [](json& d) { d["locations"] = json::array(); }},
        Change{"NoRelyingParty", [](json& d) { d.erase("relying_party"); }},
        Change{"NoRequest", [](json& d) { d.erase("request_id"); }},
        Change{"NoLevel", [](json& d) { d.erase("level"); }},
        Change{"NoKind", [](json& d) { d.erase("kind"); }},
        Change{"NoDocuments", [](json& d) { d.erase("documents"); }},
        Change{"EmptyDocuments", [](json& d) { d["documents"] = json::array(); }},
        Change{"OneDocumentLess", [](json& d) { d["documents"].erase(1); }},
        Change{"OneDocumentMore", [](json& d) { d["documents"].push_back(d["documents"][0]); }},
        Change{"OtherOrder", [](json& d) { d["documents"][0].swap(d["documents"][1]); }},
        Change{"DocumentsAsAnObject", [](json& d) { d["documents"] = {{"0", d["documents"][0]}}; }},
        Change{"OtherLabel", [](json& d) { d["documents"][0]["label"] = "Contract "; }},
        Change{"NoLabel", [](json& d) { d["documents"][0].erase("label"); }},
        Change{"LabelThatLooksAlike",
               [](json& d) { d["documents"][0]["label"] = "C\u043entract"; }},
        Change{"OtherAlgorithm",
               [](json& d) { d["documents"][0]["digest_algorithm"] = "2.16.840.1.101.3.4.2.3"; }},
        Change{"AlgorithmByName",
               [](json& d) { d["documents"][0]["digest_algorithm"] = "SHA-256"; }},
        Change{"OtherDigest",
               [](json& d) { d["documents"][1]["digest"] = d["documents"][0]["digest"]; }},
        Change{"DigestWithPadding",
               [](json& d) {
                 d["documents"][0]["digest"] = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=";
               }},
        Change{"DigestInPlainBase64",
               [](json& d) {
                 d["documents"][0]["digest"] = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s";
               }},
        Change{"DigestNotCanonical",
               [](json& d) {
                 d["documents"][0]["digest"] = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_t";
               }},
        Change{"UnknownMemberOfADocument",
               [](json& d) { d["documents"][1]["href"] = "https://x.example"; }}),
    [](const ::testing::TestParamInfo<Change>& change) { return change.param.name; });

}  // namespace
}  // namespace enkrat::idp_client
