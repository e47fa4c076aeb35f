// Hostile text in the claims that would become a certificate's subject.
#include "idp_client/person_claims.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using nlohmann::json;

json GoodClaims() {
  return {{"sub", "person-1"},
          {"given_name", "Ana"},
          {"family_name", "Novak"},
          {"country", "SI"},
          {"pid", "0101006500006"}};
}

// Country and identifier from claims.
ClaimMapping FullMapping() {
  ClaimMapping mapping;
  mapping.country = "country";
  mapping.identifier = "pid";
  mapping.identifier_type = "PNO";
  return mapping;
}

absl::StatusOr<VerifiedIdentity> Read(const json& claims,
                                      const ClaimMapping& mapping = FullMapping()) {
  VerifiedIdentity identity;
  if (absl::Status status = ReadPerson(claims, mapping, identity); !status.ok()) return status;
  return identity;
}

absl::StatusOr<VerifiedIdentity> ReadWith(const char* name, const json& value) {
  json claims = GoodClaims();
  claims[name] = value;
  return Read(claims);
}

TEST(PersonClaimsTest, AllAreRead) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity person, Read(GoodClaims()));
  EXPECT_EQ(person.subject, "person-1");
  EXPECT_EQ(person.given_name, "Ana");
  EXPECT_EQ(person.surname, "Novak");
  EXPECT_EQ(person.country, "SI");
  EXPECT_EQ(person.identifier_type, "PNO");
  EXPECT_EQ(person.identifier, "0101006500006");
}

TEST(PersonClaimsTest, WithoutMappingThereIsNoIdentifier) {
  ClaimMapping mapping;
  mapping.fixed_country = "AT";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity person, Read(GoodClaims(), mapping));
  EXPECT_EQ(person.country, "AT");
  EXPECT_EQ(person.identifier_type, "");
  EXPECT_EQ(person.identifier, "");
}

TEST(PersonClaimsTest, DecomposedNameIsComposed) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity person, ReadWith("family_name",
                                                               "C\xcc\x8c"
                                                               "eh"));
  EXPECT_EQ(person.surname,
            "\xc4\x8c"
            "eh");
}

// Two subs of different octets are two persons (OpenID Connect Core 1.0 section 2: case-sensitive,
// never reassigned; nothing there normalises it).
TEST(PersonClaimsTest, SubjectKeepsItsOctets) {
  const std::string decomposed = "c\xcc\x8c";
  const std::string composed = "\xc4\x8d";
  EXPECT_EQ(ReadWith("sub", decomposed)->subject, decomposed);
  EXPECT_EQ(ReadWith("sub", composed)->subject, composed);
}

TEST(PersonClaimsTest, LengthCountsCharactersAfterComposition) {
  std::string decomposed;
  std::string composed;
  for (int i = 0; i < 64; ++i) {
    decomposed += "c\xcc\x8c";
    composed += "\xc4\x8d";
  }
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity person, ReadWith("given_name", decomposed));
  EXPECT_EQ(person.given_name, composed);
}

TEST(PersonClaimsTest, OneNameIsEnough) {
  json claims = GoodClaims();
  claims.erase("given_name");
  EXPECT_THAT(Read(claims), IsOk());
  claims = GoodClaims();
  claims.erase("family_name");
  EXPECT_THAT(Read(claims), IsOk());
}

TEST(PersonClaimsTest, NoNameIsRejected) {
  json claims = GoodClaims();
  claims.erase("given_name");
  claims["family_name"] = "";
  EXPECT_THAT(Read(claims), FailsWith(Reason::kAssertionRejected));
}

struct HostileText {
  const char* what;
  std::string text;
};

class HostileNameTest : public ::testing::TestWithParam<HostileText> {};

