// enkrat doctor: the certificates of the service and of its TLS endpoint.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/issuer_chain.h"
#include "cli/doctor_checks.h"
#include "cli/installation.h"
#include "common/der.h"
#include "common/file.h"
#include "common/openssl_ptr.h"
#include "common/secret.h"
#include "common/status_macros.h"
#include "server/revocation_settings.h"
#include "server/settings.h"
#include "signer/certificate_life.h"
#include "signer/certificate_life_files.h"

namespace enkrat::cli {
namespace {

using UsagePeriodPtr = std::unique_ptr<PKEY_USAGE_PERIOD, OpenSslDeleter<PKEY_USAGE_PERIOD_free>>;

// Time to have a new certificate made.
constexpr absl::Duration kCaNotice = absl::Hours(24 * 180);
constexpr absl::Duration kUnitNotice = absl::Hours(24 * 30);
constexpr absl::Duration kTlsNotice = absl::Hours(24 * 14);

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

// What has an end, and what to do about it.
struct Term {
  absl::string_view check;
  absl::string_view what;
  absl::Duration notice;
  std::string successor;  // before the end
  std::string mending;    // after it
};

void CheckEnd(const Term& term, absl::Time end, absl::Time now, Findings& findings) {
  if (end <= now) {
    findings.Fail(term.check, absl::StrCat(term.what, " ended on ", DayOf(end)), term.mending);
  } else if (end - now < term.notice) {
    findings.Warn(term.check, absl::StrCat(term.what, " ends on ", DayOf(end)),
                  absl::StrCat("before then, ", term.successor));
  } else {
    findings.Ok(term.check, absl::StrCat(term.what, " lasts until ", DayOf(end)));
  }
}

absl::StatusOr<absl::Time> EndOf(const Bytes& certificate_der) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificate(certificate_der));
  return ca::TimeOf(X509_get0_notAfter(certificate.get()));
}

std::optional<PublicKey> KeyOf(const Bytes& certificate_der) {
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_der);
  if (!certificate.ok()) return std::nullopt;
  absl::StatusOr<PublicKey> key = ca::PublicKeyOf(certificate->get());
  return key.ok() ? std::optional<PublicKey>(*std::move(key)) : std::nullopt;
}

// When the key may no longer be used (EN 319 421 TIS-7.6.7); the certificate's end without a
// privateKeyUsagePeriod.
absl::StatusOr<absl::Time> KeyEndOf(const Bytes& certificate_der) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificate(certificate_der));
  const UsagePeriodPtr period(static_cast<PKEY_USAGE_PERIOD*>(
      X509_get_ext_d2i(certificate.get(), NID_private_key_usage_period, nullptr, nullptr)));
  if (period == nullptr || period->notAfter == nullptr) return EndOf(certificate_der);
  return ca::TimeOf(period->notAfter);
}

std::optional<PublicKey> CheckIssuingChain(const server::Config& config, absl::Time now,
                                           Findings& findings) {
  const std::string& file = config.certificates().chain_file();
  const auto chain = server::ChainFrom(file);
  if (!findings.Expect("issuing CA file", chain.status(), file,
                       "run enkrat init, or correct certificates.chain_file")) {
    return std::nullopt;
  }
  // A chain that has ended is judged as it was: what must be done about it is another thing.
  const auto end = EndOf(chain->front());
  const absl::Time moment = end.ok() ? std::min(now, *end) : now;
  const auto checked = ca::CheckIssuerChain(*chain, moment);
  if (findings.Expect("issuing CA chain", checked.status(),
                      absl::StrCat(chain->size(), " certificates up to a root"),
                      absl::StrCat("put the issuing CA first and its root last into ", file))) {
    CheckEnd({.check = "issuing CA validity",
              .what = "the CA chain",
              .notice = kCaNotice,
              .successor = "with the root's token, enkrat certificates renew issuing-ca",
              .mending = "with the root's token, enkrat certificates reissue issuing-ca"},
             checked->not_after, now, findings);
  }
  return KeyOf(chain->front());
}

