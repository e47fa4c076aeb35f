// enkrat-demo-idp: an OpenID provider that believes whoever asks. For demonstrations and tests on
// one machine; never installed.
#include <csignal>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/thread_pool.h"
#include "server/http_server.h"
#include "tools/demo_idp/provider.h"

namespace {

constexpr int kOk = 0;
constexpr int kEnvironment = 2;
constexpr int kUsage = 64;

struct Arguments {
  std::string algorithm = "ES256";
  uint16_t port = 0;
  std::string port_file;
  std::string issuer;
};

int Fail(absl::string_view text) {
  std::cerr << "error: " << text << "\n";
  return kEnvironment;
}

int Serve(const Arguments& arguments, const sigset_t& stop) {
  const enkrat::SystemClock clock;
  auto provider = enkrat::demo_idp::Provider::Create(arguments.algorithm, clock);
  if (!provider.ok()) return Fail(provider.status().message());
  enkrat::ThreadPool pool({.threads = 2, .queue_limit = 256});
  auto http = enkrat::server::HttpServer::Start(
      {.host = "127.0.0.1", .port = arguments.port, .max_body_size = 8 * 1024 * 1024}, pool,
      [&](const enkrat::server::HttpRequest& request) { return (*provider)->Answer(request); });
  if (!http.ok()) return Fail(http.status().message());
  const uint16_t port = (*http)->port();
  const std::string issuer =
      arguments.issuer.empty() ? absl::StrCat("http://127.0.0.1:", port) : arguments.issuer;
  (*provider)->SetIssuer(issuer);
  if (!arguments.port_file.empty()) {
    // Whoever waits for the file finds it whole.
    const auto written = enkrat::WriteFile(
        arguments.port_file, enkrat::AsSpan(absl::StrCat(port, "\n")), {.overwrite = true});
    if (!written.ok()) return Fail(written.status().message());
  }
  std::cout << "enkrat-demo-idp: issuer " << issuer << " on 127.0.0.1:" << port << std::endl;
  int received = 0;
  sigwait(&stop, &received);
  return kOk;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("An OpenID provider for demonstrations and tests: it believes whoever asks.",
               "enkrat-demo-idp");
  app.add_option("--alg", arguments.algorithm, "algorithm of the signing key")
      ->check(CLI::IsMember({"ES256", "ES384", "PS256", "RS256"}))
      ->capture_default_str();
  app.add_option("--port", arguments.port, "port on 127.0.0.1; 0 takes a free one")
      ->capture_default_str();
  app.add_option("--port-file", arguments.port_file, "file that the port is written to");
  app.add_option("--issuer", arguments.issuer, "issuer; default http://127.0.0.1:PORT");
  app.footer(
      "Example:\n  enkrat-demo-idp --port 8090 &\n"
      "  curl -d sub=alice -d nonce=N -d given_name=Alice http://127.0.0.1:8090/token");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  // Before any thread starts, so that all inherit the mask and only sigwait takes the signals.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return Serve(arguments, stop);
}
