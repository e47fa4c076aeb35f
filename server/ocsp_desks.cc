#include "server/ocsp_desks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "server/settings.h"
#include "server/settings_words.h"
#include "signer/certificate_description.h"
#include "signer/key_lender.h"

namespace enkrat::server {
namespace {

using Desk = signer::OcspResponder::Desk;

constexpr size_t kMostOctets = 1024 * 1024;
constexpr absl::Duration kNotice = absl::Hours(24 * 30);  // as in enkrat doctor
constexpr absl::Duration kNoticeInterval = absl::Hours(24);

std::string SerialOf(const Bytes& certificate_der) {
  const auto facts = signer::DescribeCertificate(certificate_der);
  return facts.ok() ? facts->serial_number : "";
}

// nullopt if there is none, and there need be none.
absl::StatusOr<std::optional<ResponderCertificate>> ConfiguredResponder(
    const RevocationSettings& settings, const signer::CertificateRegister& registered) {
  if (!settings.ocsp_required && !FileExists(settings.ocsp_chain_file)) return std::nullopt;
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> chain, ChainFrom(settings.ocsp_chain_file));
  absl::StatusOr<ca::StatusIssuer> certificate =
      ca::ReadStatusIssuer(chain.front(), ca::StatusSigner::kOcspResponder);
  if (!certificate.ok()) return WithContext(certificate.status(), settings.ocsp_chain_file);
  const signer::RegisteredCertificate* known = registered.FindByDer(chain.front());
  return ResponderCertificate{
      .certificate = *std::move(certificate),
      .key_label = known == nullptr ? settings.ocsp_responder_key : known->key_label,
      .revoked = known != nullptr && known->state == signer::CertificateState::kRevoked};
}

}  // namespace

absl::StatusOr<std::vector<ResponderCertificate>> RespondersFrom(
    const RevocationSettings& settings, const signer::CertificateRegister& registered) {
  std::vector<ResponderCertificate> responders;
  ENKRAT_ASSIGN_OR_RETURN(std::optional<ResponderCertificate> configured,
                          ConfiguredResponder(settings, registered));
  if (configured.has_value()) responders.push_back(*std::move(configured));
  for (const signer::RegisteredCertificate& each : registered.certificates()) {
    if (each.role != signer::CertificateRole::kOcspResponder) continue;
    absl::StatusOr<ca::StatusIssuer> certificate =
        ca::ReadStatusIssuer(each.der, ca::StatusSigner::kOcspResponder);
    if (!certificate.ok()) continue;
    responders.push_back({.certificate = *std::move(certificate),
                          .key_label = each.key_label,
                          .revoked = each.state == signer::CertificateState::kRevoked});
  }
  return responders;
}

absl::Status CheckResponderIsOurs(const std::vector<ResponderCertificate>& responders,
                                  const std::vector<ca::StatusIssuer>& authorities) {
  for (const ca::StatusIssuer& authority : authorities) {
    for (const ResponderCertificate& each : responders) {
      if (ca::IsIssuedBy(each.certificate.der, authority)) return absl::OkStatus();
    }
  }
  return Invalid("revocation.ocsp_chain_file", "is not a certificate of the issuing CA");
}

// Certificates are read and their signatures checked only when something has changed.
absl::Status OcspDesks::Read() {
  ENKRAT_ASSIGN_OR_RETURN(const auto registered, parts_.registered->Current());
  const absl::StatusOr<Bytes> content = ReadFile(parts_.settings->ocsp_chain_file, kMostOctets);
  const std::optional<Bytes> file = content.ok() ? std::optional(*content) : std::nullopt;
  if (registered == register_ && file == file_) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(responders_, RespondersFrom(*parts_.settings, *registered));
  issued_by_.clear();
  for (const ca::StatusIssuer& authority : parts_.authorities) {
    std::vector<size_t>& issued = issued_by_[authority.der];
    for (size_t i = 0; i < responders_.size(); ++i) {
      if (ca::IsIssuedBy(responders_[i].certificate.der, authority)) issued.push_back(i);
    }
  }
  register_ = registered;
  file_ = file;
  return absl::OkStatus();
}

bool OcspDesks::IsUsable(const ResponderCertificate& responder) const {
  const absl::Time now = parts_.clock->Now();
  return !responder.revoked && responder.certificate.not_before <= now &&
         now < responder.certificate.not_after;
}

OcspDesks::Candidates OcspDesks::CandidatesFor(const ca::StatusIssuer& authority) const {
  Candidates candidates;
  const auto found = issued_by_.find(authority.der);
  if (found == issued_by_.end()) return candidates;
  for (const size_t i : found->second) candidates.push_back(&responders_[i]);
  std::reverse(candidates.begin(), candidates.end());
  std::stable_partition(candidates.begin(), candidates.end(),
                        [this](const ResponderCertificate* each) { return IsUsable(*each); });
  return candidates;
}

