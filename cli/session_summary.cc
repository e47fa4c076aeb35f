#include "cli/session_summary.h"

#include <nlohmann/json.hpp>

#include "common/bytes.h"
#include "common/digest.h"
#include "common/time_text.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/message_time.h"
#include "signer/signature_level.h"

namespace enkrat::cli {
namespace {

std::string Hex(const std::string& octets) { return ToHex(AsSpan(absl::string_view(octets))); }

nlohmann::json CertificateFacts(const v1::Certificate& certificate) {
  return {{"serial_number", certificate.serial_number()},
          {"fingerprint_sha256", Hex(certificate.fingerprint_sha256())},
          {"not_before", TimeText(signer::TimeFrom(certificate.not_before()))},
          {"not_after", TimeText(signer::TimeFrom(certificate.not_after()))},
          {"der_base64", ToBase64(AsSpan(absl::string_view(certificate.der())))}};
}

nlohmann::json KeyFacts(const v1::SignResponse& response) {
  const v1::DestructionEvidence& evidence = response.destruction();
  nlohmann::json attributes = nlohmann::json::object();
  for (const auto& [name, value] : evidence.key_attributes()) attributes[name] = value;
  return {{"public_key_sha256", Hex(evidence.public_key_sha256())},
          {"generated_at", TimeText(signer::TimeFrom(evidence.generated_at()))},
          {"destroyed_at", TimeText(signer::TimeFrom(evidence.destroyed_at()))},
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
    facts["timestamp"] = {
        {"gen_time", TimeText(signer::TimeFrom(signature.timestamp().gen_time()))},
        {"serial_number", signature.timestamp().serial_number()},
        {"policy", signature.timestamp().policy()}};
  }
  return facts;
}

}  // namespace

absl::Duration KeyLifetime(const v1::SignResponse& response) {
  return signer::TimeFrom(response.destruction().destroyed_at()) -
         signer::TimeFrom(response.destruction().generated_at());
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
      {"started_at", TimeText(signer::TimeFrom(response.started_at()))},
      {"completed_at", TimeText(signer::TimeFrom(response.completed_at()))},
      {"certificate", CertificateFacts(response.certificate())},
      {"key", KeyFacts(response)},
      {"documents", documents}};
  return session.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace enkrat::cli
