#include "cli/pin_status.h"

#include <nlohmann/json.hpp>
#include <string>

#include "common/time_text.h"
#include "enkrat/v1/activation_service.pb.h"

namespace enkrat::cli {
namespace {

const char* StateText(v1::SigningPinState state) {
  switch (state) {
    case v1::SIGNING_PIN_STATE_NONE:
      return "none";
    case v1::SIGNING_PIN_STATE_TRANSPORT:
      return "transport";
    case v1::SIGNING_PIN_STATE_ACTIVE:
      return "active";
    case v1::SIGNING_PIN_STATE_LOCKED:
      return "locked";
    case v1::SIGNING_PIN_STATE_DESTROYED:
      return "destroyed";
    case v1::SIGNING_PIN_STATE_REVOKED:
      return "revoked";
    default:
      return "unknown to this program";
  }
}

const char* AdviceFor(v1::SigningPinState state) {
  switch (state) {
    case v1::SIGNING_PIN_STATE_TRANSPORT:
      return "it signs once `enkrat pin activate` has replaced the transport PIN";
    case v1::SIGNING_PIN_STATE_LOCKED:
      return "`enkrat pin unblock` with the PUK sets a new PIN";
    case v1::SIGNING_PIN_STATE_NONE:
    case v1::SIGNING_PIN_STATE_DESTROYED:
    case v1::SIGNING_PIN_STATE_REVOKED:
      return "`enkrat pin enrol` makes a new one, with a login of level high";
    default:
      return "";
  }
}

}  // namespace

nlohmann::ordered_json PinStatusJson(const v1::SigningPinStatus& status) {
  nlohmann::ordered_json json = {{"state", StateText(status.state())},
                                 {"pin_tries_left", status.pin_tries_left()},
                                 {"puk_tries_left", status.puk_tries_left()}};
  if (status.has_enrolled_at()) {
    json["enrolled_at"] = TimeText(absl::FromUnixSeconds(status.enrolled_at().seconds()));
    json["changed_at"] = TimeText(absl::FromUnixSeconds(status.changed_at().seconds()));
  }
  return json;
}

void TellPinStatus(const v1::SigningPinStatus& status, const Context& context) {
  if (context.json) {
    context.out << PinStatusJson(status).dump(2) << "\n";
    return;
  }
  context.out << "signing PIN     " << StateText(status.state()) << "\n";
  if (status.state() != v1::SIGNING_PIN_STATE_NONE) {
    context.out << "tries left      " << status.pin_tries_left() << " of the PIN, "
                << status.puk_tries_left() << " of the PUK\n";
  }
  const std::string advice = AdviceFor(status.state());
  if (!advice.empty()) context.out << "next            " << advice << "\n";
}

}  // namespace enkrat::cli
