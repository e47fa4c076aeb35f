// Pseudonyms and legal persons: what each kind of subject must and may not hold.
#include <gtest/gtest.h>

#include <functional>

#include "ca/subject.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AnaNovak;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::PekarnaNovak;
using ::enkrat::testing::Skrivalka;

TEST(SubjectKindsTest, EachKindIsAccepted) {
  EXPECT_THAT(CheckSubject(AnaNovak()), IsOk());
  EXPECT_THAT(CheckSubject(Skrivalka()), IsOk());
  EXPECT_THAT(CheckSubject(PekarnaNovak()), IsOk());
}

TEST(SubjectKindsTest, CommonNameComesFromTheKind) {
  EXPECT_EQ(CommonNameOf(Skrivalka()), "Skrivalka 7");
  Subject bakery = PekarnaNovak();
  EXPECT_EQ(CommonNameOf(bakery), "Pekarna Žužek");
  bakery.common_name.clear();
  EXPECT_EQ(CommonNameOf(bakery), "Pekarna Žužek Novak d.o.o.");
}

TEST(SubjectKindsTest, PseudonymIsEncodedAsTheCommonNameAndMarked) {
  EXPECT_EQ(ToHex(EncodeSubject(Skrivalka())),
            "3054"
            "310b3009"
            "0603550406"
            "13025349"  // C=SI
            "31143012"
            "0603550403"
            "0c0b536b726976616c6b612037"  // CN
            "31143012"
            "0603550441"
            "0c0b536b726976616c6b612037"  // pseudonym
            "31193017"
            "0603550405"
            "131045494453492d32663663316237653930"  // serialNumber
  );
}

TEST(SubjectKindsTest, LegalPersonIsEncodedWithItsIdentifier) {
  Subject bakery = PekarnaNovak();
  bakery.organization = "Pek d.o.o.";
  bakery.common_name = "Pek";
  EXPECT_EQ(ToHex(EncodeSubject(bakery)),
            "3049"
            "310b3009"
            "0603550406"
            "13025349"  // C=SI
            "31133011"
            "060355040a"
            "0c0a50656b20642e6f2e6f2e"  // O
            "31173015"
            "0603550461"
            "0c0e56415453492d3837363534333231"  // organizationIdentifier
            "310c300a"
            "0603550403"
            "0c0350656b"  // CN
  );
}

struct Refused {
  const char* name;
  Subject (*good)();
  std::function<void(Subject&)> spoil;
  Reason reason = Reason::kRequestMalformed;
};

class RefusedKindTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedKindTest, IsRefused) {
  Subject subject = GetParam().good();
  GetParam().spoil(subject);
  EXPECT_THAT(CheckSubject(subject), FailsWith(GetParam().reason));
}

const std::string kLong(65, 'a');

INSTANTIATE_TEST_SUITE_P(Persons, RefusedKindTest,
                         ::testing::Values(Refused{"PseudonymBesideNames", AnaNovak,
                                                   [](auto& s) { s.pseudonym = "Skrivalka"; }},
                                           Refused{"OrganizationOfAPerson", AnaNovak,
                                                   [](auto& s) { s.organization = "Banka"; }},
                                           Refused{"IdentifierOfAPersonsOrganization", AnaNovak,
                                                   [](auto& s) {
                                                     s.organization_identifier = "VATSI-1";
                                                   }}),
                         [](const auto& suite) { return suite.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Pseudonyms, RefusedKindTest,
    ::testing::Values(
        Refused{"NoPseudonym", Skrivalka, [](auto& s) { s.pseudonym = ""; }},
        Refused{"NoPseudonymButCommonName", Skrivalka,
                [](auto& s) {
                  s.pseudonym = "";
                  s.common_name = "Ana";
                }},
        Refused{"NameAsCommonName", Skrivalka, [](auto& s) { s.common_name = "Ana Novak"; }},
        Refused{"GivenName", Skrivalka, [](auto& s) { s.given_name = "Ana"; }},
        Refused{"Surname", Skrivalka, [](auto& s) { s.surname = "Novak"; }},
        Refused{"Organization", Skrivalka, [](auto& s) { s.organization = "Banka"; }},
        Refused{"OrganizationIdentifier", Skrivalka,
                [](auto& s) { s.organization_identifier = "VATSI-1"; }},
        Refused{"NoSerialNumber", Skrivalka, [](auto& s) { s.serial_number = ""; }},
        Refused{"NoCountry", Skrivalka, [](auto& s) { s.country = ""; }},
        Refused{"BidiOverride", Skrivalka, [](auto& s) { s.pseudonym = "a\u202Eb"; }},
        Refused{"NotNfc", Skrivalka, [](auto& s) { s.pseudonym = "Z\u030C"; }},
        Refused{"Long", Skrivalka, [](auto& s) { s.pseudonym = kLong; }, Reason::kLimitExceeded}),
    [](const auto& suite) { return suite.param.name; });

INSTANTIATE_TEST_SUITE_P(
    LegalPersons, RefusedKindTest,
    ::testing::Values(
        Refused{"NoOrganization", PekarnaNovak, [](auto& s) { s.organization = ""; }},
        Refused{"NoIdentifier", PekarnaNovak, [](auto& s) { s.organization_identifier = ""; }},
        Refused{"IdentifierAsName", PekarnaNovak,
                [](auto& s) { s.organization = s.organization_identifier; }},
        Refused{"NaturalPersonsIdentifier", PekarnaNovak,
                [](auto& s) { s.organization_identifier = "PNOSI-1"; }},
        Refused{"LongIdentifier", PekarnaNovak,
                [](auto& s) { s.organization_identifier = "VATSI-" + kLong; },
                Reason::kLimitExceeded},
        Refused{"SerialNumber", PekarnaNovak, [](auto& s) { s.serial_number = "EIDSI-1"; }},
        Refused{"GivenName", PekarnaNovak, [](auto& s) { s.given_name = "Ana"; }},
        Refused{"Surname", PekarnaNovak, [](auto& s) { s.surname = "Novak"; }},
        Refused{"Pseudonym", PekarnaNovak, [](auto& s) { s.pseudonym = "Skrivalka"; }},
        Refused{"NoCountry", PekarnaNovak, [](auto& s) { s.country = ""; }},
        Refused{"NulInOrganization", PekarnaNovak,
                [](auto& s) { s.organization = std::string("a\0b", 3); }},
        Refused{"LongOrganization", PekarnaNovak, [](auto& s) { s.organization = kLong; },
                Reason::kLimitExceeded},
        Refused{"LongOrganizationAsCommonName", PekarnaNovak,
                [](auto& s) {
                  s.common_name = "";
                  s.organization = kLong;
                },
                Reason::kLimitExceeded}),
    [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace enkrat::ca
