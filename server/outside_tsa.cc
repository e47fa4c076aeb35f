#include "server/outside_tsa.h"

#include <utility>
#include <vector>

#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/settings.h"
#include "server/watched_timestamper.h"
#include "tsa/http_timestamper.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);

// To see who answers: over octets that mean nothing.
tsa::MessageImprint ImprintOfNothing() {
  return {.algorithm = DigestAlgorithm::kSha256,
          .digest = RandomBytes(DigestSize(DigestAlgorithm::kSha256))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutsideTsa>> OutsideTsa::Create(const Parts& parts) {
  const config::v1::OutsideTsa& config = *parts.config;
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> trusted, ChainFrom(config.trust_file()));
  std::unique_ptr<OutsideTsa> outside(new OutsideTsa());
  absl::StatusOr<std::unique_ptr<OutsideUnits>> units = OutsideUnits::Create(
      {.trusted_der = trusted,
       .http = parts.fetcher,
       .interval = DurationFrom(config.status_interval()),
       .timeout = DurationFrom(config.status_timeout()),
       .private_addresses = config.allow_private_addresses(),
       .probe = [raw = outside.get()](absl::Time deadline) -> absl::StatusOr<Bytes> {
         ENKRAT_ASSIGN_OR_RETURN(tsa::IssuedTimestamp issued,
                                 raw->tsa_->Timestamp(ImprintOfNothing(), deadline));
         return std::move(issued.token_der);
       },
       .clock = parts.clock,
       .logger = parts.logger});
  if (!units.ok()) return WithContext(units.status(), config.trust_file());
  outside->units_ = *std::move(units);
  ENKRAT_ASSIGN_OR_RETURN(
      outside->tsa_,
      tsa::HttpTimestamper::Create(
          {.url = config.url(),
           .plain_http = config.allow_plain_http(),
           .trusted_roots_der = std::move(trusted),
           .tls_ca_file = config.tls_ca_file(),
           .timeout = DurationFrom(config.timeout()),
           .issuers = [raw = outside->units_.get()](
                          const tsa::Token& token,
                          absl::Time deadline) { return raw->IssuersOf(token, deadline); },
           .fetcher = parts.fetcher,
           .clock = parts.clock}));
  outside->watched_ = std::make_unique<WatchedTimestamper>(*outside->tsa_, *outside->units_);
  if (parts.metrics != nullptr) {
    parts.metrics->AddGauge(
        "enkrat_outside_tsa_status_at_hand",
        "1 while the revocation status of the outside TSA's unit that answered last is there.",
        [raw = outside->units_.get()] { return raw->StatusAtHand() ? 1.0 : 0.0; });
  }
  return outside;
}

OutsideTsa::~OutsideTsa() = default;

void OutsideTsa::Start() {
  task_ = std::make_unique<PeriodicTask>(kLookInterval, [this] {
    units_->KeepFresh();
    return true;
  });
}

}  // namespace enkrat::server
