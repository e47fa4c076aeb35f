// The whole service as its users have it.
#include "tests/support/service_environment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "tests/support/paths.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::testing {
namespace {

[[noreturn]] void Give(const std::string& what, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), why.c_str());
  std::abort();
}

// The first group of the pattern in the text.
std::optional<std::string> Find(const std::string& text, const char* pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) return std::nullopt;
  return match[1].str();
}

}  // namespace

ServiceEnvironment::ServiceEnvironment(Options options)
    : mutual_tls_(options.mutual_tls), environment_(std::move(options.environment)) {
  // Where the network is behind a proxy, what is on this machine is not.
  setenv("no_proxy", "127.0.0.1,localhost", /*overwrite=*/1);
  std::filesystem::create_directory(File("tokens"));
  WriteText(softhsm_conf(), absl::StrCat("directories.tokendir = ", File("tokens"),
                                         "\nobjectstore.backend = file\nlog.level = ERROR\n"));
  if (options.ceremony) {
    options.ceremony(*this);
  } else if (const ProgramOutcome outcome = Init({}); outcome.exit_code != 0) {
    Give("enkrat init", outcome.out + outcome.err);
  }
  StartIdentityProvider();
  const std::string module = SoftHsmDirectory::ModulePath();
  settings_ =
      Merge(mutual_tls_ ? MutualTlsSettings(module, idp_url_) : PlaintextSettings(module, idp_url_),
            options.settings);
  if (!mutual_tls_) return;
  tls_ = std::make_unique<ServiceCertificates>(File("tls"));
  tls_->Issue("server", "IP:127.0.0.1,DNS:localhost");
  tls_->Issue("alpha", "DNS:alpha.example");
  tls_->Issue("beta", "DNS:beta.example");
}

ServiceEnvironment::~ServiceEnvironment() {
  if (daemon_ == nullptr || !::testing::UnitTest::GetInstance()->Failed()) return;
  std::fprintf(stderr, "What enkratd said at last:\n%s\n", daemon_->err().c_str());
}

ProgramCall ServiceEnvironment::InitCall(const std::vector<std::string>& more) const {
  ProgramCall call{
      .argv = {BinaryPath("bin/enkrat"), "init", "--dir", File("service"), "--module",
               SoftHsmDirectory::ModulePath(), "--organization", "Enkrat tests", "--country", "SI"},
      .environment = {{"SOFTHSM2_CONF", softhsm_conf()}}};
  if (std::find(more.begin(), more.end(), "--base-url") == more.end()) {
    call.argv.insert(call.argv.end(), {"--base-url", "http://127.0.0.1:7080"});
  }
  call.argv.insert(call.argv.end(), more.begin(), more.end());
  return call;
}

ProgramOutcome ServiceEnvironment::Init(const std::vector<std::string>& more) const {
  // Minutes: an RSA key of 4096 bits on a busy machine.
  return RunProgram(InitCall(more), absl::Minutes(2));
}

void ServiceEnvironment::StartIdentityProvider() {
  idp_ = std::make_unique<Subprocess>(ProgramCall{.argv = {BinaryPath("bin/enkrat-demo-idp")}});
  const auto line = idp_->WaitForLine("issuer");
  if (!line.has_value()) Give("enkrat-demo-idp", idp_->err());
  idp_url_ = Find(*line, "(http://127\\.0\\.0\\.1:[0-9]+)").value();
}

void ServiceEnvironment::WriteConfiguration() const {
  WriteText(File("enkratd.yaml"), ToYaml(settings_));
}

ProgramCall ServiceEnvironment::DaemonCall() const {
  std::map<std::string, std::string> environment = environment_;
  environment.emplace("SOFTHSM2_CONF", softhsm_conf());
  return {.argv = {BinaryPath("bin/enkratd"), "--config", File("enkratd.yaml")},
          .environment = std::move(environment)};
}

absl::Status ServiceEnvironment::Start() {
  daemon_.reset();
  WriteConfiguration();
  std::filesystem::remove(File("ports.json"));
  daemon_ = std::make_unique<Subprocess>(DaemonCall());
  if (!daemon_->WaitForLine("\"listening\"").has_value()) {
    return MakeError(Reason::kInternal, absl::StrCat("enkratd does not listen: ", daemon_->err()));
  }
  return ReadPorts();
}

absl::Status ServiceEnvironment::ReadPorts() {
  const std::string ports = ReadText(File("ports.json"));
  const auto grpc = Find(ports, "\"grpc\": *([0-9]+)");
  const auto http = Find(ports, "\"http\": *([0-9]+)");
  if (!grpc.has_value() || !http.has_value()) {
    return MakeError(Reason::kInternal, absl::StrCat("no ports in ports.json: ", ports));
  }
  grpc_target_ = "127.0.0.1:" + *grpc;
  http_url_ = "http://127.0.0.1:" + *http;
  return absl::OkStatus();
}

std::optional<int> ServiceEnvironment::Terminate() {
  daemon_->Signal(SIGTERM);
  return daemon_->WaitForExit(absl::Seconds(40));  // longer than it drains by default
}

void ServiceEnvironment::Kill() {
  daemon_->Signal(SIGKILL);
  daemon_->WaitForExit();
}

absl::Status ServiceEnvironment::Restart() {
  if (const auto code = Terminate(); code != 0) {
    return MakeError(Reason::kInternal,
                     absl::StrCat("enkratd ended with ", code.value_or(-1), ": ", daemon_->err()));
  }
  return Start();
}

ProgramOutcome ServiceEnvironment::Enkrat(std::vector<std::string> arguments,
                                          const std::string& caller) const {
  std::vector<std::string> argv = {BinaryPath("bin/enkrat"), "--server", grpc_target_};
  if (mutual_tls_) {
    for (const std::string& word :
         {std::string("--tls-ca"), tls_->CaFile(), std::string("--tls-cert"),
          tls_->CertificateFile(caller), std::string("--tls-key"), tls_->KeyFile(caller)}) {
      argv.push_back(word);
    }
  } else {
    argv.push_back("--plaintext");
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunProgram({.argv = std::move(argv),
                     .environment = {{"SOFTHSM2_CONF", softhsm_conf()}},
                     .folder = folder_.path()});
}

std::string ServiceEnvironment::IdToken(const std::map<std::string, std::string>& fields) const {
  std::map<std::string, std::string> all = {
      {"sub", "ana"}, {"given_name", "Ana"}, {"family_name", "Novak"}, {"country", "SI"}};
  for (const auto& [name, value] : fields) all[name] = value;
  std::vector<std::string> argv = {"curl", "-sS", idp_url_ + "/token"};
  for (const auto& [name, value] : all) {
    argv.push_back("--data-urlencode");
    argv.push_back(absl::StrCat(name, "=", value));
  }
  const ProgramOutcome outcome = RunProgram({.argv = std::move(argv)});
  const auto token = Find(outcome.out, "\"id_token\": *\"([^\"]+)\"");
  if (!token.has_value()) Give("the identity provider", outcome.out + outcome.err);
  return *token;
}

std::vector<std::string> ServiceEnvironment::LoginOptions(const std::string& relying_party) const {
  return {"--idp", idp_url_,        "--relying-party", relying_party, "--given-name",
          "Ana",   "--family-name", "Novak",           "--country",   "SI"};
}

std::string ServiceEnvironment::user_pin() const {
  return std::string(absl::StripAsciiWhitespace(ReadText(ServiceFile("secrets/pin"))));
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace enkrat::testing