// `which`: by what enkrat certificates knows the unit.
void CheckUnitTerms(const std::string& which, const Bytes& certificate_der, absl::Time now,
                    Findings& findings) {
  const std::string renew = absl::StrCat("enkrat certificates renew ", which);
  const auto end = EndOf(certificate_der);
  const auto key_end = KeyEndOf(certificate_der);
  if (end.ok()) {
    CheckEnd({.check = "timestamping unit validity",
              .what = "its certificate",
              .notice = kUnitNotice,
              .successor = renew,
              .mending = absl::StrCat("enkrat certificates reissue ", which)},
             *end, now, findings);
  }
  if (key_end.ok()) {
    // While the certificate lives on it is renewed, not reissued.
    const bool expired = end.ok() && *end < now;
    CheckEnd({.check = "timestamping key period",
              .what = "its key",
              .notice = kUnitNotice,
              .successor = renew,
              .mending = expired ? absl::StrCat("enkrat certificates reissue ", which) : renew},
             *key_end, now, findings);
  }
}

// The unit whose chain is in the file, by its certificate's serial number unless `which` says more.
std::optional<PublicKey> CheckUnitChain(const std::string& file, std::string which, absl::Time now,
                                        Findings& findings) {
  const auto chain = server::ChainFrom(file);
  if (!findings.Expect("timestamping unit file", chain.status(), file,
                       "run enkrat init, or correct the chain_file in timestamping.own")) {
    return std::nullopt;
  }
  const std::vector<Bytes> authorities(chain->begin() + 1, chain->end());
  findings.Expect("timestamping unit chain", ca::CheckIssuerChain(authorities, now).status(),
                  absl::StrCat(chain->size(), " certificates up to a root"),
                  absl::StrCat("put the unit first, its CAs and the root behind it into ", file));
  const auto facts = signer::DescribeCertificate(chain->front());
  if (which.empty() && facts.ok()) which = facts->serial_number;
  CheckUnitTerms(which, chain->front(), now, findings);
  return KeyOf(chain->front());
}

// Of the first unit.
std::optional<PublicKey> CheckUnits(const server::Config& config, absl::Time now,
                                    Findings& findings) {
  if (!config.timestamping().has_own()) return std::nullopt;
  const config::v1::OwnTimestampingUnit& own = config.timestamping().own();
  std::optional<PublicKey> first =
      CheckUnitChain(own.chain_file(), "timestamping-unit", now, findings);
  for (const auto& unit : own.further_units()) {
    CheckUnitChain(unit.chain_file(), "", now, findings);
  }
  return first;
}

void CheckTls(const server::Config& config, absl::Time now, Findings& findings) {
  if (!config.server().has_tls()) return;
  const config::v1::TlsConfig& tls = config.server().tls();
  const auto chain = server::ChainFrom(tls.certificate_file());
  if (findings.Expect("TLS certificate", chain.status(), tls.certificate_file(),
                      "correct server.tls.certificate_file")) {
    const auto end = EndOf(chain->front());
    if (end.ok()) {
      const std::string renew =
          absl::StrCat("get a new one from the CA that issued it, put it into ",
                       tls.certificate_file(), " and restart enkratd");
      CheckEnd({.check = "TLS validity",
                .what = "the TLS certificate",
                .notice = kTlsNotice,
                .successor = renew,
                .mending = renew},
               *end, now, findings);
    }
  }
  findings.Expect(
      "TLS key file", ReadSecretFile(tls.private_key_file()).status(), tls.private_key_file(),
      absl::StrCat("chmod 0400 ", tls.private_key_file(), ", owned by the service's user"));
  findings.Expect("TLS client CAs", server::ChainFrom(tls.client_ca_file()).status(),
                  tls.client_ca_file(), "correct server.tls.client_ca_file");
}

void CheckOcspResponder(const signer::CertificateRegister& all, absl::Time now,
                        Findings& findings) {
  const signer::RegisteredCertificate* responder =
      all.ActiveOf(signer::CertificateRole::kOcspResponder);
  if (responder == nullptr) return;
  CheckEnd({.check = "OCSP responder validity",
            .what = "its certificate",
            .notice = kUnitNotice,
            .successor = "enkrat certificates renew ocsp-responder",
            .mending = "enkrat certificates reissue ocsp-responder"},
           responder->description.not_after, now, findings);
}