absl::StatusOr<Desk> OcspDesks::Open(const ca::StatusIssuer& authority,
                                     const ResponderCertificate& responder) const {
  const absl::StatusOr<hsm::LongLivedKey> key = parts_.pool->FindKey(responder.key_label);
  if (!key.ok()) {
    return WithContext(key.status(), absl::StrCat("key '", responder.key_label, "' in the token"));
  }
  if (key->public_key().spki_der() != responder.certificate.public_key.spki_der()) {
    return MakeError(
        Reason::kConfigurationInvalid,
        absl::StrCat("key '", responder.key_label, "' in the token is not the OCSP responder's"));
  }
  return Desk{.ca = authority,
              .responder = responder.certificate,
              .key = std::make_shared<signer::PooledKey>(*parts_.pool, *key)};
}

std::optional<Desk> OcspDesks::DeskFor(const ca::StatusIssuer& authority) {
  const auto present = std::find_if(desks_.begin(), desks_.end(),
                                    [&](const Desk& each) { return each.ca.der == authority.der; });
  for (const ResponderCertificate* candidate : CandidatesFor(authority)) {
    const Bytes& der = candidate->certificate.der;
    if (present != desks_.end() && present->responder.der == der) return *present;
    if (present != desks_.end() && !IsUsable(*candidate) && MayAnswer(*present)) return *present;
    absl::StatusOr<Desk> desk = Open(authority, *candidate);
    if (desk.ok()) {
      refused_.erase(der);
      SayWhoAnswers(*desk, candidate->key_label);
      return *std::move(desk);
    }
    key_error_ = desk.status();
    if (refused_.insert(der).second) {
      parts_.logger->Error(
          "ALARM: an OCSP responder cannot be used",
          {{"serial_number", SerialOf(der)}, {"why", std::string(desk.status().message())}});
    }
  }
  // Of a register that was put back, or a file that is gone, nobody says that it may not answer.
  return present == desks_.end() ? std::nullopt : std::optional(*present);
}

absl::StatusOr<std::optional<std::vector<Desk>>> OcspDesks::Look() {
  ENKRAT_RETURN_IF_ERROR(Read());
  key_error_ = absl::OkStatus();
  std::vector<Desk> desks;
  for (const ca::StatusIssuer& authority : parts_.authorities) {
    if (std::optional<Desk> desk = DeskFor(authority)) desks.push_back(*std::move(desk));
  }
  const bool same = std::equal(desks.begin(), desks.end(), desks_.begin(), desks_.end(),
                               [](const Desk& a, const Desk& b) {
                                 return a.ca.der == b.ca.der && a.responder.der == b.responder.der;
                               });
  desks_ = std::move(desks);
  SayWhatEnds();
  if (same) return std::nullopt;
  return desks_;
}

void OcspDesks::SayWhoAnswers(const Desk& desk, const std::string& key_label) const {
  parts_.logger->Info("ocsp-responder-answers",
                      {{"serial_number", SerialOf(desk.responder.der)},
                       {"key_label", key_label},
                       {"usable_until", TimeText(desk.responder.not_after)}});
}

bool OcspDesks::IsRevoked(const Desk& desk) const {
  const auto known = std::find_if(responders_.begin(), responders_.end(), [&](const auto& each) {
    return each.certificate.der == desk.responder.der;
  });
  return known != responders_.end() && known->revoked;
}

bool OcspDesks::MayAnswer(const Desk& desk) const {
  const absl::Time now = parts_.clock->Now();
  return !IsRevoked(desk) && desk.responder.not_before <= now && now < desk.responder.not_after;
}

void OcspDesks::SayWhatEnds() {
  const absl::Time now = parts_.clock->Now();
  for (const Desk& desk : desks_) {
    const absl::Time end = desk.responder.not_after;
    const bool revoked = IsRevoked(desk);
    const bool over = revoked || now >= end;
    if (!over && end - now >= kNotice) continue;
    Told& told = told_[desk.responder.der];
    if (told.over == over && now - told.at < kNoticeInterval) continue;
    told = {.at = now, .over = over};
    const std::string serial = SerialOf(desk.responder.der);
    const std::string until = TimeText(end);
    if (!over) {
      parts_.logger->Warning("the OCSP responder's certificate ends soon, and nothing takes over",
                             {{"serial_number", serial},
                              {"until", until},
                              {"mend", "enkrat certificates renew ocsp-responder"}});
      continue;
    }
    parts_.logger->Error("ALARM: the OCSP responder may not answer any more",
                         {{"serial_number", serial},
                          {"until", until},
                          {"revoked", revoked},
                          {"mend", revoked ? "enkrat certificates issue ocsp-responder"
                                           : "enkrat certificates reissue ocsp-responder"}});
  }
}

}  // namespace enkrat::server
