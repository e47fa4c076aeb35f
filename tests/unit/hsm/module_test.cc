#include "hsm/module.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/fake_cryptoki.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;

TEST(Module, DescribesTheLibraryWithoutItsPadding) {
  FakeCryptoki token;
  ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
  EXPECT_EQ(module->info().manufacturer, "Enkrat tests");
  EXPECT_EQ(module->info().cryptoki_version, "2.40");
  EXPECT_EQ(module->quirks().name, "standard");
}

TEST(Module, FinalisesWhenItGoesAndOnlyOnce) {
  FakeCryptoki token;
  {
    ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
    EXPECT_THAT(module->Finalize(), IsOk());
    EXPECT_THAT(module->Finalize(), IsOk());
  }
  EXPECT_EQ(token.CallCount("C_Finalize"), 1);
}

TEST(Module, SecondModuleOverTheSameLibraryIsRefused) {
  FakeCryptoki token;
  ASSERT_OK_AND_ASSIGN(const auto first, Module::FromFunctionList(token.functions(), {}));
  EXPECT_THAT(Module::FromFunctionList(token.functions(), {}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(first->Tokens(), IsOk());
}

TEST(Module, LibraryThatCannotLockIsRefused) {
  FakeCryptoki token;
  token.FailNth("C_Initialize", 1, "CKR_CANT_LOCK");
  EXPECT_THAT(Module::FromFunctionList(token.functions(), {}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(Module, FailureToInitialiseHasTheReasonOfItsValue) {
  FakeCryptoki token;
  token.FailNth("C_Initialize", 1, "CKR_GENERAL_ERROR");
  EXPECT_THAT(Module::FromFunctionList(token.functions(), {}), FailsWith(Reason::kHsmUnavailable));
}

TEST(Module, FailureAfterInitialisingFinalises) {
  FakeCryptoki token;
  token.FailNth("C_GetInfo", 1, "CKR_GENERAL_ERROR");
  EXPECT_THAT(Module::FromFunctionList(token.functions(), {}), FailsWith(Reason::kHsmUnavailable));
  EXPECT_EQ(token.CallCount("C_Finalize"), 1);
}

TEST(Module, UnknownQuirksAreRefused) {
  FakeCryptoki token;
  EXPECT_THAT(Module::FromFunctionList(token.functions(), {.quirks = "no such vendor"}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(Module, FileThatIsNoLibraryIsRefused) {
  EXPECT_THAT(Module::Load({.path = "/dev/null"}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Module::Load({.path = "/no/such/module.so"}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Module::Load({.path = ""}), FailsWith(Reason::kConfigurationInvalid));
}

TEST(Module, LibraryWithoutCryptokiIsRefused) {
  EXPECT_THAT(Module::Load({.path = "libm.so.6"}), FailsWith(Reason::kConfigurationInvalid));
}

TEST(Module, TokenIsFoundByItsExactLabel) {
  FakeCryptoki token;
  ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
  ASSERT_OK_AND_ASSIGN(const TokenInfo info, module->FindToken("fake token"));
  EXPECT_TRUE(info.initialized);
  EXPECT_THAT(module->FindToken("fake"), FailsWith(Reason::kNotFound));
  EXPECT_THAT(module->FindToken(""), FailsWith(Reason::kNotFound));
}

TEST(Module, BlankTokenIsListedButNotFound) {
  FakeCryptoki token({.initialized = false});
  ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
  ASSERT_OK_AND_ASSIGN(const std::vector<TokenInfo> tokens, module->Tokens());
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_FALSE(tokens[0].initialized);
  EXPECT_THAT(module->FindToken(""), FailsWith(Reason::kNotFound));
}

TEST(Module, SlotWhoseTokenWasPulledIsPassedOver) {
  FakeCryptoki token;
  ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
  token.FailNth("C_GetTokenInfo", 1, "CKR_TOKEN_NOT_PRESENT");
  EXPECT_THAT(module->FindToken("fake token"), FailsWith(Reason::kNotFound));
}

TEST(Module, ForkedChildThatUsesTheModuleIsStopped) {
  FakeCryptoki token;
  ASSERT_OK_AND_ASSIGN(const auto module, Module::FromFunctionList(token.functions(), {}));
  const pid_t child = fork();
  if (child == 0) {
    module->Tokens().status().IgnoreError();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  EXPECT_THAT(module->Tokens(), IsOk());
}

}  // namespace
}  // namespace enkrat::hsm