void CheckRevocations(const signer::CertificateRegister& all, Findings& findings) {
  for (const signer::CertificateRole role :
       {signer::CertificateRole::kIssuingCa, signer::CertificateRole::kTimestampingUnit,
        signer::CertificateRole::kOcspResponder}) {
    const signer::RegisteredCertificate* latest = all.LatestOf(role);
    if (latest == nullptr || latest->state != signer::CertificateState::kRevoked) continue;
    findings.Fail(
        "certificate register",
        absl::StrCat(signer::RoleName(role), " ", latest->description.serial_number,
                     " was revoked on ", DayOf(latest->revoked_at)),
        absl::StrCat("enkrat certificates issue ", signer::RoleName(role),
                     role == signer::CertificateRole::kIssuingCa ? ", and start enkratd" : ""));
  }
}

// Of further units those that the configuration still names.
void CheckFurtherUnits(const server::Config& config, const signer::CertificateRegister& all,
                       Findings& findings) {
  for (const auto& unit : config.timestamping().own().further_units()) {
    const auto chain = server::ChainFrom(unit.chain_file());
    const auto* found = chain.ok() ? all.FindByDer(chain->front()) : nullptr;
    if (found == nullptr || found->state != signer::CertificateState::kRevoked) continue;
    const std::string& serial = found->description.serial_number;
    findings.Fail("certificate register",
                  absl::StrCat("timestamping-unit ", found->unit, " ", serial, " was revoked on ",
                               DayOf(found->revoked_at)),
                  absl::StrCat("enkrat certificates issue ", serial,
                               ", or take it out of further_units and restart enkratd"));
  }
}

// States, and under which labels the keys are.
void CheckRegister(const server::Config& config, absl::Time now, CertifiedKeys& keys,
                   Findings& findings) {
  keys.issuing_ca_label = config.hsm().issuing_ca_key();
  keys.timestamping_unit_label = config.hsm().timestamping_key();
  const auto revocation = server::RevocationFrom(config);
  if (revocation.ok() && FileExists(revocation->ocsp_chain_file)) {
    keys.ocsp_responder_label = revocation->ocsp_responder_key;
    const auto responder = server::ChainFrom(revocation->ocsp_chain_file);
    if (responder.ok()) keys.ocsp_responder = KeyOf(responder->front());
  }
  keys.all_labels = {keys.issuing_ca_label, keys.timestamping_unit_label};
  for (const auto& unit : config.timestamping().own().further_units()) {
    keys.all_labels.insert(unit.key_label());
  }
  const auto places = PlacesOf(config);
  if (!findings.Expect("certificate files", places.status(), "in one folder",
                       "put the chain files into one folder")) {
    return;
  }
  const SystemClock clock;
  const auto life = signer::CertificateLife::Open(*places, {.clock = &clock});
  if (!findings.Expect(
          "certificate register", life.status(),
          life.ok() ? absl::StrCat(life->all().certificates().size(), " certificates") : "",
          "restore the file from a backup; its folder belongs to one account alone")) {
    return;
  }
  for (const signer::RegisteredCertificate& each : life->all().certificates()) {
    keys.all_labels.insert(each.key_label);
  }
  const auto label_of = [&](const std::string& file, std::string& label) {
    const auto chain = server::ChainFrom(file);
    const auto* found = chain.ok() ? life->all().FindByDer(chain->front()) : nullptr;
    if (found != nullptr) label = found->key_label;
  };
  label_of(config.certificates().chain_file(), keys.issuing_ca_label);
  label_of(config.timestamping().own().chain_file(), keys.timestamping_unit_label);
  if (keys.ocsp_responder.has_value()) {
    label_of(revocation->ocsp_chain_file, keys.ocsp_responder_label);
  }
  CheckRevocations(life->all(), findings);
  CheckFurtherUnits(config, life->all(), findings);
  CheckOcspResponder(life->all(), now, findings);
  const auto due = signer::SwitchIsDue(life->all(), *places);
  if (!due.ok() || *due) {
    findings.Warn("certificate files",
                  due.ok() ? "a renewal was cut off" : std::string(due.status().message()),
                  "run enkrat certificates renew again: it completes the first");
  }
}

}  // namespace

CertifiedKeys CheckCertificates(const config::v1::Config& config, absl::Time now,
                                Findings& findings) {
  CertifiedKeys keys;
  keys.issuing_ca = CheckIssuingChain(config, now, findings);
  keys.timestamping_unit = CheckUnits(config, now, findings);
  CheckTls(config, now, findings);
  CheckRegister(config, now, keys, findings);
  return keys;
}

}  // namespace enkrat::cli