TEST_P(HostileNameTest, IsRejectedWhereverItStands) {
  for (const char* claim : {"sub", "given_name", "family_name", "country", "pid"}) {
    EXPECT_THAT(ReadWith(claim, GetParam().text), FailsWith(Reason::kAssertionRejected)) << claim;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, HostileNameTest,
    ::testing::Values(
        HostileText{"Nul", std::string("Ana\0Evil", 8)}, HostileText{"LineFeed", "Ana\nCN=Evil"},
        HostileText{"Tab", "Ana\tEvil"}, HostileText{"Escape", "Ana\x1b[2J"},
        HostileText{"Delete", "Ana\x7f"}, HostileText{"C1Control", "Ana\xc2\x85"},
        HostileText{"RightToLeftOverride",
                    "Ana\xe2\x80\xae"
                    "kavoN"},
        HostileText{"BidiIsolate", "Ana\xe2\x81\xa6x"},
        HostileText{"ZeroWidthSpace",
                    "An\xe2\x80\x8b"
                    "a"},
        HostileText{"SoftHyphen",
                    "An\xc2\xad"
                    "a"},
        HostileText{"LineSeparator",
                    "Ana\xe2\x80\xa8"
                    "Evil"},
        HostileText{"PrivateUse", "Ana\xee\x80\x80"}, HostileText{"Unassigned", "Ana\xcd\xb8"},
        HostileText{"TagCharacter", "Ana\xf3\xa0\x81\x81"},
        HostileText{"ByteOrderMark",
                    "\xef\xbb\xbf"
                    "Ana"},
        HostileText{"HangulFiller", "\u3164"}, HostileText{"BlankBraille", "\u2800"},
        HostileText{"VariationSelector", "Ana\uFE0F"},
        HostileText{"NoBreakSpaceBehind", "Ana\u00A0"},
        HostileText{"IdeographicSpaceInFront", "\u3000Ana"},
        HostileText{"CombiningMarkInFront", "\u0301Ana"}, HostileText{"SpaceInFront", " Ana"},
        HostileText{"SpaceBehind", "Ana "}, HostileText{"OnlyASpace", " "},
        HostileText{"NotUtf8", "Ana\xff"}, HostileText{"OverlongUtf8", "Ana\xc0\x80"},
        HostileText{"Surrogate", "Ana\xed\xa0\x80"}, HostileText{"TooLong", std::string(256, 'a')}),
    [](const auto& row) { return std::string(row.param.what); });

TEST(PersonClaimsTest, NameWithoutALetterIsRejected) {
  for (const char* claim : {"given_name", "family_name"}) {
    for (const char* name : {"-", "1", "\u2013"}) {
      EXPECT_THAT(ReadWith(claim, name), FailsWith(Reason::kAssertionRejected)) << claim << name;
    }
  }
}

TEST(PersonClaimsTest, NameOf64CharactersIsReadAndOf65Rejected) {
  EXPECT_THAT(ReadWith("given_name", std::string(64, 'a')), IsOk());
  EXPECT_THAT(ReadWith("given_name", std::string(65, 'a')), FailsWith(Reason::kAssertionRejected));
}

TEST(PersonClaimsTest, SubjectOf255CharactersIsReadAndOf256Rejected) {
  EXPECT_THAT(ReadWith("sub", std::string(255, 'a')), IsOk());
  EXPECT_THAT(ReadWith("sub", std::string(256, 'a')), FailsWith(Reason::kAssertionRejected));
}

TEST(PersonClaimsTest, ClaimsThatAreNotTextsAreRejected) {
  for (const char* claim : {"sub", "given_name", "family_name", "country", "pid"}) {
    for (const json& value :
         {json(1), json(nullptr), json(true), json::array({"Ana"}), json::object()}) {
      EXPECT_THAT(ReadWith(claim, value), FailsWith(Reason::kAssertionRejected)) << claim;
    }
  }
}

TEST(PersonClaimsTest, MissingClaimsThatTheMappingAsksForAreRejected) {
  for (const char* claim : {"sub", "country", "pid"}) {
    json claims = GoodClaims();
    claims.erase(claim);
    EXPECT_THAT(Read(claims), FailsWith(Reason::kAssertionRejected)) << claim;
  }
}

TEST(PersonClaimsTest, WhatIsNotACountryIsRejected) {
  for (const char* country : {"", "S", "si", "Si", "SVN", "S1", "\xc5\xa0I", "SI\xc5\xa0"}) {
    EXPECT_THAT(ReadWith("country", country), FailsWith(Reason::kAssertionRejected)) << country;
  }
}

TEST(PersonClaimsTest, WhatIsNotAnIdentifierIsRejected) {
  for (const char* identifier : {"", "12 34", "12*34", "12@34", "12_34",
                                 "\xc4\x8d"
                                 "12"}) {
    EXPECT_THAT(ReadWith("pid", identifier), FailsWith(Reason::kAssertionRejected)) << identifier;
  }
}

// signer/certificate_subject.h: what is derived here has this form; a provider that could claim it
// could claim to be another provider's person.
TEST(PersonClaimsTest, IdentifierOfThePseudonymsFormIsRejected) {
  const std::string pseudonym = "00112233445566778899aabbccddeeff";
  ClaimMapping mapping = FullMapping();
  mapping.identifier_type = "EID";
  json claims = GoodClaims();
  for (const std::string& identifier : {pseudonym, absl::AsciiStrToUpper(pseudonym)}) {
    claims["pid"] = identifier;
    EXPECT_THAT(Read(claims, mapping), FailsWith(Reason::kAssertionRejected)) << identifier;
  }
  for (const std::string& identifier :
       {pseudonym + "0", pseudonym.substr(1), "g" + pseudonym.substr(1)}) {
    claims["pid"] = identifier;
    EXPECT_THAT(Read(claims, mapping), IsOk()) << identifier;
  }
}

TEST(PersonClaimsTest, IdentifierOfThePseudonymsFormIsReadWhereItsTypeTellsItApart) {
  EXPECT_THAT(ReadWith("pid", "00112233445566778899aabbccddeeff"), IsOk());  // PNO
}

TEST(PersonClaimsTest, IdentifierOf58CharactersIsReadAndOf59Rejected) {
  EXPECT_THAT(ReadWith("pid", std::string(58, '1')), IsOk());
  EXPECT_THAT(ReadWith("pid", std::string(59, '1')), FailsWith(Reason::kAssertionRejected));
}

TEST(PersonClaimsTest, MessageNamesTheClaimAndNotItsValue) {
  const auto result = ReadWith("given_name", "Poisoned\n");
  EXPECT_NE(result.status().message().find("given_name"), absl::string_view::npos);
  EXPECT_EQ(result.status().message().find("Poisoned"), absl::string_view::npos);
}

ClaimMapping MappingWith(std::string ClaimMapping::*claim, const char* name) {
  ClaimMapping mapping = FullMapping();
  mapping.*claim = name;
  return mapping;
}

TEST(PseudonymTest, StandsInPlaceOfTheNames) {
  json claims = GoodClaims();
  claims.erase("given_name");
  claims.erase("family_name");
  claims["nickname"] = "Lastovka 7";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       Read(claims, MappingWith(&ClaimMapping::pseudonym, "nickname")));
  EXPECT_EQ(identity.pseudonym, "Lastovka 7");
  EXPECT_EQ(identity.given_name, "");
  EXPECT_EQ(identity.surname, "");
}

