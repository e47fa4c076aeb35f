// How the person was authenticated, octet by octet, and what may not get into it.
#include "ca/authentication_context.h"

#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "ca/issuer.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::AnaNovak;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::MakeProfile;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;
using ::enkrat::testing::SubstantialLogin;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(AuthenticationContextTest, EncodingIsThatOfRfc7773) {
  const AuthenticationContext context = {
      .identity_provider = "https://idp.eu",
      .authentication_instant = absl::FromUnixSeconds(1'800'000'000),
      .context_class = "urn:high",
      .assertion_reference = "_1",
      .service_id = "enkrat"};
  const std::string type = "http://id.elegnamnden.se/auth-cont/1.0/saci";  // 43 octets
  const std::string document =                                             // 300 octets
      "<saci:SAMLAuthContext xmlns:saci=\"http://id.elegnamnden.se/auth-cont/1.0/saci\">"
      "<saci:AuthContextInfo IdentityProvider=\"https://idp.eu\""
      " AuthenticationInstant=\"2027-01-15T08:00:00Z\" AuthnContextClassRef=\"urn:high\""
      " AssertionRef=\"_1\" ServiceID=\"enkrat\"/></saci:SAMLAuthContext>";
  const std::string hex = ToHex(EncodeAuthenticationContext(context));
  // Extension { 1.2.752.201.5.1, OCTET STRING { SEQUENCE OF { SEQUENCE { UTF8String, UTF8String
  // }}}}, without the BOOLEAN of a critical one.
  EXPECT_THAT(hex, HasSubstr("06072a857081490501"
                             "0482"));
  EXPECT_THAT(hex, HasSubstr(absl::StrCat("0c2b", ToHex(ToBytes(type)), "0c")));
  EXPECT_THAT(hex, EndsWith(ToHex(ToBytes(document))));
}

TEST(AuthenticationContextTest, MarkupInTheTextsIsEscaped) {
  AuthenticationContext context = SubstantialLogin();
  context.assertion_reference = "\"/><evil a='&b'>";
  const std::string text = ToString(EncodeAuthenticationContext(context));
  EXPECT_THAT(text, HasSubstr("AssertionRef=\"&quot;/&gt;&lt;evil a=&apos;&amp;b&apos;&gt;\""));
  EXPECT_THAT(text, Not(HasSubstr("<evil")));
}

TEST(AuthenticationContextTest, MissingClassIsUnspecifiedAndTheRestIsLeftOut) {
  const std::string text = ToString(EncodeAuthenticationContext(
      {.identity_provider = "a", .authentication_instant = absl::UnixEpoch()}));
  EXPECT_THAT(text, HasSubstr("Instant=\"1970-01-01T00:00:00Z\" AuthnContextClassRef=\"urn:oasis:"
                              "names:tc:SAML:2.0:ac:classes:unspecified\"/></saci:"));
}

struct Refused {
  const char* name;
  std::function<void(AuthenticationContext&)> spoil;
  Reason reason = Reason::kRequestMalformed;
};

class RefusedContextTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedContextTest, IsRefused) {
  AuthenticationContext context = SubstantialLogin();
  GetParam().spoil(context);
  EXPECT_THAT(CheckAuthenticationContext(context), FailsWith(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Contexts, RefusedContextTest,
    ::testing::Values(
        Refused{"NoProvider", [](auto& c) { c.identity_provider = ""; }},
        Refused{"NulInProvider", [](auto& c) { c.identity_provider = std::string("a\0b", 3); }},
        Refused{"LineFeedInClass", [](auto& c) { c.context_class = "a\nb"; }},
        Refused{"NonCharacter", [](auto& c) { c.context_class = "a\uFFFF"; }},
        Refused{"BidiInReference", [](auto& c) { c.assertion_reference = "a\u202Eb"; }},
        Refused{"NotUtf8", [](auto& c) { c.service_id = "\xff"; }},
        Refused{"LongReference", [](auto& c) { c.assertion_reference = std::string(513, 'a'); },
                Reason::kLimitExceeded},
        Refused{"InfinitePast", [](auto& c) { c.authentication_instant = absl::InfinitePast(); }},
        Refused{"InfiniteFuture",
                [](auto& c) { c.authentication_instant = absl::InfiniteFuture(); }},
        Refused{"Year10000",
                [](auto& c) { c.authentication_instant = absl::FromUnixSeconds(253402300800); }}),
    [](const auto& suite) { return suite.param.name; });

class IssuedContextTest : public ::testing::Test {
 protected:
  absl::StatusOr<IssuanceToken> Prepare(bool asked_for,
                                        std::optional<AuthenticationContext> context) {
    ProfileSpec spec = AdvancedSpec();
    spec.authentication_context = asked_for;
    const Profile profile = MakeProfile(spec);
    return issuer_->Prepare({.profile = &profile,
                             .subject = AnaNovak(),
                             .subject_key = &key_->public_key(),
                             .authentication_context = std::move(context)});
  }

  SoftwareAuthority authority_;
  std::unique_ptr<Issuer> issuer_ =
      Issuer::Create({.chain_der = authority_.chain_der(), .clock = &authority_.clock}).value();
  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
};

TEST_F(IssuedContextTest, ContextIsThereWhereTheProfileAsksForIt) {
  ASSERT_OK_AND_ASSIGN(const IssuanceToken with, Prepare(true, SubstantialLogin()));
  EXPECT_THAT(ToString(with.tbs_der()), HasSubstr("http://eidas.europa.eu/LoA/substantial"));
  ASSERT_OK_AND_ASSIGN(const IssuanceToken without, Prepare(false, SubstantialLogin()));
  EXPECT_THAT(ToString(without.tbs_der()), Not(HasSubstr("eidas.europa.eu")));
}

TEST_F(IssuedContextTest, LongestContextPassesTheLints) {
  AuthenticationContext context = SubstantialLogin();
  context.identity_provider = context.context_class = context.assertion_reference =
      context.service_id = std::string(512, '"');
  EXPECT_THAT(Prepare(true, context), IsOk());
}

TEST_F(IssuedContextTest, MissingOrBrokenContextIsRefused) {
  EXPECT_THAT(Prepare(true, std::nullopt), FailsWith(Reason::kProfileRejected));
  AuthenticationContext context = SubstantialLogin();
  context.identity_provider = "a\nb";
  EXPECT_THAT(Prepare(true, context), FailsWith(Reason::kRequestMalformed));
}

TEST_F(IssuedContextTest, SubjectOfAnotherKindIsRefused) {
  for (const ProfileKind kind : {ProfileKind::kSignature, ProfileKind::kSeal}) {
    for (const SubjectNames names :
         {SubjectNames::kAsGiven, SubjectNames::kLatin, SubjectNames::kPseudonym}) {
      if (kind == ProfileKind::kSeal && names == SubjectNames::kPseudonym) continue;
      ProfileSpec spec = AdvancedSpec();
      spec.kind = kind;
      spec.names = names;
      const Profile profile = MakeProfile(spec);
      for (const Subject& subject :
           {AnaNovak(), enkrat::testing::Skrivalka(), enkrat::testing::PekarnaNovak()}) {
        const auto token = issuer_->Prepare(
            {.profile = &profile, .subject = subject, .subject_key = &key_->public_key()});
        if (subject.kind == profile.subject_kind()) {
          EXPECT_THAT(token, IsOk());
        } else {
          EXPECT_THAT(token, FailsWith(Reason::kProfileRejected));
        }
      }
    }
  }
}

}  // namespace
}  // namespace enkrat::ca
