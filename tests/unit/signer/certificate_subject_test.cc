#include "signer/certificate_subject.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

idp_client::VerifiedIdentity Ana() {
  idp_client::VerifiedIdentity identity;
  identity.issuer = "https://idp.example";
  identity.subject = "ana";
  identity.given_name = "Ana";
  identity.surname = "Novak";
  identity.country = "SI";
  return identity;
}

TEST(CertificateSubjectTest, ProvidersIdentifierBecomesTheSerialNumber) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.identifier_type = "TIN";
  ana.identifier = "12345678";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named, CertificateSubject(ana, Bytes(32, 7)));
  EXPECT_EQ(named.subject.serial_number, "TINSI-12345678");
}

TEST(CertificateSubjectTest, WithoutAnIdentifierItIsAPseudonym) {
  ASSERT_OK_AND_ASSIGN(const NamedSubject named, CertificateSubject(Ana(), Bytes(32, 0xab)));
  EXPECT_EQ(named.subject.serial_number, "EIDSI-abababababababababababababababab");
}

TEST(CertificateSubjectTest, PersonWithoutANameIsRefused) {
  idp_client::VerifiedIdentity nobody = Ana();
  nobody.given_name.clear();
  nobody.surname.clear();
  EXPECT_THAT(CertificateSubject(nobody, Bytes(32)), FailsWith(Reason::kRequestMalformed));
}

TEST(CertificateSubjectTest, IdentifierThatWouldBreakTheGrammarIsRefused) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.identifier_type = "TIN";
  ana.identifier = "12\n34";
  EXPECT_FALSE(CertificateSubject(ana, Bytes(32)).ok());
  ana.identifier = std::string(100, '1');
  EXPECT_FALSE(CertificateSubject(ana, Bytes(32)).ok());
}

TEST(CertificateSubjectTest, NamesStayInTheirScriptByDefault) {
  idp_client::VerifiedIdentity ivan = Ana();
  ivan.given_name = "Иван";
  ivan.surname = "Петров";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named, CertificateSubject(ivan, Bytes(32)));
  EXPECT_EQ(named.subject.common_name, "Иван Петров");
  EXPECT_TRUE(named.transliterated.empty());
  EXPECT_EQ(named.method, "");
  EXPECT_EQ(named.reason, "");
}

TEST(CertificateSubjectTest, TransliterationIsDoneAndTold) {
  idp_client::VerifiedIdentity ivan = Ana();
  ivan.given_name = "Иван";
  ivan.surname = "Петров";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       CertificateSubject(ivan, Bytes(32), ca::SubjectNames::kLatin));
  EXPECT_EQ(named.subject.given_name, "Ivan");
  EXPECT_EQ(named.subject.surname, "Petrov");
  EXPECT_EQ(named.subject.common_name, "Ivan Petrov");
  EXPECT_THAT(named.transliterated, ::testing::ElementsAre("givenName", "surname", "commonName"));
  EXPECT_THAT(named.method, ::testing::StartsWith("ICU "));
  EXPECT_NE(named.reason, "");
}

TEST(CertificateSubjectTest, LatinNamesAreNotTransliterated) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.surname = "Žužek";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       CertificateSubject(ana, Bytes(32), ca::SubjectNames::kLatin));
  EXPECT_EQ(named.subject.surname, "Žužek");
  EXPECT_TRUE(named.transliterated.empty());
}

TEST(CertificateSubjectTest, NamesOfTwoScriptsBecomeLatinOrAreRefused) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.surname = "Петрова";
  EXPECT_THAT(CertificateSubject(ana, Bytes(32)), FailsWith(Reason::kRequestMalformed));
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       CertificateSubject(ana, Bytes(32), ca::SubjectNames::kLatin));
  EXPECT_EQ(named.subject.common_name, "Ana Petrova");
  EXPECT_THAT(named.transliterated, ::testing::ElementsAre("surname", "commonName"));
}

TEST(CertificateSubjectTest, NameWithoutALatinFormIsRefused) {
  idp_client::VerifiedIdentity scribe = Ana();
  scribe.given_name = "\U00013000";
  scribe.surname = "";
  EXPECT_THAT(CertificateSubject(scribe, Bytes(32), ca::SubjectNames::kLatin),
              FailsWith(Reason::kRequestMalformed));
}