TEST(PseudonymTest, MayStandBesideTheNames) {
  json claims = GoodClaims();
  claims["nickname"] = "lastovka";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       Read(claims, MappingWith(&ClaimMapping::pseudonym, "nickname")));
  EXPECT_EQ(identity.pseudonym, "lastovka");
  EXPECT_EQ(identity.given_name, "Ana");
}

TEST(PseudonymTest, MissingOneIsRejectedAlsoWithNames) {
  const ClaimMapping mapping = MappingWith(&ClaimMapping::pseudonym, "nickname");
  EXPECT_THAT(Read(GoodClaims(), mapping), FailsWith(Reason::kAssertionRejected));
  for (const json& value : {json(""), json(nullptr), json(7), json("a\u202eb"), json(" a"),
                            json(std::string(65, 'a'))}) {
    json claims = GoodClaims();
    claims["nickname"] = value;
    EXPECT_THAT(Read(claims, mapping), FailsWith(Reason::kAssertionRejected)) << value;
  }
}

TEST(PseudonymTest, ThatIsNotMappedDoesNotStandForNames) {
  json claims = GoodClaims();
  claims.erase("given_name");
  claims.erase("family_name");
  claims["nickname"] = claims["pseudonym"] = "lastovka";
  EXPECT_THAT(Read(claims), FailsWith(Reason::kAssertionRejected));
}

