#include "server/settings.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/file.h"
#include "common/loopback.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/oidc_settings.h"
#include "server/config_loader.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr uint32_t kDefaultMaxInFlight = 256;
constexpr uint32_t kMostThreads = 1024;
constexpr uint32_t kDefaultMemoryLimit = 512;  // MiB
constexpr size_t kMaxFileSize = 1024 * 1024;

absl::Status Invalid(absl::string_view field, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(field, ": ", what));
}

void Resolve(const std::filesystem::path& folder, std::string* path) {
  if (!path->empty()) *path = (folder / *path).lexically_normal().string();
}

void ResolvePaths(const std::filesystem::path& folder, Config& config) {
  if (config.server().has_tls()) {
    v1::TlsConfig& tls = *config.mutable_server()->mutable_tls();
    Resolve(folder, tls.mutable_certificate_file());
    Resolve(folder, tls.mutable_private_key_file());
    Resolve(folder, tls.mutable_client_ca_file());
  }
  Resolve(folder, config.mutable_server()->mutable_port_file());
  Resolve(folder, config.mutable_hsm()->mutable_module());
  Resolve(folder, config.mutable_hsm()->mutable_pin()->mutable_file());
  Resolve(folder, config.mutable_certificates()->mutable_chain_file());
  if (config.timestamping().has_own()) {
    Resolve(folder, config.mutable_timestamping()->mutable_own()->mutable_chain_file());
  }
  if (config.timestamping().has_outside()) {
    v1::OutsideTsa& outside = *config.mutable_timestamping()->mutable_outside();
    Resolve(folder, outside.mutable_trust_file());
    Resolve(folder, outside.mutable_tls_ca_file());
  }
  Resolve(folder, config.mutable_store()->mutable_path());
  for (v1::IssuerConfig& issuer : *config.mutable_identity_providers()) {
    Resolve(folder, issuer.mutable_jwks_file());
    Resolve(folder, issuer.mutable_tls_ca_file());
  }
}

// Asks before it touches: what the mutable accessor was called for is there from then on.
template <typename M>
void DefaultDuration(M& message, bool (M::*has)() const,
                     google::protobuf::Duration* (M::*mutable_duration)(), absl::Duration value) {
  if ((message.*has)()) return;
  google::protobuf::Duration* duration = (message.*mutable_duration)();
  duration->set_seconds(absl::ToInt64Seconds(value));
  duration->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(value % absl::Seconds(1))));
}

void DefaultText(std::string* text, const char* value) {
  if (text->empty()) *text = value;
}

void FillServerDefaults(v1::ServerConfig& server) {
  DefaultText(server.mutable_grpc_listen(), "127.0.0.1:7443");
  DefaultText(server.mutable_http_listen(), "127.0.0.1:7080");
  if (server.max_in_flight() == 0) server.set_max_in_flight(kDefaultMaxInFlight);
  // One for each call: a relying party that fills its quarter with slow calls takes no thread that
  // another one's call would need.
  if (server.session_threads() == 0) {
    server.set_session_threads(std::min(server.max_in_flight(), kMostThreads));
  }
  if (server.max_timestamps_in_flight() == 0) {
    server.set_max_timestamps_in_flight(kDefaultMaxInFlight);
  }
  if (server.memory_limit_mb() == 0) server.set_memory_limit_mb(kDefaultMemoryLimit);
  DefaultDuration(server, &v1::ServerConfig::has_default_deadline,
                  &v1::ServerConfig::mutable_default_deadline, absl::Seconds(30));
  DefaultDuration(server, &v1::ServerConfig::has_drain, &v1::ServerConfig::mutable_drain,
                  absl::Seconds(30));
  DefaultDuration(server, &v1::ServerConfig::has_watchdog_interval,
                  &v1::ServerConfig::mutable_watchdog_interval, absl::Seconds(5));
}

