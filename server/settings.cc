#include "server/settings.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/file.h"
#include "common/loopback.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/oidc_settings.h"
#include "idp_client/saml_settings.h"
#include "server/certificate_files.h"
#include "server/config_loader.h"
#include "server/revocation_settings.h"
#include "server/settings_defaults.h"
#include "server/settings_words.h"
#include "server/timestamping_settings.h"
#include "server/validation_settings.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr size_t kMaxFileSize = 1024 * 1024;
constexpr absl::Duration kLeastRetention = absl::Hours(24 * 2556);  // 7 years
constexpr absl::Duration kLongestRetention = absl::Hours(24 * 36525);

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
  if (server.max_spooled_mb() > 1024 * 1024) {
    return Invalid("server.max_spooled_mb", "is over 1048576");
  }
  return absl::OkStatus();
}

// What is kept of persons, and their PINs.
absl::Status CheckPersons(const Config& config) {
  const absl::Duration retention = DurationFrom(config.personal_data().retention());
  if (retention < kLeastRetention && !config.personal_data().allow_short_retention()) {
    return Invalid("personal_data.retention",
                   "is under 7 years (EN 319 411-1 OVR-6.4.6-01); allow_short_retention allows it");
  }
  if (retention > kLongestRetention) {
    return Invalid("personal_data.retention", "is over 100 years");
  }
  const v1::SigningPinConfig& pins = config.signing_pins();
  if (pins.argon2_memory_mb() < 8 || pins.argon2_memory_mb() > 1024 || pins.argon2_passes() > 16 ||
      pins.max_at_once() > 64) {
    return Invalid(
        "signing_pins",
        "argon2_memory_mb is 8 to 1024, argon2_passes at most 16, max_at_once at most 64");
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
  if (config.pdf().max_document_mb() > 1024 ||
      2 * config.pdf().max_document_mb() > config.server().max_spooled_mb()) {
    return Invalid("pdf.max_document_mb", "is over 1024, or over half of server.max_spooled_mb");
  }
  // The default may be missing: only visible signatures need it, and doctor says so.
  const std::string& font = config.pdf().font_file();
  if (font != kDefaultFont && access(font.c_str(), R_OK) != 0) {
    return Invalid("pdf.font_file", absl::StrCat("cannot be read: ", std::strerror(errno)));
  }
  ENKRAT_RETURN_IF_ERROR(CheckTimestampingValues(config));
  ENKRAT_RETURN_IF_ERROR(CheckValidation(config));
  const std::string& level = config.log().level();
  if (level != "debug" && level != "info" && level != "warning" && level != "error") {
    return Invalid("log.level", "is none of debug, info, warning, error");
  }
  ENKRAT_RETURN_IF_ERROR(CheckPersons(config));
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
  if (!issuers.empty()) ENKRAT_RETURN_IF_ERROR(idp_client::CheckOidcIssuers(issuers));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<idp_client::SamlIdentityProvider> saml,
                          SamlProvidersFrom(config));
  if (!saml.empty()) ENKRAT_RETURN_IF_ERROR(idp_client::CheckSamlProviders(saml));
  ENKRAT_RETURN_IF_ERROR(ProfilesFrom(config).status());
  ENKRAT_RETURN_IF_ERROR(OrganizationsFrom(config).status());
  ENKRAT_RETURN_IF_ERROR(RevocationFrom(config).status());
  return CallersFrom(config).status();
}

absl::Status CheckSettings(const Config& config, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(CheckValues(config));
  if (!FileExists(config.hsm().module())) {
    return Invalid("hsm.module", absl::StrCat("there is no ", config.hsm().module()));
  }
  // A systemd credential is there only when systemd starts the service.
  if (const std::string& pin = config.hsm().pin().file(); !pin.empty()) {
    ENKRAT_RETURN_IF_ERROR(ReadSecretFile(pin).status());
  }
  if (config.server().has_tls()) ENKRAT_RETURN_IF_ERROR(CheckTlsFiles(config.server().tls()));
  ENKRAT_RETURN_IF_ERROR(CheckRevocationFiles(config));
  ENKRAT_RETURN_IF_ERROR(CheckValidationFiles(config));
  return CheckCertificateFiles(config, now);
}

}  // namespace enkrat::server
