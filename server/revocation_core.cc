#include "server/revocation_core.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/settings_words.h"
#include "signer/certificate_description.h"

namespace enkrat::server {
namespace {

// Seconds since 1970, 0 without one.
double NextUpdate(const signer::PublishedCrlPtr& crl) {
  return crl == nullptr ? 0 : static_cast<double>(absl::ToUnixSeconds(crl->facts.next_update));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RevocationCore>> RevocationCore::Create(Parts parts) {
  ENKRAT_ASSIGN_OR_RETURN(RevocationSettings settings, RevocationFrom(*parts.config));
  std::unique_ptr<RevocationCore> core(new RevocationCore(std::move(parts), std::move(settings)));
  ENKRAT_RETURN_IF_ERROR(core->OpenAuthorities());
  ENKRAT_RETURN_IF_ERROR(core->OpenStatus());
  ENKRAT_RETURN_IF_ERROR(core->OpenPublishers());
  ENKRAT_RETURN_IF_ERROR(core->OpenUpper());
  ENKRAT_RETURN_IF_ERROR(core->OpenResponder());
  ENKRAT_RETURN_IF_ERROR(core->OpenValidationData());
  core->Look();
  return core;
}

// The issuing CA in use, and those before it whose certificates may still be asked about.
absl::Status RevocationCore::OpenAuthorities() {
  ENKRAT_ASSIGN_OR_RETURN(ca::StatusIssuer active, ca::ReadStatusIssuer(parts_.issuing_chain[0]));
  authorities_.push_back(
      {.ca = std::move(active),
       .key = std::make_unique<signer::PooledKey>(*parts_.pool, *parts_.issuing_ca_key)});
  ENKRAT_ASSIGN_OR_RETURN(const auto registered, parts_.registered->Current());
  for (const signer::RegisteredCertificate& each : registered->certificates()) {
    if (each.role != signer::CertificateRole::kIssuingCa || each.der == authorities_[0].ca.der ||
        each.description.not_after <= parts_.clock->Now()) {
      continue;
    }
    const absl::StatusOr<hsm::LongLivedKey> key = parts_.pool->FindKey(each.key_label);
    absl::StatusOr<ca::StatusIssuer> ca = ca::ReadStatusIssuer(each.der);
    if (!key.ok() || !ca.ok() || key->public_key().spki_der() != ca->public_key.spki_der()) {
      parts_.logger->Warning("an earlier issuing CA publishes no CRL: its key is not in the token",
                             {{"serial_number", each.description.serial_number}});
      continue;
    }
    authorities_.push_back(
        {.ca = *std::move(ca), .key = std::make_unique<signer::PooledKey>(*parts_.pool, *key)});
  }
  return absl::OkStatus();
}

absl::Status RevocationCore::OpenStatus() {
  std::vector<Bytes> in_use = parts_.issuing_chain;
  for (const std::vector<Bytes>& chain : parts_.unit_chains) {
    in_use.insert(in_use.end(), chain.begin(), chain.end());
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto registered, parts_.registered->Current());
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<ResponderCertificate> responders,
                          RespondersFrom(settings_, *registered));
  for (const ResponderCertificate& each : responders) {
    if (registered->FindByDer(each.certificate.der) == nullptr) {
      in_use.push_back(each.certificate.der);
    }
  }
  ENKRAT_ASSIGN_OR_RETURN(status_,
                          signer::RevocationStatus::Create(*parts_.registered, std::move(in_use)));
  return absl::OkStatus();
}

absl::Status RevocationCore::OpenPublishers() {
  std::error_code error;
  std::filesystem::create_directories(settings_.crl_folder, error);
  if (error) {
    return Invalid("revocation.crl_folder",
                   absl::StrCat(settings_.crl_folder, ": ", error.message()));
  }
  for (const Authority& authority : authorities_) {
    const std::string file =
        absl::StrCat(settings_.crl_folder, "/", ToHex(authority.ca.key_identifier), ".crl");
    ENKRAT_ASSIGN_OR_RETURN(auto publisher,
                            signer::CrlPublisher::Create({.issuer = authority.ca,
                                                          .key = authority.key.get(),
                                                          .status = status_.get(),
                                                          .file = file,
                                                          .interval = settings_.crl_interval,
                                                          .lifetime = settings_.crl_lifetime,
                                                          .clock = parts_.clock,
                                                          .logger = parts_.logger}));
    publishers_.push_back(std::move(publisher));
  }
  return absl::OkStatus();
}

absl::Status RevocationCore::OpenUpper() {
  std::vector<ca::StatusIssuer> issuers;
  for (size_t i = 1; i < parts_.issuing_chain.size(); ++i) {
    absl::StatusOr<ca::StatusIssuer> issuer = ca::ReadStatusIssuer(parts_.issuing_chain[i]);
    // An outside root without cRLSign leaves that to somebody else.
    if (issuer.ok()) issuers.push_back(*std::move(issuer));
  }
  upper_ = std::make_unique<signer::UpperCrls>(signer::UpperCrls::Options{
      .files = settings_.root_crl_files, .issuers = std::move(issuers), .logger = parts_.logger});
  return absl::OkStatus();
}

// For each CA the last responder that it certified (RFC 6960 4.2.2.2).
absl::Status RevocationCore::OpenResponder() {
  std::vector<ca::StatusIssuer> authorities;
  for (const Authority& each : authorities_) authorities.push_back(each.ca);
  desks_ = std::make_unique<OcspDesks>(OcspDesks::Parts{.settings = &settings_,
                                                        .pool = parts_.pool,
                                                        .registered = parts_.registered,
                                                        .authorities = std::move(authorities),
                                                        .clock = parts_.clock,
                                                        .logger = parts_.logger});
  ENKRAT_ASSIGN_OR_RETURN(auto desks, desks_->Look());
  if (!desks.has_value()) desks.emplace();
  if (desks->empty() && settings_.ocsp_required) {
    ENKRAT_RETURN_IF_ERROR(desks_->CheckIssued());
    return Invalid("revocation.ocsp_responder_key", desks_->key_error().message());
  }
  ENKRAT_ASSIGN_OR_RETURN(ocsp_, signer::OcspResponder::Create(
                                     {.desks = *std::move(desks),
                                      .status = status_.get(),
                                      .lifetime = settings_.ocsp_lifetime,
                                      .clock = parts_.clock,
                                      .signatures_per_second = settings_.ocsp_signatures_per_second,
                                      .burst = 2 * settings_.ocsp_signatures_per_second}));
  return absl::OkStatus();
}

// Until the new one is in order the present one answers, as long as it may.
void RevocationCore::TakeUpResponders() {
  auto desks = desks_->Look();
  const std::string error(desks.ok() ? "" : desks.status().message());
  if (!error.empty() && error != desks_error_) {
    parts_.logger->Error("ALARM: the OCSP responders cannot be read", {{"why", error}});
  }
  desks_error_ = error;
  if (desks.ok() && desks->has_value()) ocsp_->SetDesks(**std::move(desks));
}

absl::Status RevocationCore::OpenValidationData() {
  signer::OwnValidationData::Options options;
  options.chains_der = {parts_.issuing_chain};
  for (const std::vector<Bytes>& chain : parts_.unit_chains) {
    // Where a unit's certificate has ended, its CA's may have ended too, and then nobody tells of
    // it.
    const auto facts = signer::DescribeCertificate(chain.front());
    if (facts.ok() && facts->not_after > parts_.clock->Now()) options.chains_der.push_back(chain);
  }
  options.responder = ocsp_.get();
  for (const auto& publisher : publishers_) options.publishers.push_back(publisher.get());
  options.upper = upper_.get();
  options.status = status_.get();
  options.clock = parts_.clock;
  ENKRAT_ASSIGN_OR_RETURN(validation_data_, signer::OwnValidationData::Create(std::move(options)));
  return absl::OkStatus();
}

// A publisher says itself what went wrong.
void RevocationCore::Look() {
  upper_->Look();
  for (const auto& publisher : publishers_) publisher->Keep().IgnoreError();
}

void RevocationCore::Start() {
  task_ = std::make_unique<PeriodicTask>(kInterval, [this] {
    Look();
    return true;
  });
  take_up_task_ = std::make_unique<PeriodicTask>(kTakeUpInterval, [this] {
    TakeUpResponders();
    return true;
  });
}

void RevocationCore::AddGauges(Metrics& metrics) {
  metrics.AddGauge("enkrat_crl_next_update_seconds",
                   "When the issuing CA's CRL ends, in seconds since 1970; 0: there is none.",
                   [this] { return NextUpdate(publishers_.front()->current()); });
  metrics.AddGauge("enkrat_crl_failed", "1 while a CRL is due and cannot be made.", [this] {
    for (const auto& publisher : publishers_) {
      if (!publisher->verdict().ok()) return 1.0;
    }
    return 0.0;
  });
  metrics.AddGauge("enkrat_root_crl_next_update_seconds",
                   "When the CRL of the CA above the issuing CA ends; 0: there is none.", [this] {
                     return parts_.issuing_chain.size() < 2
                                ? 0.0
                                : NextUpdate(upper_->Of(parts_.issuing_chain[1]));
                   });
  metrics.AddGauge("enkrat_ocsp_usable", "1 while the OCSP responder may answer.",
                   [this] { return ocsp_->Usable().ok() ? 1.0 : 0.0; });
}

signer::PublishedCrlPtr RevocationCore::Crl(const std::string& name) const {
  if (name == "issuing-ca") return publishers_.front()->current();
  if (name == "root") return upper_->Of(parts_.issuing_chain.back());
  for (const auto& publisher : publishers_) {
    if (name == ToHex(publisher->issuer().key_identifier)) return publisher->current();
  }
  for (const ca::StatusIssuer& issuer : upper_->issuers()) {
    if (name == ToHex(issuer.key_identifier)) return upper_->Of(issuer.der);
  }
  return nullptr;
}

std::vector<Bytes> RevocationCore::CrlsDer() const {
  std::vector<signer::PublishedCrlPtr> published;
  for (const auto& publisher : publishers_) published.push_back(publisher->current());
  for (const ca::StatusIssuer& issuer : upper_->issuers()) {
    published.push_back(upper_->Of(issuer.der));
  }
  std::vector<Bytes> ders;
  for (const signer::PublishedCrlPtr& crl : published) {
    if (crl != nullptr) ders.push_back(crl->der);
  }
  return ders;
}

}  // namespace enkrat::server
