// enkrat doctor: the TSA that somebody else runs, as far as the configuration tells. It is not
// asked.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/doctor_checks.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/loopback.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

constexpr absl::Duration kRootNotice = absl::Hours(24 * 90);
constexpr char kNewRoots[] = "put the TSA's present roots into timestamping.outside.trust_file";

// The root that lasts longest counts: earlier ones may stay for what was stamped under them.
void CheckRoots(const std::vector<Bytes>& trusted_der, absl::Time now, Findings& findings) {
  constexpr absl::string_view kCheck = "outside TSA's roots";
  absl::Time end = absl::InfinitePast();
  for (const Bytes& der : trusted_der) {
    const auto certificate = ParseCertificate(der);
    if (!certificate.ok() || X509_self_signed(certificate->get(), 1) != 1) continue;
    const auto not_after = TimeFromAsn1(X509_get0_notAfter(certificate->get()));
    end = std::max(end, not_after.value_or(absl::InfinitePast()));
  }
  const std::string day = absl::FormatTime("%Y-%m-%d", end, absl::UTCTimeZone());
  DrainOpenSslErrors();
  if (end == absl::InfinitePast()) {
    findings.Fail(kCheck, "there is no root in it", kNewRoots);
  } else if (end <= now) {
    findings.Fail(kCheck, "have ended", kNewRoots);
  } else if (end - now < kRootNotice) {
    findings.Warn(kCheck, absl::StrCat("end on ", day), kNewRoots);
  } else {
    findings.Ok(kCheck, absl::StrCat("last until ", day));
  }
}

}  // namespace

void CheckOutsideTsa(const config::v1::Config& config, absl::Time now, Findings& findings) {
  if (!config.timestamping().has_outside()) return;
  const config::v1::OutsideTsa& outside = config.timestamping().outside();
  const auto trusted = server::ChainFrom(outside.trust_file());
  if (findings.Expect("outside TSA's trust file", trusted.status(), outside.trust_file(),
                      "correct timestamping.outside.trust_file")) {
    CheckRoots(*trusted, now, findings);
  }
  if (absl::StartsWith(outside.url(), "http://") && !IsLoopbackUrl(outside.url())) {
    findings.Warn("outside TSA", "is asked without TLS: who is on the way sees when and how often",
                  "use its https URL, and drop allow_plain_http");
  }
  if (outside.allow_private_addresses()) {
    findings.Warn("outside TSA",
                  "its units' status is asked at private addresses, too: the CAs of its trust file "
                  "choose where",
                  "drop allow_private_addresses, unless the TSA is in the house");
  }
}

}  // namespace enkrat::cli
