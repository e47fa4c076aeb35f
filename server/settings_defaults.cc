#include "server/settings_defaults.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/validation_settings.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr uint32_t kDefaultMaxInFlight = 256;
constexpr uint32_t kDefaultMemoryLimit = 512;                         // MiB
constexpr absl::Duration kDefaultRetention = absl::Hours(24 * 3653);  // 10 years

void Resolve(const std::filesystem::path& folder, std::string* path) {
  if (!path->empty()) *path = (folder / *path).lexically_normal().string();
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

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
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

void FillClockDefaults(v1::ClockConfig& clock) {
  if (clock.ntp_servers_per_poll() == 0) clock.set_ntp_servers_per_poll(4);
  if (clock.ntp_quorum() == 0) clock.set_ntp_quorum(clock.ntp_servers_per_poll() / 2 + 1);
  if (clock.good_polls() == 0) clock.set_good_polls(3);
  DefaultDuration(clock, &v1::ClockConfig::has_ntp_most_apart,
                  &v1::ClockConfig::mutable_ntp_most_apart, absl::Milliseconds(100));
  DefaultDuration(clock, &v1::ClockConfig::has_ntp_timeout, &v1::ClockConfig::mutable_ntp_timeout,
                  absl::Seconds(2));
  DefaultDuration(clock, &v1::ClockConfig::has_poll_interval,
                  &v1::ClockConfig::mutable_poll_interval,
                  absl::Seconds(clock.ntp_servers().empty() ? 10 : 64));
}

}  // namespace

void ResolvePaths(const std::filesystem::path& folder, config::v1::Config& config) {
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
    v1::OwnTimestampingUnit& own = *config.mutable_timestamping()->mutable_own();
    Resolve(folder, own.mutable_chain_file());
    Resolve(folder, own.mutable_gen_time_mark_file());
    for (auto& unit : *own.mutable_further_units()) Resolve(folder, unit.mutable_chain_file());
  }
  if (config.timestamping().has_outside()) {
    v1::OutsideTsa& outside = *config.mutable_timestamping()->mutable_outside();
    Resolve(folder, outside.mutable_trust_file());
    Resolve(folder, outside.mutable_tls_ca_file());
  }
  Resolve(folder, config.mutable_store()->mutable_path());
  if (config.has_revocation()) {
    v1::RevocationConfig& revocation = *config.mutable_revocation();
    Resolve(folder, revocation.mutable_crl_folder());
    Resolve(folder, revocation.mutable_ocsp_chain_file());
    for (std::string& file : *revocation.mutable_root_crl_files()) Resolve(folder, &file);
  }
  Resolve(folder, config.mutable_server()->mutable_operator_socket());
  Resolve(folder, config.mutable_server()->mutable_spool_folder());
  Resolve(folder, config.mutable_pdf()->mutable_font_file());
  ResolveValidationPaths(folder.string(), *config.mutable_validation());
  Resolve(folder, config.mutable_relying_parties_folder());
  for (v1::IssuerConfig& issuer : *config.mutable_identity_providers()) {
    Resolve(folder, issuer.mutable_jwks_file());
    Resolve(folder, issuer.mutable_tls_ca_file());
  }
  for (v1::SamlIssuerConfig& issuer : *config.mutable_saml_identity_providers()) {
    Resolve(folder, issuer.mutable_metadata_file());
    Resolve(folder, issuer.mutable_metadata_signer_file());
    Resolve(folder, issuer.mutable_tls_ca_file());
  }
}

void FillDefaults(config::v1::Config& config) {
  FillServerDefaults(*config.mutable_server());
  v1::HsmConfig& hsm = *config.mutable_hsm();
  if (hsm.sessions() == 0) hsm.set_sessions(std::max(1U, std::thread::hardware_concurrency()));
  if (hsm.max_waiting() == 0) hsm.set_max_waiting(1024);
  DefaultText(hsm.mutable_issuing_ca_key(), "issuing-ca");
  DefaultText(hsm.mutable_timestamping_key(), "timestamping-unit");
  DefaultText(hsm.mutable_evidence_mac_key(), "evidence-mac");
  DefaultText(hsm.mutable_personal_data_key(), "personal-data-key");
  DefaultText(hsm.mutable_pin_mac_key(), "pin-mac");
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
    DefaultText(own.mutable_gen_time_mark_file(),
                absl::StrCat(FolderOf(config.store().path()), "/gen-time-mark").c_str());
    for (auto& unit : *own.mutable_further_units()) {
      DefaultText(unit.mutable_policy_oid(), own.policy_oid().c_str());
      DefaultText(unit.mutable_key_label(), config.hsm().timestamping_key().c_str());
    }
    FillClockDefaults(*own.mutable_clock());
  }
  if (config.timestamping().has_outside()) {
    v1::OutsideTsa& outside = *config.mutable_timestamping()->mutable_outside();
    DefaultDuration(outside, &v1::OutsideTsa::has_timeout, &v1::OutsideTsa::mutable_timeout,
                    absl::Seconds(5));
    DefaultDuration(outside, &v1::OutsideTsa::has_status_interval,
                    &v1::OutsideTsa::mutable_status_interval, absl::Minutes(10));
    DefaultDuration(outside, &v1::OutsideTsa::has_status_timeout,
                    &v1::OutsideTsa::mutable_status_timeout, absl::Seconds(10));
  }
  v1::StoreConfig& store = *config.mutable_store();
  DefaultDuration(store, &v1::StoreConfig::has_keep_results, &v1::StoreConfig::mutable_keep_results,
                  absl::Hours(24));
  DefaultDuration(*config.mutable_personal_data(), &v1::PersonalDataConfig::has_retention,
                  &v1::PersonalDataConfig::mutable_retention, kDefaultRetention);
  v1::SigningPinConfig& pins = *config.mutable_signing_pins();
  if (pins.argon2_memory_mb() == 0) pins.set_argon2_memory_mb(64);
  if (pins.argon2_passes() == 0) pins.set_argon2_passes(3);
  if (pins.max_at_once() == 0) pins.set_max_at_once(2);
  DefaultText(config.mutable_log()->mutable_level(), "info");
  v1::ServerConfig& server = *config.mutable_server();
  DefaultText(server.mutable_spool_folder(), FolderOf(store.path()).c_str());
  if (server.max_spooled_mb() == 0) server.set_max_spooled_mb(2048);
  // What may lie there at once bounds what one document may be.
  const uint32_t usual_mb = std::min(100U, server.max_spooled_mb() / 2);
  FillValidationDefaults(*config.mutable_validation(), usual_mb);
  v1::PdfConfig& pdf = *config.mutable_pdf();
  if (pdf.max_document_mb() == 0) pdf.set_max_document_mb(usual_mb);
  DefaultText(pdf.mutable_font_file(), kDefaultFont);
}

}  // namespace enkrat::server
