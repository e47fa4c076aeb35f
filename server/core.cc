#include "server/core.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/self_test.h"
#include "http_client/curl_fetcher.h"
#include "idp_client/assertion_router.h"
#include "server/certified_key.h"
#include "signer/session_quotas.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kSelfTestTime = absl::Seconds(60);  // to get a session

constexpr absl::Duration kKeyRefreshInterval = absl::Milliseconds(500);

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Core>> Core::Create(Options options) {
  std::unique_ptr<Core> core(new Core(std::move(options)));
  ENKRAT_ASSIGN_OR_RETURN(core->fetcher_, http_client::CurlFetcher::Create());
  ENKRAT_RETURN_IF_ERROR(core->OpenHsm());
  ENKRAT_RETURN_IF_ERROR(core->TestHsm());
  ENKRAT_RETURN_IF_ERROR(core->OpenIssuer());
  ENKRAT_RETURN_IF_ERROR(core->OpenTimestamping());
  ENKRAT_RETURN_IF_ERROR(core->OpenIdentities());
  ENKRAT_RETURN_IF_ERROR(core->OpenLedger());
  ENKRAT_RETURN_IF_ERROR(core->MakeActivation());
  ENKRAT_RETURN_IF_ERROR(core->WatchCertificates());
  ENKRAT_RETURN_IF_ERROR(core->OpenRevocation());
  ENKRAT_RETURN_IF_ERROR(core->MakeWorkflow());
  return core;
}

Core::~Core() {
  key_refresh_.reset();
  metadata_refresh_.reset();
  workflow_.reset();
  activation_.reset();
  certificates_.reset();
  timestamping_.reset();
  revocation_.reset();
  ledger_.reset();  // flushes
  pool_.reset();
  if (module_ == nullptr) return;
  if (const absl::Status ended = module_->Finalize(); !ended.ok()) {
    options_.logger->Error("the HSM did not finalise", {{"why", ended.message()}});
  }
}

absl::Status Core::OpenHsm() {
  const config::v1::HsmConfig& config = options_.config->hsm();
  ENKRAT_ASSIGN_OR_RETURN(module_, hsm::Module::Load({.path = config.module(),
                                                      .init_string = config.init_string(),
                                                      .quirks = config.quirks()}));
  hsm::SessionPool::Options pool;
  pool.token_label = config.token_label();
  ENKRAT_ASSIGN_OR_RETURN(pool.pin, SecretFrom(config.pin(), options_.credentials_directory));
  pool.sessions = config.sessions();
  pool.waiting_limit = config.max_waiting();
  if (config.has_recycle_after_keys()) pool.recycle_after_keys = config.recycle_after_keys();
  pool.clock = options_.clock;
  pool.logger = options_.logger;
  ENKRAT_ASSIGN_OR_RETURN(pool_, hsm::SessionPool::Create(*module_, std::move(pool)));
  return absl::OkStatus();
}

// A token that yields extractable, non-local or indestructible keys is not served from. With every
// algorithm that a relying party may ask for; of the three an RSA key takes the time.
absl::Status Core::TestHsm() {
  const absl::Duration start = options_.clock->SinceBoot();
  const hsm::SelfTestReport report =
      hsm::RunSelfTest(*pool_, {.algorithms = {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                               KeyAlgorithm::kRsaPss3072},
                                .deadline = options_.clock->Now() + kSelfTestTime});
  for (const hsm::SelfTestCheck& check : report.checks) {
    if (check.status.ok()) continue;
    options_.logger->Error("HSM self-test failed",
                           {{"check", check.name}, {"why", check.status.message()}});
  }
  ENKRAT_RETURN_IF_ERROR(WithContext(report.status(), "HSM self-test"));
  options_.logger->Info(
      "HSM self-test passed",
      {{"checks", report.checks.size()},
       {"took_ms", absl::ToDoubleMilliseconds(options_.clock->SinceBoot() - start)},
       {"module", module_->info().description},
       {"module_version", module_->info().library_version}});
  return absl::OkStatus();
}

absl::Status Core::OpenIssuer() {
  const std::string& chain_file = options_.config->certificates().chain_file();
  registered_ = std::make_unique<signer::CertificateRegisterReader>(FolderOf(chain_file));
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> chain, ChainFrom(chain_file));
  absl::StatusOr<std::unique_ptr<ca::Issuer>> issuer =
      ca::Issuer::Create({.chain_der = std::move(chain), .clock = options_.clock});
  if (!issuer.ok()) return WithContext(issuer.status(), chain_file);
  issuer_ = *std::move(issuer);
  const config::v1::HsmConfig& config = options_.config->hsm();
  ENKRAT_ASSIGN_OR_RETURN(issuing_ca_key_,
                          FindCertifiedKey(*pool_, *registered_,
                                           {.certificate_der = issuer_->chain_der().front(),
                                            .public_key = issuer_->public_key(),
                                            .configured_label = config.issuing_ca_key()}));
  ENKRAT_ASSIGN_OR_RETURN(person_key_, pool_->FindMacKey(config.evidence_mac_key()));
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          pool_->Acquire(options_.clock->Now() + kSelfTestTime));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes quota_key,
                          lease.Mac(*person_key_, AsSpan(signer::kQuotaKeyDomain)));
  quota_key_ = std::make_shared<const Secret>(quota_key);
  return absl::OkStatus();
}

