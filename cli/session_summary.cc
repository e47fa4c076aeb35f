#include "cli/session_summary.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
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

nlohmann::json DocumentFacts(const v1::DocumentSignature& signature) {
  nlohmann::json facts = {{"label", signature.label()}};
  if (signature.has_timestamp()) {
    facts["timestamp"] = {
        {"gen_time", TimeText(signer::TimeFrom(signature.timestamp().gen_time()))},
        {"serial_number", signature.timestamp().serial_number()},
        {"policy", signature.timestamp().policy()}};
  }
  return facts;
}

nlohmann::ordered_json SessionFacts(const v1::SignResponse& response) {
  nlohmann::json documents = nlohmann::json::array();
  for (const v1::DocumentSignature& signature : response.signatures()) {
    documents.push_back(DocumentFacts(signature));
  }
  return {{"session_id", response.session_id()},
          {"request_id", response.request_id()},
          {"replayed", response.replayed()},
          {"started_at", TimeText(signer::TimeFrom(response.started_at()))},
          {"completed_at", TimeText(signer::TimeFrom(response.completed_at()))},
          {"certificate", CertificateFacts(response.certificate())},
          {"key", KeyFacts(response)},
          {"documents", documents}};
}

std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

absl::Duration KeyLifetime(const v1::SignResponse& response) {
  return signer::TimeFrom(response.destruction().destroyed_at()) -
         signer::TimeFrom(response.destruction().generated_at());
}

std::string StateText(int state) {
  const std::string name = v1::SessionState_Name(static_cast<v1::SessionState>(state));
  return name.empty() ? "UNKNOWN" : std::string(absl::StripPrefix(name, "SESSION_STATE_"));
}

std::string SessionJson(const v1::SignResponse& response) { return Dump(SessionFacts(response)); }

std::string SessionJson(const signer::SigningIntent& intent, const v1::SignResponse& response) {
  nlohmann::ordered_json session = SessionFacts(response);
  session["level"] = std::string(signer::LevelName(intent.level));
  session["kind"] = std::string(signer::KindName(intent.kind));
  for (size_t i = 0; i < intent.documents.size(); ++i) {
    const signer::Document& document = intent.documents[i];
    session["documents"][i]["digest_algorithm"] =
        std::string(DigestName(document.digest_algorithm));
    session["documents"][i]["digest"] = ToHex(document.digest);
  }
  return Dump(session);
}

std::string SessionText(const OutputPlan& plan, const v1::SignResponse& response) {
  std::string text;
  for (const std::string& path : PathsOf(plan)) absl::StrAppend(&text, "wrote       ", path, "\n");
  const uint32_t signatures = response.destruction().signature_count();
  absl::StrAppend(&text, "session     ", response.session_id(),
                  response.replayed() ? " (the stored result of an earlier call)" : "",
                  "\ncertificate ", response.certificate().serial_number(), "\n");
  absl::StrAppendFormat(&text, "key         lived %.1f ms, made %d signature%s; destroyed: %s\n",
                        absl::ToDoubleMilliseconds(KeyLifetime(response)), signatures,
                        signatures == 1 ? "" : "s", response.destruction().confirmation());
  return text;
}

}  // namespace enkrat::cli
