// enkrat doctor: the certificates of the service and of its TLS endpoint.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/issuer_chain.h"
#include "cli/doctor_checks.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/secret.h"
#include "common/status_macros.h"
#include "server/settings.h"

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
  std::string successor = "make a new key and certificate: enkrat init in a new folder";
};

void CheckEnd(const Term& term, absl::Time end, absl::Time now, Findings& findings) {
  if (end <= now) {
    findings.Fail(term.check, absl::StrCat(term.what, " ended on ", DayOf(end)), term.successor);
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
  const auto checked = ca::CheckIssuerChain(*chain, now);
  if (findings.Expect("issuing CA chain", checked.status(),
                      absl::StrCat(chain->size(), " certificates up to a root"),
                      absl::StrCat("put the issuing CA first and its root last into ", file))) {
    CheckEnd({.check = "issuing CA validity", .what = "the CA chain", .notice = kCaNotice},
             checked->not_after, now, findings);
  }
  return KeyOf(chain->front());
}

std::optional<PublicKey> CheckUnitChain(const server::Config& config, absl::Time now,
                                        Findings& findings) {
  if (!config.timestamping().has_own()) return std::nullopt;
  const std::string& file = config.timestamping().own().chain_file();
  const auto chain = server::ChainFrom(file);
  if (!findings.Expect("timestamping unit file", chain.status(), file,
                       "run enkrat init, or correct timestamping.own.chain_file")) {
    return std::nullopt;
  }
  const std::vector<Bytes> authorities(chain->begin() + 1, chain->end());
  findings.Expect("timestamping unit chain", ca::CheckIssuerChain(authorities, now).status(),
                  absl::StrCat(chain->size(), " certificates up to a root"),
                  absl::StrCat("put the unit first, its CAs and the root behind it into ", file));
  const auto end = EndOf(chain->front());
  const auto key_end = KeyEndOf(chain->front());
  if (end.ok()) {
    CheckEnd(
        {.check = "timestamping unit validity", .what = "its certificate", .notice = kUnitNotice},
        *end, now, findings);
  }
  if (key_end.ok()) {
    CheckEnd({.check = "timestamping key period", .what = "its key", .notice = kUnitNotice},
             *key_end, now, findings);
  }
  return KeyOf(chain->front());
}

void CheckTls(const server::Config& config, absl::Time now, Findings& findings) {
  if (!config.server().has_tls()) return;
  const config::v1::TlsConfig& tls = config.server().tls();
  const auto chain = server::ChainFrom(tls.certificate_file());
  if (findings.Expect("TLS certificate", chain.status(), tls.certificate_file(),
                      "correct server.tls.certificate_file")) {
    const auto end = EndOf(chain->front());
    if (end.ok()) {
      CheckEnd({.check = "TLS validity",
                .what = "the TLS certificate",
                .notice = kTlsNotice,
                .successor = absl::StrCat("get a new one from the CA that issued it, put it into ",
                                          tls.certificate_file(), " and restart enkratd")},
               *end, now, findings);
    }
  }
  findings.Expect(
      "TLS key file", ReadSecretFile(tls.private_key_file()).status(), tls.private_key_file(),
      absl::StrCat("chmod 0400 ", tls.private_key_file(), ", owned by the service's user"));
  findings.Expect("TLS client CAs", server::ChainFrom(tls.client_ca_file()).status(),
                  tls.client_ca_file(), "correct server.tls.client_ca_file");
}

}  // namespace

CertifiedKeys CheckCertificates(const config::v1::Config& config, absl::Time now,
                                Findings& findings) {
  CertifiedKeys keys;
  keys.issuing_ca = CheckIssuingChain(config, now, findings);
  keys.timestamping_unit = CheckUnitChain(config, now, findings);
  CheckTls(config, now, findings);
  return keys;
}

}  // namespace enkrat::cli
