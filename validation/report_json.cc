// The report as one JSON object: docs/validation.md holds its schema.
#include <nlohmann/json.hpp>

#include "common/digest.h"
#include "common/time_text.h"
#include "validation/report.h"
#include "validation/report_words.h"

namespace enkrat::validation {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(absl::string_view text) { return std::string(text); }

void PutConclusion(Json& json, const Conclusion& conclusion) {
  json["indication"] = Text(IndicationName(conclusion.indication));
  if (conclusion.sub_indication != SubIndication::kNone) {
    json["sub_indication"] = Text(SubIndicationName(conclusion.sub_indication));
  }
}

Json JsonOf(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"result", Text(CheckResultName(check.result))},
                    {"detail", check.detail}});
  }
  return list;
}

Json JsonOf(const std::vector<ChainElement>& chain) {
  Json list = Json::array();
  for (const ChainElement& element : chain) {
    Json json = {{"subject", element.subject},
                 {"serial_number", element.serial_number},
                 {"not_before", TimeTextOfSecond(element.not_before)},
                 {"not_after", TimeTextOfSecond(element.not_after)},
                 {"sha256", ToHex(Sha256(element.der))},
                 {"trust_anchor", element.trust_anchor},
                 {"revocation", Text(RevocationName(element.revocation))}};
    if (!element.revocation_source.empty()) json["revocation_source"] = element.revocation_source;
    if (element.revoked_at.has_value()) {
      json["revoked_at"] = TimeTextOfSecond(*element.revoked_at);
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json JsonOf(const TimestampReport& timestamp) {
  Json json = {{"kind", Text(TimestampKindName(timestamp.kind))}};
  PutConclusion(json, timestamp.conclusion);
  if (timestamp.gen_time != absl::Time()) json["gen_time"] = TimeText(timestamp.gen_time);
  json["serial_number"] = timestamp.serial_number;
  json["policy"] = timestamp.policy_oid;
  json["qualified_claim"] = timestamp.qualified_claim;
  json["qualified_by_list"] = timestamp.qualified_by_list;
  json["checks"] = JsonOf(timestamp.checks);
  json["chain"] = JsonOf(timestamp.chain);
  return json;
}

Json JsonOf(const QualificationReport& qualification) {
  Json json = {{"determination", qualification.determination},
               {"qc_compliance", qualification.qc_compliance},
               {"qc_sscd", qualification.qc_sscd}};
  if (!qualification.qc_type.empty()) json["qc_type"] = qualification.qc_type;
  if (!qualification.level_of_assurance.empty()) {
    json["level_of_assurance"] = qualification.level_of_assurance;
  }
  return json;
}

Json JsonOf(const SignatureReport& signature) {
  Json json = {{"id", signature.id}, {"format", signature.format}, {"level", signature.level}};
  PutConclusion(json, signature.conclusion);
  json["signer"] = signature.signer_name;
  if (signature.claimed_signing_time.has_value()) {
    json["claimed_signing_time"] = TimeText(*signature.claimed_signing_time);
  }
  if (signature.proven_at != absl::Time()) json["proven_at"] = TimeText(signature.proven_at);
  json["proven_by_timestamp"] = signature.proven_by_timestamp;
  json["covers"] = signature.covers;
  if (!signature.covered_files.empty()) json["covered_files"] = signature.covered_files;
  if (!signature.changes_after.empty()) json["changes_after"] = signature.changes_after;
  json["qualification"] = JsonOf(signature.qualification);
  json["checks"] = JsonOf(signature.checks);
  json["chain"] = JsonOf(signature.chain);
  json["timestamps"] = Json::array();
  for (const TimestampReport& timestamp : signature.timestamps) {
    json["timestamps"].push_back(JsonOf(timestamp));
  }
  return json;
}

}  // namespace

std::string ToJson(const Report& report) {
  Json json = {{"version", 1}, {"document_format", report.document_format}};
  PutConclusion(json, report.conclusion);
  json["validated_at"] = TimeText(report.validated_at);
  json["signatures"] = Json::array();
  for (const SignatureReport& signature : report.signatures) {
    json["signatures"].push_back(JsonOf(signature));
  }
  json["warnings"] = report.warnings;
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace enkrat::validation
