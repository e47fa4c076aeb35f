#include "cli/session_summary.h"

#include <nlohmann/json.hpp>

#include "common/bytes.h"
#include "common/digest.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/signature_level.h"

namespace enkrat::cli {
namespace {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string Hex(const std::string& octets) { return ToHex(AsSpan(absl::string_view(octets))); }

nlohmann::json CertificateFacts(const v1::Certificate& certificate) {
  return {{"serial_number", certificate.serial_number()},
          {"fingerprint_sha256", Hex(certificate.fingerprint_sha256())},
          {"not_before", TimeText(ToTime(certificate.not_before()))},
          {"not_after", TimeText(ToTime(certificate.not_after()))},
          {"der_base64", ToBase64(AsSpan(absl::string_view(certificate.der())))}};
}

nlohmann::json KeyFacts(const v1::SignResponse& response) {
  const v1::DestructionEvidence& evidence = response.destruction();
  nlohmann::json attributes = nlohmann::json::object();
  for (const auto& [name, value] : evidence.key_attributes()) attributes[name] = value;
  return {{"public_key_sha256", Hex(evidence.public_key_sha256())},
          {"generated_at", TimeText(ToTime(evidence.generated_at()))},
          {"destroyed_at", TimeText(ToTime(evidence.destroyed_at()))},
          {"lifetime_ms", absl::ToDoubleMilliseconds(KeyLifetime(response))},
          {"signature_count", evidence.signature_count()},
          {"destruction_confirmation", evidence.confirmation()},
          {"attributes", attributes}};
}

nlohmann::json DocumentFacts(const signer::Document& document,
                             const v1::DocumentSignature& signature) {
  nlohmann::json facts = {{"label", document.label},
                          {"digest_algorithm", std::string(DigestName(document.digest_algorithm))},
                          {"digest", ToHex(document.digest)}};
  if (signature.has_timestamp()) {
    facts["timestamp"] = {{"gen_time", TimeText(ToTime(signature.timestamp().gen_time()))},
                          {"serial_number", signature.timestamp().serial_number()},
                          {"policy", signature.timestamp().policy()}};
  }
  return facts;
}

}  // namespace

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

absl::Duration KeyLifetime(const v1::SignResponse& response) {
  return ToTime(response.destruction().destroyed_at()) -
         ToTime(response.destruction().generated_at());
}

std::string SessionJson(const signer::SigningIntent& intent, const v1::SignResponse& response) {
  nlohmann::json documents = nlohmann::json::array();
  for (size_t i = 0; i < intent.documents.size(); ++i) {
    documents.push_back(
        DocumentFacts(intent.documents[i], response.signatures(static_cast<int>(i))));
  }
  const nlohmann::ordered_json session = {
      {"session_id", response.session_id()},
      {"request_id", response.request_id()},
      {"replayed", response.replayed()},
      {"level", std::string(signer::LevelName(intent.level))},
      {"kind", std::string(signer::KindName(intent.kind))},
      {"started_at", TimeText(ToTime(response.started_at()))},
      {"completed_at", TimeText(ToTime(response.completed_at()))},
      {"certificate", CertificateFacts(response.certificate())},
      {"key", KeyFacts(response)},
      {"documents", documents}};
  return session.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace enkrat::cli
