// Tests of what is kept of a person, and on which side of the line.
#include "signer/person_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace enkrat::signer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Bytes kPerson(32, 7);

idp_client::VerifiedIdentity Ana() {
  idp_client::VerifiedIdentity identity;
  identity.issuer = "https://idp.example";
  identity.subject = "s-1";
  identity.given_name = "Ana";
  identity.surname = "Žnidaršič";
  identity.country = "SI";
  identity.identifier_type = "PNO";
  identity.identifier = "0101006500006";
  identity.date_of_birth = "1980-02-29";
  return identity;
}

TEST(PersonRecord, IdentityHoldsWhatTheCertificateRestsOnAndParticularsTheRest) {
  const store::PersonRecord record = MakePersonRecord(Ana(), kPerson);
  EXPECT_EQ(record.subject_key, kPerson);
  const auto identity = nlohmann::json::parse(ToString(record.identity));
  EXPECT_EQ(identity["surname"], "Žnidaršič");
  EXPECT_EQ(identity["identifier"], "0101006500006");
  EXPECT_TRUE(identity["mandate"].is_null());
  EXPECT_THAT(ToString(record.identity), Not(HasSubstr("1980")));
  EXPECT_EQ(ToString(record.particulars), R"({"date_of_birth":"1980-02-29"})");
}

TEST(PersonRecord, NothingElseToldMeansNoParticulars) {
  idp_client::VerifiedIdentity identity = Ana();
  identity.date_of_birth.clear();
  EXPECT_THAT(MakePersonRecord(identity, kPerson).particulars, IsEmpty());
}

TEST(PersonRecord, MandatesThatWereNotUsedAreParticulars) {
  idp_client::VerifiedIdentity identity = Ana();
  identity.mandates = {{"VATSI-1", "One"}, {"VATSI-2", "Two"}};
  const store::PersonRecord record = MakePersonRecord(identity, kPerson, &identity.mandates[1]);
  EXPECT_THAT(ToString(record.identity), HasSubstr("VATSI-2"));
  EXPECT_THAT(ToString(record.particulars), HasSubstr("VATSI-1"));
  EXPECT_THAT(ToString(record.particulars), Not(HasSubstr("VATSI-2")));
}

TEST(PersonRecord, SubjectThatIsNoUtf8IsReplacedNotThrownAt) {
  idp_client::VerifiedIdentity identity = Ana();
  identity.subject = "\xff\xfe";
  EXPECT_FALSE(MakePersonRecord(identity, kPerson).identity.empty());
}

}  // namespace
}  // namespace enkrat::signer
