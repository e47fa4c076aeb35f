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