void FillDefaults(Config& config) {
  FillServerDefaults(*config.mutable_server());
  v1::HsmConfig& hsm = *config.mutable_hsm();
  if (hsm.sessions() == 0) hsm.set_sessions(std::max(1U, std::thread::hardware_concurrency()));
  if (hsm.max_waiting() == 0) hsm.set_max_waiting(1024);
  DefaultText(hsm.mutable_issuing_ca_key(), "issuing-ca");
  DefaultText(hsm.mutable_timestamping_key(), "timestamping-unit");
  DefaultText(hsm.mutable_evidence_mac_key(), "evidence-mac");
  for (v1::ProfileConfig& profile : *config.mutable_certificates()->mutable_profiles()) {
    DefaultDuration(profile, &v1::ProfileConfig::has_validity, &v1::ProfileConfig::mutable_validity,
                    absl::Minutes(15));
    DefaultDuration(profile, &v1::ProfileConfig::has_not_before_skew,
                    &v1::ProfileConfig::mutable_not_before_skew, absl::Seconds(30));
  }
  if (config.timestamping().has_own()) {
    v1::OwnTimestampingUnit& own = *config.mutable_timestamping()->mutable_own();
    DefaultText(own.mutable_policy_oid(), "0.4.0.2023.1.1");
    DefaultDuration(own, &v1::OwnTimestampingUnit::has_accuracy,
                    &v1::OwnTimestampingUnit::mutable_accuracy, absl::Seconds(1));
  }
  if (config.timestamping().has_outside()) {
    v1::OutsideTsa& outside = *config.mutable_timestamping()->mutable_outside();
    DefaultDuration(outside, &v1::OutsideTsa::has_timeout, &v1::OutsideTsa::mutable_timeout,
                    absl::Seconds(5));
  }
  v1::StoreConfig& store = *config.mutable_store();
  DefaultDuration(store, &v1::StoreConfig::has_keep_results, &v1::StoreConfig::mutable_keep_results,
                  absl::Hours(24));
  DefaultText(config.mutable_log()->mutable_level(), "info");
}

struct Range {
  absl::Duration least;
  absl::Duration most;
};

absl::Status CheckBetween(const google::protobuf::Duration& duration, absl::string_view field,
                          Range range) {
  const absl::Duration value = DurationFrom(duration);
  if (value >= range.least && value <= range.most) return absl::OkStatus();
  return Invalid(field, absl::StrCat("is not between ", absl::FormatDuration(range.least), " and ",
                                     absl::FormatDuration(range.most)));
}

absl::Status CheckServer(const v1::ServerConfig& server) {
  ENKRAT_ASSIGN_OR_RETURN(const ListenAddress grpc, ParseListenAddress(server.grpc_listen()));
  ENKRAT_RETURN_IF_ERROR(ParseListenAddress(server.http_listen()).status());
  if (server.plaintext_on_loopback()) {
    if (!IsLoopbackHost(grpc.host)) {
      return Invalid("server.plaintext_on_loopback",
                     "grpc_listen is not a loopback address; use server.tls");
    }
    if (server.has_tls())
      return Invalid("server", "tls and plaintext_on_loopback exclude each other");
    if (server.plaintext_relying_party().empty()) {
      return Invalid("server.plaintext_relying_party", "is needed with plaintext_on_loopback");
    }
  } else if (!server.has_tls() || server.tls().certificate_file().empty() ||
             server.tls().private_key_file().empty() || server.tls().client_ca_file().empty()) {
    return Invalid("server.tls",
                   "certificate_file, private_key_file and client_ca_file are needed (or "
                   "plaintext_on_loopback on a loopback address)");
  } else if (!server.plaintext_relying_party().empty()) {
    // Left over from a trial, it would read as if certificates did not count.
    return Invalid("server.plaintext_relying_party", "is for plaintext_on_loopback only");
  }
  if (server.max_in_flight() > 65536 || server.session_threads() > kMostThreads ||
      server.max_timestamps_in_flight() > 65536) {
    return Invalid("server", "a limit is out of range (65536 calls, 1024 threads)");
  }
  ENKRAT_RETURN_IF_ERROR(CheckBetween(server.watchdog_interval(), "server.watchdog_interval",
                                      {absl::Milliseconds(10), absl::Minutes(5)}));
  ENKRAT_RETURN_IF_ERROR(CheckBetween(server.default_deadline(), "server.default_deadline",
                                      {absl::Milliseconds(10), absl::Minutes(10)}));
  ENKRAT_RETURN_IF_ERROR(
      CheckBetween(server.drain(), "server.drain", {absl::ZeroDuration(), absl::Minutes(10)}));
  if (server.memory_limit_mb() < 64 || server.memory_limit_mb() > 65536) {
    return Invalid("server.memory_limit_mb", "is not between 64 and 65536");
  }
  return absl::OkStatus();
}

