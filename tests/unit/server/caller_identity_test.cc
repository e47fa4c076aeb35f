#include "server/caller_identity.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/server/fake_auth_context.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeAuthContext;

CallerDirectory::Entry Entry(const std::string& id, std::vector<std::string> names) {
  CallerDirectory::Entry entry;
  entry.relying_party.id = id;
  entry.certificate_sans = std::move(names);
  return entry;
}

TEST(CallerDirectoryTest, CertificateNameLeadsToItsRelyingParty) {
  ASSERT_OK_AND_ASSIGN(auto directory,
                       CallerDirectory::Create({Entry("bank", {"DNS:bank.example"}),
                                                Entry("state", {"URI:https://gov.example/rp"})},
                                               ""));
  ASSERT_OK_AND_ASSIGN(const auto bank, directory->IdentifyByNames({"DNS:bank.example"}));
  EXPECT_EQ(bank->id, "bank");
  ASSERT_OK_AND_ASSIGN(const auto state,
                       directory->IdentifyByNames({"DNS:other", "URI:https://gov.example/rp"}));
  EXPECT_EQ(state->id, "state");
}

TEST(CallerDirectoryTest, UnknownMissingAndAmbiguousNamesAreRefused) {
  ASSERT_OK_AND_ASSIGN(
      auto directory,
      CallerDirectory::Create({Entry("a", {"DNS:a.example"}), Entry("b", {"DNS:b.example"})}, ""));
  EXPECT_THAT(directory->IdentifyByNames({}), FailsWith(Reason::kRelyingPartyUnknown));
  EXPECT_THAT(directory->IdentifyByNames({"DNS:c.example"}),
              FailsWith(Reason::kRelyingPartyUnknown));
  EXPECT_THAT(directory->IdentifyByNames({"DNS:a.example", "DNS:b.example"}),
              FailsWith(Reason::kRelyingPartyUnknown));
  // The kind of name counts: a URI that reads like a DNS name is another name.
  EXPECT_THAT(directory->IdentifyByNames({"URI:a.example"}),
              FailsWith(Reason::kRelyingPartyUnknown));
}

TEST(CallerDirectoryTest, AmbiguousConfigurationIsRefused) {
  EXPECT_THAT(CallerDirectory::Create({Entry("a", {}), Entry("a", {})}, ""),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CallerDirectory::Create({Entry("a", {"DNS:x"}), Entry("b", {"DNS:x"})}, ""),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CallerDirectory::Create({Entry("a", {"x.example"})}, ""),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CallerDirectory::Create({Entry("a", {})}, "b"),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(CallerDirectoryTest, PropertiesOfAnUnverifiedPeerDoNotCount) {
  ASSERT_OK_AND_ASSIGN(auto directory,
                       CallerDirectory::Create({Entry("a", {"DNS:a.example"})}, ""));
  const FakeAuthContext::Properties properties = {{"peer_dns", "a.example"}};
  EXPECT_THAT(directory->Identify(FakeAuthContext(properties, false)),
              FailsWith(Reason::kRelyingPartyUnknown));
  ASSERT_OK_AND_ASSIGN(const auto caller, directory->Identify(FakeAuthContext(properties)));
  EXPECT_EQ(caller->id, "a");
}

TEST(CallerDirectoryTest, CommonNameOfACertificateDoesNotCount) {
  ASSERT_OK_AND_ASSIGN(auto directory,
                       CallerDirectory::Create({Entry("a", {"DNS:a.example"})}, ""));
  EXPECT_THAT(directory->Identify(
                  FakeAuthContext(FakeAuthContext::Properties{{"x509_common_name", "a.example"}})),
              FailsWith(Reason::kRelyingPartyUnknown));
}

}  // namespace
}  // namespace enkrat::server