absl::StatusOr<VerifiedIdentity> ReadBirth(const json& date) {
  json claims = GoodClaims();
  claims["birthdate"] = date;
  return Read(claims, MappingWith(&ClaimMapping::date_of_birth, "birthdate"));
}

TEST(DateOfBirthTest, RealDayIsRead) {
  for (const char* date : {"2000-02-29", "1850-01-01", "1999-12-31", "2004-02-29"}) {
    ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, ReadBirth(date));
    EXPECT_EQ(identity.date_of_birth, date);
  }
}

TEST(DateOfBirthTest, AnythingElseIsRejected) {
  for (const char* date : {"",
                           "2001-02-29",
                           "1900-02-29",
                           "2000-13-01",
                           "2000-00-10",
                           "2000-01-00",
                           "2000-01-32",
                           "2000-04-31",
                           "0000-05-05",
                           "1849-12-31",
                           "2000",
                           "2000-1-01",
                           "2000-01-1",
                           "20000101",
                           "2000/01/01",
                           "+200-01-01",
                           "2000-+1-01",
                           "2000-01- 1",
                           "2000-01-01T00:00:00Z",
                           "01.01.2000",
                           " 2000-01-01"}) {
    EXPECT_THAT(ReadBirth(date), FailsWith(Reason::kAssertionRejected)) << date;
  }
  for (const json& date : {json(nullptr), json(20000101), json::array({"2000-01-01"})}) {
    EXPECT_THAT(ReadBirth(date), FailsWith(Reason::kAssertionRejected)) << date;
  }
}

TEST(DateOfBirthTest, ThatIsMappedMustBeThere) {
  EXPECT_THAT(Read(GoodClaims(), MappingWith(&ClaimMapping::date_of_birth, "birthdate")),
              FailsWith(Reason::kAssertionRejected));
}

TEST(DateOfBirthTest, ThatIsNotMappedIsNotKept) {
  json claims = GoodClaims();
  claims["birthdate"] = "2000-01-01";
  EXPECT_EQ(Read(claims)->date_of_birth, "");
}

TEST(MandateClaimTest, IsReadWhereItIsMapped) {
  json claims = GoodClaims();
  claims["orgs"] = {"VATSI-12345678"};
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       Read(claims, MappingWith(&ClaimMapping::mandates, "orgs")));
  ASSERT_EQ(identity.mandates.size(), 1u);
  EXPECT_EQ(identity.mandates[0].organization_identifier, "VATSI-12345678");
  EXPECT_TRUE(Read(claims)->mandates.empty());
  EXPECT_TRUE(Read(GoodClaims(), MappingWith(&ClaimMapping::mandates, "orgs"))->mandates.empty());
}

TEST(MandateClaimTest, BadOneRejectsTheToken) {
  json claims = GoodClaims();
  claims["orgs"] = {"12345678"};
  EXPECT_THAT(Read(claims, MappingWith(&ClaimMapping::mandates, "orgs")),
              FailsWith(Reason::kAssertionRejected));
}

}  // namespace
}  // namespace enkrat::idp_client
