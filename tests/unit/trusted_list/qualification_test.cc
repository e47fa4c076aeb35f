// Criteria of qualifications: those that can be held, and those that nobody may apply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/trusted_list/trusted_list_fixture.h"

namespace enkrat::trusted_list {
namespace {

using ::enkrat::testing::CriteriaXml;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::KeyUsageXml;
using ::enkrat::testing::PolicySetXml;
using ::enkrat::testing::QualificationXml;
using ::enkrat::testing::TrustServiceText;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kWithQscd[] = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithQSCD";

class QualificationTest : public TrustedListTest {
 protected:
  absl::StatusOr<TrustedList> ReadExtension(const std::string& extension) const {
    return ReadSigned({.services = {TrustServiceText{.extensions_xml = extension}}});
  }
  ServiceStatus::Qualification With(const std::string& criteria) const {
    const TrustedList list = ReadExtension(QualificationXml(kWithQscd, criteria)).value();
    return list.services.at(0).statuses.at(0).qualifications.at(0);
  }
  bool Understood(const std::string& criteria) const { return With(criteria).criteria_understood; }
};

TEST_F(QualificationTest, OnePolicyIsRead) {
  const auto read = With(CriteriaXml("all", PolicySetXml({"1.2.3"})));
  EXPECT_THAT(read.qualifiers, ElementsAre(kWithQscd));
  EXPECT_THAT(read.policy_oids, ElementsAre("1.2.3"));
  EXPECT_THAT(read.key_usages, IsEmpty());
  EXPECT_TRUE(read.criteria_understood);
}

TEST_F(QualificationTest, AnyOfSeveralPoliciesIsRead) {
  const auto read =
      With(CriteriaXml("atLeastOne", PolicySetXml({"1.2.3"}) + PolicySetXml({"1.2.4"})));
  EXPECT_THAT(read.policy_oids, ElementsAre("1.2.3", "1.2.4"));
  EXPECT_TRUE(read.criteria_understood);
}

TEST_F(QualificationTest, KeyUsageAndAnyOfSeveralPoliciesIsRead) {
  const std::string policies =
      CriteriaXml("atLeastOne", PolicySetXml({"1.2.3"}) + PolicySetXml({"1.2.4"}));
  const auto read = With(CriteriaXml("all", KeyUsageXml("nonRepudiation") + policies));
  EXPECT_THAT(read.policy_oids, ElementsAre("1.2.3", "1.2.4"));
  EXPECT_THAT(read.key_usages, ElementsAre("nonRepudiation"));
  EXPECT_TRUE(read.criteria_understood);
}

TEST_F(QualificationTest, OneCriterionIsTheSameForAllAndAtLeastOne) {
  EXPECT_THAT(With(CriteriaXml("atLeastOne", KeyUsageXml("nonRepudiation"))).key_usages,
              ElementsAre("nonRepudiation"));
}

TEST_F(QualificationTest, OtherCombinationsAreNotUnderstood) {
  const std::string a = PolicySetXml({"1.2.3"});
  const std::string b = PolicySetXml({"1.2.4"});
  EXPECT_FALSE(Understood(CriteriaXml("all", a + b)));
  EXPECT_FALSE(Understood(CriteriaXml("all", PolicySetXml({"1.2.3", "1.2.4"}))));
  EXPECT_FALSE(Understood(CriteriaXml("none", a)));
  EXPECT_FALSE(Understood(CriteriaXml("", a)));
  EXPECT_FALSE(Understood(CriteriaXml("atLeastOne", a + KeyUsageXml("nonRepudiation"))));
  EXPECT_FALSE(Understood(CriteriaXml("all", KeyUsageXml("digitalSignature", false))));
  EXPECT_FALSE(Understood(CriteriaXml("all", a + CriteriaXml("atLeastOne", b + b))));
  EXPECT_FALSE(Understood(CriteriaXml("atLeastOne", CriteriaXml("all", a) + b)));
}

TEST_F(QualificationTest, OtherCriteriaAreNotUnderstood) {
  EXPECT_FALSE(Understood(CriteriaXml("all", "<q:otherCriteriaList></q:otherCriteriaList>")));
  EXPECT_FALSE(Understood(CriteriaXml("all", "")));
  EXPECT_FALSE(Understood(CriteriaXml("all", PolicySetXml({}))));
  EXPECT_FALSE(Understood(CriteriaXml("all", PolicySetXml({"not an oid"}))));
  EXPECT_FALSE(Understood(CriteriaXml("all", KeyUsageXml(""))));
}

TEST_F(QualificationTest, HalfUnderstoodCriteriaLeaveNothing) {
  const auto read = With(CriteriaXml("all", PolicySetXml({"1.2.3"}) + KeyUsageXml("crlSign") +
                                                "<q:otherCriteriaList></q:otherCriteriaList>"));
  EXPECT_FALSE(read.criteria_understood);
  EXPECT_THAT(read.policy_oids, IsEmpty());
  EXPECT_THAT(read.key_usages, IsEmpty());
}

TEST_F(QualificationTest, DeepNestingIsNotUnderstood) {
  std::string criteria = CriteriaXml("all", PolicySetXml({"1.2.3"}));
  for (int i = 0; i < 20; ++i) criteria = CriteriaXml("all", criteria);
  EXPECT_FALSE(Understood(criteria));
}

TEST_F(QualificationTest, SeveralExtensionsAddUp) {
  const std::string one = QualificationXml(kWithQscd, CriteriaXml("all", PolicySetXml({"1.2.3"})));
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadExtension(one + one));
  EXPECT_THAT(list.services.at(0).statuses.at(0).qualifications, SizeIs(2));
}

TEST_F(QualificationTest, QualificationWithoutQualifiersOrCriteriaIsRejected) {
  EXPECT_THAT(ReadExtension(QualificationXml("", CriteriaXml("all", PolicySetXml({"1.2.3"})))),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadExtension(QualificationXml(kWithQscd, "")), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::trusted_list
