// Whom a certificate may name: hostile text never gets as far as a lint.
#include "ca/subject.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AnaNovak;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(SubjectTest, PersonWithBothNamesIsAccepted) { EXPECT_THAT(CheckSubject(AnaNovak()), IsOk()); }

TEST(SubjectTest, OneNameIsEnough) {
  Subject subject = AnaNovak();
  subject.given_name.clear();
  EXPECT_THAT(CheckSubject(subject), IsOk());
  EXPECT_EQ(CommonNameOf(subject), "Žužek Novak");
  std::swap(subject.given_name, subject.surname);
  EXPECT_THAT(CheckSubject(subject), IsOk());
  EXPECT_EQ(CommonNameOf(subject), "Žužek Novak");
}

TEST(SubjectTest, NameOf64CharactersOfFourOctetsIsAccepted) {
  Subject subject = AnaNovak();
  subject.common_name = "Ana";
  subject.surname.clear();
  for (int i = 0; i < 64; ++i) subject.surname += "\U00020000";
  EXPECT_THAT(CheckSubject(subject), IsOk());
}

TEST(SubjectTest, ErrorNamesTheAttributeAndNeverItsValue) {
  Subject subject = AnaNovak();
  subject.surname = "Skrivnost\n";
  const absl::Status status = CheckSubject(subject);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("surname"));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("Skrivnost")));
}

struct Hostile {
  const char* name;
  std::function<void(Subject&)> spoil;
  Reason reason = Reason::kRequestMalformed;
};

class HostileSubjectTest : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileSubjectTest, IsRejected) {
  Subject subject = AnaNovak();
  GetParam().spoil(subject);
  EXPECT_THAT(CheckSubject(subject), FailsWith(GetParam().reason));
}

const std::string kLong(65, 'a');

INSTANTIATE_TEST_SUITE_P(
    Texts, HostileSubjectTest,
    ::testing::Values(
        Hostile{"NoCountry", [](Subject& s) { s.country = ""; }},
        Hostile{"LowerCaseCountry", [](Subject& s) { s.country = "si"; }},
        Hostile{"ThreeLetterCountry", [](Subject& s) { s.country = "SVN"; }},
        Hostile{"NulInCountry", [](Subject& s) { s.country = std::string("S\0", 2); }},
        Hostile{"NoNames", [](Subject& s) { s.given_name = s.surname = ""; }},
        Hostile{"NoNamesButCommonName",
                [](Subject& s) {
                  s.given_name = s.surname = "";
                  s.common_name = "Ana";
                }},
        Hostile{"NulInName", [](Subject& s) { s.surname = std::string("Novak\0.example", 14); }},
        Hostile{"LineFeed", [](Subject& s) { s.given_name = "Ana\nCN=Root"; }},
        Hostile{"C1Control", [](Subject& s) { s.given_name = "Ana\xc2\x85"; }},
        Hostile{"BidiOverride", [](Subject& s) { s.surname = "Novak\u202Ekavon"; }},
        Hostile{"BidiIsolate", [](Subject& s) { s.surname = "\u2066Novak"; }},
        Hostile{"ZeroWidthSpace", [](Subject& s) { s.surname = "Nov\u200Bak"; }},
        Hostile{"SoftHyphen", [](Subject& s) { s.surname = "Nov\u00ADak"; }},
        Hostile{"LineSeparator", [](Subject& s) { s.surname = "Nov\u2028ak"; }},
        Hostile{"PrivateUse", [](Subject& s) { s.surname = "Nov\uE000ak"; }},
        Hostile{"Unassigned", [](Subject& s) { s.surname = "Nov\u0378ak"; }},
        Hostile{"NotUtf8",
                [](Subject& s) {
                  s.surname =
                      "Nov\xff"
                      "ak";
                }},
        Hostile{"OverlongUtf8", [](Subject& s) { s.surname = "Nov\xc0\xafk"; }},
        Hostile{"Surrogate", [](Subject& s) { s.surname = "Nov\xed\xa0\x80"; }},
        Hostile{"NotNfc", [](Subject& s) { s.surname = "Z\u030Cu\u017Eek"; }},
        Hostile{"LeadingSpace", [](Subject& s) { s.given_name = " Ana"; }},
        Hostile{"TrailingSpace", [](Subject& s) { s.given_name = "Ana "; }},
        Hostile{"HostileCommonName", [](Subject& s) { s.common_name = "A\u202Ena"; }},
        Hostile{"LongName", [](Subject& s) { s.surname = kLong; }, Reason::kLimitExceeded},
        Hostile{"LongCommonName", [](Subject& s) { s.common_name = kLong; },
                Reason::kLimitExceeded},
        Hostile{"LongJoinedName",
                [](Subject& s) { s.given_name = s.surname = std::string(40, 'a'); },
                Reason::kLimitExceeded},
        Hostile{"HugeName", [](Subject& s) { s.surname = std::string(1 << 20, 'a'); },
                Reason::kLimitExceeded},
        Hostile{"NoSerialNumber", [](Subject& s) { s.serial_number = ""; }},
        Hostile{"SerialNumberWithoutType", [](Subject& s) { s.serial_number = "2f6c1b7e90"; }},
        Hostile{"DeprecatedType", [](Subject& s) { s.serial_number = "TAXSI-12345678"; }},
        Hostile{"NationalType", [](Subject& s) { s.serial_number = "SI:SI-12345678"; }},
        Hostile{"LegalPersonType", [](Subject& s) { s.serial_number = "VATSI-12345678"; }},
        Hostile{"LowerCaseType", [](Subject& s) { s.serial_number = "eidSI-1"; }},
        Hostile{"NoDash", [](Subject& s) { s.serial_number = "EIDSI12345"; }},
        Hostile{"NothingBehindTheDash", [](Subject& s) { s.serial_number = "EIDSI-"; }},
        Hostile{"SpaceBehindTheDash", [](Subject& s) { s.serial_number = "EIDSI- 1"; }},
        Hostile{"AsteriskInSerialNumber", [](Subject& s) { s.serial_number = "EIDSI-1*"; }},
        Hostile{"NulInSerialNumber",
                [](Subject& s) { s.serial_number = std::string("EIDSI-1\0", 8); }},
        Hostile{"LetterOutsideAscii", [](Subject& s) { s.serial_number = "EIDSI-\u010C1"; }},
        Hostile{"LongSerialNumber", [](Subject& s) { s.serial_number = "EIDSI-" + kLong; },
                Reason::kLimitExceeded}),
    [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace enkrat::ca