TEST(CertificateSubjectTest, NameThatGrowsTooLongInLatinIsRefused) {
  idp_client::VerifiedIdentity long_name = Ana();
  long_name.given_name = "";
  long_name.surname = "";
  for (int i = 0; i < 40; ++i) long_name.surname += "王";  // "wáng " each
  EXPECT_THAT(CertificateSubject(long_name, Bytes(32)), IsOk());
  EXPECT_THAT(CertificateSubject(long_name, Bytes(32), ca::SubjectNames::kLatin),
              FailsWith(Reason::kLimitExceeded));
}

TEST(CertificateSubjectTest, PseudonymHidesNamesAndIdentifier) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.identifier_type = "TIN";
  ana.identifier = "12345678";
  ana.pseudonym = "Skrivalka 7";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       CertificateSubject(ana, Bytes(32, 0xab), ca::SubjectNames::kPseudonym));
  EXPECT_EQ(named.subject.kind, ca::SubjectKind::kPseudonym);
  EXPECT_EQ(named.subject.pseudonym, "Skrivalka 7");
  EXPECT_EQ(named.subject.given_name, "");
  EXPECT_EQ(named.subject.surname, "");
  EXPECT_EQ(named.subject.serial_number, "EIDSI-abababababababababababababababab");
}

TEST(CertificateSubjectTest, PseudonymIsDerivedWhereTheProviderHasNone) {
  Bytes hash(32, 0xab);
  hash[16] = 0x01;
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       CertificateSubject(Ana(), hash, ca::SubjectNames::kPseudonym));
  EXPECT_EQ(named.subject.pseudonym, "pseudonym-01ababababababab");
}

TEST(CertificateSubjectTest, HostilePseudonymIsRefused) {
  idp_client::VerifiedIdentity ana = Ana();
  ana.pseudonym = "a\u202Eb";
  EXPECT_THAT(CertificateSubject(ana, Bytes(32), ca::SubjectNames::kPseudonym),
              FailsWith(Reason::kRequestMalformed));
}

TEST(CertificateSubjectTest, ShortHashIsADefectOfOurs) {
  EXPECT_THAT(CertificateSubject(Ana(), Bytes(16)), FailsWith(Reason::kInternal));
}

Organization Bakery() {
  return {
      .country = "SI", .name = "Pekarna Žužek d.o.o.", .organization_identifier = "VATSI-87654321"};
}

TEST(OrganizationSubjectTest, NameAndIdentifierAreTaken) {
  ASSERT_OK_AND_ASSIGN(const NamedSubject named, OrganizationSubject(Bakery()));
  EXPECT_EQ(named.subject.kind, ca::SubjectKind::kLegalPerson);
  EXPECT_EQ(named.subject.organization, "Pekarna Žužek d.o.o.");
  EXPECT_EQ(named.subject.common_name, "Pekarna Žužek d.o.o.");
  EXPECT_EQ(named.subject.organization_identifier, "VATSI-87654321");
  EXPECT_TRUE(named.transliterated.empty());
}

TEST(OrganizationSubjectTest, NameIsTransliteratedWhereTheProfileAsksForIt) {
  Organization bakery = Bakery();
  bakery.name = "Пекарна";
  bakery.common_name = "Pekarna";
  ASSERT_OK_AND_ASSIGN(const NamedSubject named,
                       OrganizationSubject(bakery, ca::SubjectNames::kLatin));
  EXPECT_EQ(named.subject.organization, "Pekarna");
  EXPECT_THAT(named.transliterated, ::testing::ElementsAre("organizationName"));
}

TEST(OrganizationSubjectTest, WhatIsNoOrganizationIsRefused) {
  Organization nobody = Bakery();
  nobody.name = "";
  EXPECT_THAT(OrganizationSubject(nobody), FailsWith(Reason::kRequestMalformed));
  Organization person = Bakery();
  person.organization_identifier = "PNOSI-0101006500006";
  EXPECT_THAT(OrganizationSubject(person), FailsWith(Reason::kRequestMalformed));
  Organization nowhere = Bakery();
  nowhere.country = "";
  EXPECT_THAT(OrganizationSubject(nowhere), FailsWith(Reason::kRequestMalformed));
}

TEST(PersonOctetsTest, NoTwoPeopleShareTheirOctets) {
  // What one field loses at its end, the next may not gain at its begin.
  idp_client::VerifiedIdentity left = Ana();
  left.issuer = "https://idp.examplea";
  left.subject = "na";
  EXPECT_NE(PersonOctets(left, "bank"), PersonOctets(Ana(), "bank"));
  EXPECT_NE(PersonOctets(Ana(), "bank"), PersonOctets(Ana(), "bank2"));
}

}  // namespace
}  // namespace enkrat::signer
