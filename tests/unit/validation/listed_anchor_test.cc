// Anchors that trusted lists name, and from when to when they are believed.
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/validation/path_test_case.h"

namespace enkrat::validation {
namespace {

using ::testing::HasSubstr;

const std::string kStatus = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
const std::string kFormerStatus =
    "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/";
constexpr auto kNoChain = SubIndication::kNoCertificateChainFound;
constexpr absl::Duration kDay = absl::Hours(24);

class ListedAnchorTest : public PathTestCase {
 protected:
  using History = std::vector<std::pair<std::string, absl::Time>>;  // newest first

  static trusted_list::TrustService Service(const Bytes& der, const History& history) {
    trusted_list::TrustService service;
    service.type = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC";
    service.certificates_der = {der};
    for (const auto& [status, since] : history) {
      service.statuses.emplace_back();
      service.statuses.back().status = status;
      service.statuses.back().starting_at = since;
    }
    return service;
  }
  PathResult JudgeBelow(std::vector<trusted_list::TrustService> services, absl::Time proven = kNow,
                        std::vector<Bytes> anchors = {}) const {
    trusted_list::TrustedList list;
    list.services = std::move(services);
    auto trust = TrustStore::Create({.anchors_der = std::move(anchors), .lists = {list}});
    const Bytes certificate_der = signer_.der();
    const ValidationData given = {.certificates_der = {ca_.der()},
                                  .crls_der = {root_crl_, ca_crl_}};
    return ValidatePath({.certificate_der = certificate_der,
                         .given = &given,
                         .poe = {.of_signature = proven, .of_validation_data = proven},
                         .now = kNow,
                         .stop_at = absl::InfiniteFuture()},
                        **trust, nullptr);
  }
  PathResult JudgeWith(const History& history, absl::Time proven = kNow) const {
    return JudgeBelow({Service(root_.der(), history)}, proven);
  }
};

TEST_F(ListedAnchorTest, GrantedServiceIsBelieved) {
  EXPECT_THAT(JudgeWith({{kStatus + "granted", kNow - 100 * kDay}}), Passes());
}

TEST_F(ListedAnchorTest, FormerNamesOfGrantedAreBelieved) {
  for (const char* name : {"recognisedatnationallevel", "undersupervision",
                           "supervisionincessation", "accredited", "setbynationallaw"}) {
    EXPECT_THAT(JudgeWith({{kStatus + name, kNow - 100 * kDay}}), Passes()) << name;
  }
}

// Histories still tell of years before TS 119 612 in the words of TS 102 231.
TEST_F(ListedAnchorTest, StatusOfTheDirectivesListsIsBelievedForItsTime) {
  for (const char* name : {"undersupervision", "supervisionincessation", "accredited"}) {
    const History history = {{kStatus + "withdrawn", kNow - absl::Hours(2)},
                             {kFormerStatus + name, kNow - 100 * kDay}};
    EXPECT_THAT(JudgeWith(history, kNow - absl::Hours(3)), Passes()) << name;
    EXPECT_THAT(JudgeWith(history), IsIndeterminate(kNoChain)) << name;
  }
}

TEST_F(ListedAnchorTest, ServiceOfAnyOtherStatusIsNotBelieved) {
  for (const std::string& status :
       {kStatus + "withdrawn", kFormerStatus + "supervisionrevoked",
        kStatus + "deprecatedatnationallevel", kStatus + "supervisionrevoked",
        kStatus + "supervisionceased", kStatus + "accreditationrevoked", kStatus + "granted2",
        std::string("http://elsewhere.example/Svcstatus/granted"), std::string()}) {
    const PathResult result = JudgeWith({{status, kNow - 100 * kDay}});
    EXPECT_THAT(result, IsIndeterminate(kNoChain)) << status;
    ASSERT_FALSE(result.chain.empty());
    EXPECT_FALSE(result.chain.back().trust_anchor) << status;
    EXPECT_THAT(ChecksText(result), HasSubstr("was not granted")) << status;
  }
}

TEST_F(ListedAnchorTest, ServiceWithoutAStatusIsNotBelieved) {
  EXPECT_THAT(JudgeWith({}), IsIndeterminate(kNoChain));
}

TEST_F(ListedAnchorTest, WhatWasThereBeforeTheWithdrawalStaysGood) {
  const History history = {{kStatus + "withdrawn", kNow - absl::Hours(2)},
                           {kStatus + "granted", kNow - 100 * kDay}};
  EXPECT_THAT(JudgeWith(history), IsIndeterminate(kNoChain));
  EXPECT_THAT(JudgeWith(history, kNow - absl::Hours(2)), IsIndeterminate(kNoChain));
  EXPECT_THAT(JudgeWith(history, kNow - absl::Hours(2) - absl::Seconds(1)), Passes());
}

TEST_F(ListedAnchorTest, WithdrawalThatWasTakenBackCountsForItsTimeOnly) {
  const History history = {{kStatus + "granted", kNow - absl::Hours(1)},
                           {kStatus + "withdrawn", kNow - absl::Hours(3)},
                           {kStatus + "granted", kNow - 100 * kDay}};
  EXPECT_THAT(JudgeWith(history), Passes());
  EXPECT_THAT(JudgeWith(history, kNow - absl::Hours(2)), IsIndeterminate(kNoChain));
}

TEST_F(ListedAnchorTest, FirstStatusCountsForTheTimeBeforeIt) {
  EXPECT_THAT(JudgeWith({{kStatus + "granted", kNow}}, kNow - absl::Hours(1)), Passes());
  EXPECT_THAT(JudgeWith({{kStatus + "withdrawn", kNow}}, kNow - absl::Hours(1)),
              IsIndeterminate(kNoChain));
}

TEST_F(ListedAnchorTest, OneServiceOfTheCertificateThatIsGrantedIsEnough) {
  EXPECT_THAT(JudgeBelow({Service(root_.der(), {{kStatus + "withdrawn", kNow - kDay}}),
                          Service(root_.der(), {{kStatus + "granted", kNow - kDay}})}),
              Passes());
}

TEST_F(ListedAnchorTest, WithdrawnServiceEndsThePathThoughTheRootAboveItIsGranted) {
  EXPECT_THAT(JudgeBelow({Service(ca_.der(), {{kStatus + "withdrawn", kNow - kDay}}),
                          Service(root_.der(), {{kStatus + "granted", kNow - kDay}})}),
              IsIndeterminate(kNoChain));
}

TEST_F(ListedAnchorTest, AnchorThatAFileNamesNeedsNoList) {
  EXPECT_THAT(
      JudgeBelow({Service(ca_.der(), {{kStatus + "withdrawn", kNow - kDay}})}, kNow, {ca_.der()}),
      Passes());
}

}  // namespace
}  // namespace enkrat::validation