absl::Status Core::OpenTimestamping() {
  ENKRAT_ASSIGN_OR_RETURN(timestamping_, TimestampingCore::Create({.config = options_.config,
                                                                   .hsm = pool_.get(),
                                                                   .registered = registered_.get(),
                                                                   .fetcher = fetcher_.get(),
                                                                   .clock = options_.clock,
                                                                   .logger = options_.logger,
                                                                   .metrics = options_.metrics}));
  return absl::OkStatus();
}

absl::Status Core::OpenIdentities() {
  ENKRAT_RETURN_IF_ERROR(OpenOidc());
  ENKRAT_RETURN_IF_ERROR(OpenSaml());
  identities_ = std::make_unique<idp_client::AssertionRouter>(
      idp_client::AssertionRouter::Verifiers{.oidc = oidc_.get(), .saml = saml_.get()});
  // So that the first callers do not find the keys missing. One task each: a provider that is slow
  // does not keep those of the other protocol waiting.
  if (oidc_ != nullptr) {
    key_refresh_ = std::make_unique<PeriodicTask>(kKeyRefreshInterval, [this] {
      oidc_->KeepKeysFresh();
      return true;
    });
  }
  if (saml_ != nullptr) {
    metadata_refresh_ = std::make_unique<PeriodicTask>(kKeyRefreshInterval, [this] {
      saml_->KeepMetadataFresh();
      return true;
    });
  }
  return absl::OkStatus();
}

absl::Status Core::OpenOidc() {
  idp_client::OidcVerifier::Options options;
  ENKRAT_ASSIGN_OR_RETURN(options.issuers, IssuersFrom(*options_.config));
  if (options.issuers.empty()) return absl::OkStatus();
  options.fetcher = fetcher_.get();
  options.clock = options_.clock;
  options.logger = options_.logger;
  ENKRAT_ASSIGN_OR_RETURN(oidc_, idp_client::OidcVerifier::Create(std::move(options)));
  return absl::OkStatus();
}

absl::Status Core::OpenSaml() {
  idp_client::SamlVerifier::Options options;
  ENKRAT_ASSIGN_OR_RETURN(options.providers, SamlProvidersFrom(*options_.config));
  if (options.providers.empty()) return absl::OkStatus();
  options.fetcher = fetcher_.get();
  options.clock = options_.clock;
  options.logger = options_.logger;
  ENKRAT_ASSIGN_OR_RETURN(saml_, idp_client::SamlVerifier::Create(std::move(options)));
  return absl::OkStatus();
}

absl::Status Core::OpenLedger() {
  const Config& config = *options_.config;
  ENKRAT_ASSIGN_OR_RETURN(
      data_keys_, signer::PersonalDataKeys::Create({.pool = pool_.get(),
                                                    .clock = options_.clock,
                                                    .label = config.hsm().personal_data_key()}));
  ENKRAT_ASSIGN_OR_RETURN(
      ledger_,
      store::SqliteLedger::Create({.path = config.store().path(),
                                   .key_wrapper = data_keys_.get(),
                                   .clock = options_.clock,
                                   .retention = DurationFrom(config.personal_data().retention()),
                                   .logger = options_.logger}));
  personal_data_ = std::make_unique<signer::PersonalDataDesk>(
      signer::PersonalDataDesk::Options{.pool = pool_.get(),
                                        .person_key = &*person_key_,
                                        .ledger = ledger_.get(),
                                        .clock = options_.clock});
  ENKRAT_ASSIGN_OR_RETURN(const size_t abandoned, ledger_->CloseAbandoned(options_.clock->Now()));
  if (abandoned > 0) {
    options_.logger->Warning("sessions of the last run were cut off", {{"sessions", abandoned}});
  }
  return absl::OkStatus();
}

absl::Status Core::MakeActivation() {
  ENKRAT_ASSIGN_OR_RETURN(activation_, ActivationCore::Create({.config = options_.config,
                                                               .hsm = pool_.get(),
                                                               .ledger = ledger_.get(),
                                                               .identities = identities_.get(),
                                                               .clock = options_.clock,
                                                               .logger = options_.logger}));
  return absl::OkStatus();
}

