#include "tests/integration/oidc_provider.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

[[noreturn]] void Give(const std::string& what, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), why.c_str());
  std::abort();
}

}  // namespace

OidcProvider::OidcProvider() { Start("0"); }

void OidcProvider::Start(const std::string& port) {
  const std::string script = SourcePath("tests/integration/oidc_provider/provider.mjs");
  program_ = std::make_unique<Subprocess>(ProgramCall{.argv = {"node", script, "--port", port}});
  // Longer than a program of ours: it reads a hundred packages and makes RSA keys.
  const std::optional<std::string> line = program_->WaitForLine("\"issuer\"", absl::Seconds(60));
  if (!line.has_value()) Give("oidc-provider", program_->err());
  const size_t start = line->find("http://");
  issuer_ = line->substr(start, line->find('"', start) - start);
}

void OidcProvider::RotateKeys() {
  const ProgramOutcome outcome =
      RunProgram({.argv = {"curl", "-sSf", "-X", "POST", issuer_ + "/control/rotate"}});
  if (outcome.exit_code != 0) Give("rotation of keys", outcome.err);
}

void OidcProvider::Stop() {
  program_->Signal(SIGKILL);
  program_->WaitForExit();
}

void OidcProvider::Restart() {
  Stop();
  Start(issuer_.substr(issuer_.rfind(':') + 1));
}

}  // namespace enkrat::testing