absl::Status CheckParts(const Config& config) {
  if (config.hsm().module().empty()) return Invalid("hsm.module", "is needed");
  if (config.hsm().token_label().empty()) return Invalid("hsm.token_label", "is needed");
  if (config.hsm().pin().file().empty() == config.hsm().pin().systemd_credential().empty()) {
    return Invalid("hsm.pin", "one of file and systemd_credential is needed");
  }
  if (config.hsm().sessions() > 1024) return Invalid("hsm.sessions", "at most 1024");
  if (config.store().path().empty()) return Invalid("store.path", "is needed");
  if (config.certificates().chain_file().empty()) {
    return Invalid("certificates.chain_file", "is needed");
  }
  if (config.timestamping().has_own() == config.timestamping().has_outside()) {
    return Invalid("timestamping", "exactly one of own and outside is needed");
  }
  const std::string& level = config.log().level();
  if (level != "debug" && level != "info" && level != "warning" && level != "error") {
    return Invalid("log.level", "is none of debug, info, warning, error");
  }
  const absl::Duration keep = DurationFrom(config.store().keep_results());
  if (keep < absl::Minutes(1) || keep > absl::Hours(24 * 30)) {
    return Invalid("store.keep_results", "is not between 1m and 30 days");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port > 65535) {
    return Invalid(text, "is not host:port");
  }
  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  in6_addr scratch{};
  if (inet_pton(AF_INET, host.c_str(), &scratch) != 1 &&
      inet_pton(AF_INET6, host.c_str(), &scratch) != 1) {
    return Invalid(text, "does not begin with a numeric address");
  }
  return ListenAddress{.host = host, .port = static_cast<uint16_t>(port)};
}

absl::StatusOr<std::string> ConfiguredFile(const std::string& path) {
  const absl::StatusOr<Bytes> content = ReadFile(path, kMaxFileSize);
  if (content.ok()) return ToString(*content);
  return MakeError(Reason::kConfigurationInvalid, content.status().message());
}

absl::StatusOr<Config> LoadSettings(const std::string& path) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string yaml, ConfiguredFile(path));
  Config config;
  ENKRAT_RETURN_IF_ERROR(WithContext(ReadYaml(yaml, config), path));
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  ResolvePaths(absolute.parent_path(), config);
  FillDefaults(config);
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckServer(config.server()), path));
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckParts(config), path));
  return config;
}

absl::StatusOr<std::vector<Bytes>> ChainFrom(const std::string& pem_file) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string pem, ConfiguredFile(pem_file));
  absl::StatusOr<std::vector<Bytes>> chain = CertificatesFromPem(pem);
  if (!chain.ok()) return Invalid(pem_file, chain.status().message());
  return chain;
}

absl::StatusOr<Secret> SecretFrom(const v1::SecretSource& source,
                                  const std::string& credentials_directory) {
  if (!source.file().empty()) return ReadSecretFile(source.file());
  const std::string& name = source.systemd_credential();
  if (credentials_directory.empty()) {
    return Invalid("systemd_credential", "the service was started without LoadCredential=");
  }
  if (name.empty() || absl::StrContains(name, "/") || name[0] == '.') {
    return Invalid("systemd_credential", "is not a name");
  }
  return ReadSecretFile(absl::StrCat(credentials_directory, "/", name));
}

absl::Duration DurationFrom(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

namespace {

// They can be read, and the key is the certificate's.
absl::Status CheckTlsFiles(const v1::TlsConfig& tls) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> chain, ChainFrom(tls.certificate_file()));
  ENKRAT_RETURN_IF_ERROR(ChainFrom(tls.client_ca_file()).status());
  ENKRAT_ASSIGN_OR_RETURN(const Secret pem, ReadSecretFile(tls.private_key_file()));
  const ByteSpan text = pem.Reveal();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const uint8_t* der = chain.front().data();
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      d2i_X509(nullptr, &der, static_cast<long>(chain.front().size())), &X509_free);
  const bool fits =
      key != nullptr && leaf != nullptr && X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  if (fits) return absl::OkStatus();
  return Invalid("server.tls.private_key_file", "is not the key of certificate_file");
}

}  // namespace

absl::Status CheckValues(const Config& config) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<idp_client::OidcIssuer> issuers, IssuersFrom(config));
  ENKRAT_RETURN_IF_ERROR(idp_client::CheckOidcIssuers(issuers));
  ENKRAT_RETURN_IF_ERROR(ProfilesFrom(config).status());
  return CallersFrom(config).status();
}

absl::Status CheckSettings(const Config& config) {
  ENKRAT_RETURN_IF_ERROR(CheckValues(config));
  if (!FileExists(config.hsm().module())) {
    return Invalid("hsm.module", absl::StrCat("there is no ", config.hsm().module()));
  }
  // A systemd credential is there only when systemd starts the service.
  if (const std::string& pin = config.hsm().pin().file(); !pin.empty()) {
    ENKRAT_RETURN_IF_ERROR(ReadSecretFile(pin).status());
  }
  if (config.server().has_tls()) ENKRAT_RETURN_IF_ERROR(CheckTlsFiles(config.server().tls()));
  ENKRAT_RETURN_IF_ERROR(ChainFrom(config.certificates().chain_file()).status());
  const v1::TimestampingConfig& timestamping = config.timestamping();
  const std::string trust_file = timestamping.has_own() ? timestamping.own().chain_file()
                                                        : timestamping.outside().trust_file();
  return ChainFrom(trust_file).status();
}

}  // namespace enkrat::server
