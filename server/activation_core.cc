#include "server/activation_core.h"

#include <utility>

#include "common/reason.h"

namespace enkrat::server {
namespace {

signer::PinHashCost CostFrom(const config::v1::SigningPinConfig& config) {
  return {.memory_kib = config.argon2_memory_mb() * 1024, .passes = config.argon2_passes()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ActivationCore>> ActivationCore::Create(const Parts& parts) {
  if (!parts.config->signing_pins().enabled()) return nullptr;
  absl::StatusOr<hsm::MacKey> key = parts.hsm->FindMacKey(parts.config->hsm().pin_mac_key());
  if (!key.ok()) {
    return WithContext(key.status(),
                       "hsm.pin_mac_key (`enkrat init` makes it where it is missing)");
  }
  return std::unique_ptr<ActivationCore>(new ActivationCore(parts, *std::move(key)));
}

ActivationCore::ActivationCore(const Parts& parts, hsm::MacKey key)
    : key_(std::move(key)),
      verifiers_(signer::HsmPinMac(*parts.hsm, key_), CostFrom(parts.config->signing_pins())),
      tries_({.credentials = &parts.ledger->pin_credentials(),
              .verifiers = &verifiers_,
              .clock = parts.clock,
              .logger = parts.logger,
              .max_at_once = parts.config->signing_pins().max_at_once()}),
      pins_(tries_, verifiers_, parts.ledger->pin_credentials()),
      activation_({.identities = parts.identities,
                   .credentials = &parts.ledger->pin_credentials(),
                   .ledger = parts.ledger,
                   .verifiers = &verifiers_,
                   .tries = &tries_,
                   .clock = parts.clock,
                   .logger = parts.logger}) {}

}  // namespace enkrat::server
