#include "cli/demo_login.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/thread_pool.h"
#include "server/http_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tools/demo_idp/form.h"
#include "tools/demo_idp/provider.h"

namespace enkrat::cli {
namespace {

using testing::FailsWith;

constexpr absl::Duration kTimeout = absl::Seconds(10);

TEST(LoginFormTest, TheProviderReadsWhatWasSent) {
  const LoginArguments arguments{.subject = "a b&c=d+%",
                                 .nonce = "n_-",
                                 .given_name = "\xC5\xBDiga",
                                 .family_name = "O'Neill"};
  ASSERT_OK_AND_ASSIGN(const demo_idp::Form form, demo_idp::ParseForm(LoginForm(arguments)));
  EXPECT_EQ(form, (demo_idp::Form{{"sub", "a b&c=d+%"},
                                  {"nonce", "n_-"},
                                  {"aud", "enkrat"},
                                  {"acr", "urn:enkrat:loa:high"},
                                  {"given_name", "\xC5\xBDiga"},
                                  {"family_name", "O'Neill"}}));
}

// The real provider behind the real HTTP server, on a free port of this machine.
class DemoLoginTest : public ::testing::Test {
 protected:
  DemoLoginTest() {
    provider_->SetIssuer("http://127.0.0.1:1");
    http_ = server::HttpServer::Start({}, pool_, [this](const server::HttpRequest& request) {
              if (broken_answer_.empty()) return provider_->Answer(request);
              server::HttpResponse response;
              response.body = ToBytes(broken_answer_);
              return response;
            }).value();
  }

  LoginArguments Arguments() const {
    return {.idp_url = absl::StrCat("http://127.0.0.1:", http_->port()), .nonce = "n"};
  }

  testing::FakeClock clock_;
  ThreadPool pool_{{.threads = 1}};
  std::unique_ptr<demo_idp::Provider> provider_ =
      demo_idp::Provider::Create("ES256", clock_).value();
  std::string broken_answer_;
  std::unique_ptr<server::HttpServer> http_;
};

TEST_F(DemoLoginTest, TokenIsACompactJws) {
  ASSERT_OK_AND_ASSIGN(const std::string token, Login(Arguments(), kTimeout));
  EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2);
}

TEST_F(DemoLoginTest, ManyTokensComeInOneCall) {
  ASSERT_OK_AND_ASSIGN(const auto tokens, LoginMany(Arguments(), {"a", "b", "c"}, kTimeout));
  EXPECT_EQ(tokens.size(), 3u);
  EXPECT_NE(tokens[0], tokens[1]);
}

TEST_F(DemoLoginTest, RefusalIsAnError) {
  LoginArguments arguments = Arguments();
  arguments.subject = "";
  EXPECT_THAT(Login(arguments, kTimeout), FailsWith(Reason::kRequestMalformed));
}

TEST_F(DemoLoginTest, AnswerWithoutTokenIsAnError) {
  for (const char* answer :
       {"{}", "[]", "no json", R"({"id_token":1,"id_tokens":[1]})", R"({"id_tokens":["a","b"]})"}) {
    broken_answer_ = answer;
    EXPECT_THAT(Login(Arguments(), kTimeout), FailsWith(Reason::kRequestMalformed)) << answer;
    EXPECT_THAT(LoginMany(Arguments(), {"a"}, kTimeout), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(DemoLoginTest, ProviderThatIsAwayIsUnavailable) {
  const LoginArguments arguments = Arguments();
  http_.reset();
  EXPECT_EQ(ExitCodeFor(Login(arguments, kTimeout).status()), kExitUnavailable);
}

TEST_F(DemoLoginTest, ProviderOnAnotherMachineIsWrongUse) {
  EXPECT_EQ(ExitCodeFor(Login({.idp_url = "http://idp.example"}, kTimeout).status()), kExitUsage);
}

}  // namespace
}  // namespace enkrat::cli
