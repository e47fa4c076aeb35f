#include "signer/ceremony_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/time_text.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::ordered_json;

Json AsObject(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

Json AsObject(const CeremonyKey& key) {
  Json object = {{"label", key.label}, {"token", key.token_label}, {"algorithm", key.algorithm}};
  if (!key.key_id.empty()) object["key_id"] = key.key_id;
  if (!key.spki_sha256.empty()) object["spki_sha256"] = key.spki_sha256;
  object["created"] = key.created;
  return object;
}

Json AsObject(const CeremonyCertificate& certificate) {
  return {{"file", certificate.file},
          {"subject", certificate.subject},
          {"issuer", certificate.issuer},
          {"serial_number", certificate.serial_number},
          {"not_before", TimeTextOfSecond(certificate.not_before)},
          {"not_after", TimeTextOfSecond(certificate.not_after)},
          {"sha256", certificate.sha256},
          {"created", certificate.created}};
}

void AppendPairs(std::string& text, const std::vector<std::pair<std::string, std::string>>& pairs) {
  for (const auto& [name, value] : pairs) absl::StrAppend(&text, "  ", name, ": ", value, "\n");
}

const char* Mark(bool created) { return created ? "new" : "found"; }

void AppendKeys(std::string& text, const std::vector<CeremonyKey>& keys) {
  for (const CeremonyKey& key : keys) {
    absl::StrAppend(&text, "  ", key.label, " (", key.algorithm, ", token \"", key.token_label,
                    "\"): ", Mark(key.created), "\n");
    if (!key.key_id.empty()) absl::StrAppend(&text, "    key id  ", key.key_id, "\n");
    if (!key.spki_sha256.empty()) absl::StrAppend(&text, "    SHA-256 ", key.spki_sha256, "\n");
  }
}

void AppendCertificates(std::string& text, const std::vector<CeremonyCertificate>& certificates) {
  for (const CeremonyCertificate& each : certificates) {
    absl::StrAppend(&text, "  ", each.file, ": ", Mark(each.created), "\n", "    subject ",
                    each.subject, "\n", "    issuer  ", each.issuer, "\n", "    serial  ",
                    each.serial_number, "\n", "    valid   ", TimeTextOfSecond(each.not_before),
                    " to ", TimeTextOfSecond(each.not_after), "\n", "    SHA-256 ", each.sha256,
                    "\n");
  }
}

}  // namespace

bool CeremonyReport::changed() const {
  return !files.empty() ||
         std::any_of(keys.begin(), keys.end(), [](const CeremonyKey& key) { return key.created; });
}

std::string ReportAsJson(const CeremonyReport& report) {
  Json json = {{"time", TimeTextOfSecond(report.time)},
               {"changed", report.changed()},
               {"module", AsObject(report.module)},
               {"settings", AsObject(report.settings)},
               {"keys", Json::array()},
               {"certificates", Json::array()},
               {"files", report.files},
               {"next_steps", report.next_steps}};
  for (const CeremonyKey& key : report.keys) json["keys"].push_back(AsObject(key));
  for (const CeremonyCertificate& each : report.certificates) {
    json["certificates"].push_back(AsObject(each));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string ReportAsText(const CeremonyReport& report) {
  std::string text =
      absl::StrCat("Key ceremony of ", TimeTextOfSecond(report.time), "\n",
                   report.changed() ? "" : "Nothing to do: all is there already.\n", "\nModule\n");
  AppendPairs(text, report.module);
  absl::StrAppend(&text, "\nSettings\n");
  AppendPairs(text, report.settings);
  absl::StrAppend(&text, "\nKeys\n");
  AppendKeys(text, report.keys);
  absl::StrAppend(&text, "\nCertificates\n");
  AppendCertificates(text, report.certificates);
  if (!report.files.empty()) absl::StrAppend(&text, "\nFiles written\n");
  for (const std::string& file : report.files) absl::StrAppend(&text, "  ", file, "\n");
  if (!report.next_steps.empty()) absl::StrAppend(&text, "\nNext\n");
  for (const std::string& step : report.next_steps) absl::StrAppend(&text, "  ", step, "\n");
  return text;
}

}  // namespace enkrat::signer