// Under an issuing CA that was revoked nothing is served; a unit that was revoked is missed by
// those alone who want timestamps. What is revoked while the service runs is not used on.
absl::Status Core::WatchCertificates() {
  certificates_ = std::make_unique<CertificateWatch>(
      CertificateWatch::Options{.registered = registered_.get(),
                                .issuing_chain = issuing_chain(),
                                .units = [this] { return timestamping_->Watched(); },
                                .ledger = ledger_.get(),
                                .logger = options_.logger,
                                .clock = options_.clock});
  certificates_->Look();
  ENKRAT_RETURN_IF_ERROR(certificates_->Issuing());
  certificates_->Start();
  return absl::OkStatus();
}

absl::Status Core::OpenRevocation() {
  std::vector<std::vector<Bytes>> unit_chains;
  for (const WatchedUnit& unit : timestamping_->Watched()) unit_chains.push_back(unit.chain_der);
  ENKRAT_ASSIGN_OR_RETURN(revocation_,
                          RevocationCore::Create({.config = options_.config,
                                                  .pool = pool_.get(),
                                                  .registered = registered_.get(),
                                                  .issuing_chain = issuing_chain(),
                                                  .unit_chains = std::move(unit_chains),
                                                  .issuing_ca_key = &*issuing_ca_key_,
                                                  .clock = options_.clock,
                                                  .logger = options_.logger}));
  revocation_->AddGauges(*options_.metrics);
  revocation_->Start();
  timestamping_->Start(ledger_.get(), [this](const std::vector<Bytes>& chain_der) {
    return revocation_->AddUnit(chain_der);
  });
  return absl::OkStatus();
}

absl::Status Core::MakeWorkflow() {
  observer_ = std::make_unique<SessionMetrics>(*options_.metrics, *options_.logger);
  signer::SigningWorkflow::Parts parts;
  parts.hsm = pool_.get();
  parts.issuing_ca_key = &*issuing_ca_key_;
  parts.person_key = &*person_key_;
  parts.quota_key = quota_key_;
  parts.identities = identities_.get();
  parts.issuer = issuer_.get();
  ENKRAT_ASSIGN_OR_RETURN(parts.profiles, ProfilesFrom(*options_.config));
  ENKRAT_ASSIGN_OR_RETURN(parts.organizations, OrganizationsFrom(*options_.config));
  parts.timestamp_units = timestamping_->units();
  if (parts.timestamp_units == nullptr) parts.outside_timestamper = &timestamper();
  parts.archive_timestamper = &timestamper();
  parts.validation_data = &revocation_->validation_data();
  parts.outside_validation_data = timestamping_->outside_units();
  parts.ledger = ledger_.get();
  if (activation_ != nullptr) parts.pins = &activation_->pins();
  parts.clock = options_.clock;
  parts.logger = options_.logger;
  parts.observer = observer_.get();
  parts.certificates_usable = [this](bool timestamped) -> absl::Status {
    ENKRAT_RETURN_IF_ERROR(certificates_->Issuing());
    return timestamped ? CheckTimestamping() : absl::OkStatus();
  };
  // Enough calls on their way to keep every session busy while others wait for the disk; half of
  // the sessions for the heavy ones.
  const size_t sessions = options_.config->hsm().sessions();
  parts.turns = {.turns = 8 * sessions, .heavy_turns = std::max<size_t>(1, sessions / 2)};
  parts.keep_results = DurationFrom(options_.config->store().keep_results());
  workflow_ = std::make_unique<signer::SigningWorkflow>(std::move(parts));
  return absl::OkStatus();
}

absl::Status Core::CheckTimestamping() const {
  ENKRAT_RETURN_IF_ERROR(certificates_->Timestamping());
  return timestamping_->Available();
}

size_t Core::CmsOctets() const {
  // Attributes, names and an RSA signature twice over; an outside TSA's chain is not known.
  size_t octets = (timestamping_->units() == nullptr ? 16u : 6u) * size_t{1024};
  for (const Bytes& certificate : issuing_chain()) octets += certificate.size();
  for (const Bytes& certificate : timestamping_chain()) octets += certificate.size();
  return octets;
}

size_t Core::OutsideStatusOctets() const {
  const OutsideUnits* units = timestamping_->outside_units();
  return units == nullptr ? 0 : units->StatusOctets();
}

absl::Status Core::CheckHsm(absl::Time deadline) {
  return WithContext(pool_->CheckHealth(deadline), "HSM");
}

absl::Status Core::CheckLedger() { return WithContext(ledger_->CheckHealth(), "ledger"); }

}  // namespace enkrat::server
