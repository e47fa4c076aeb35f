#include "cli/doctor_findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace enkrat::cli {
namespace {

absl::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "OK";
    case Verdict::kWarning:
      return "WARN";
    case Verdict::kFailure:
      return "FAIL";
  }
  return "";
}

// One line, whatever a library answered.
std::string OneLine(absl::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

size_t Count(const std::vector<Finding>& findings, Verdict verdict) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [verdict](const Finding& each) { return each.verdict == verdict; }));
}

}  // namespace

void Findings::Ok(absl::string_view check, absl::string_view detail) {
  findings_.push_back({Verdict::kOk, std::string(check), OneLine(detail), ""});
}

void Findings::Warn(absl::string_view check, absl::string_view detail, absl::string_view mend) {
  findings_.push_back({Verdict::kWarning, std::string(check), OneLine(detail), std::string(mend)});
}

void Findings::Fail(absl::string_view check, absl::string_view detail, absl::string_view mend) {
  findings_.push_back({Verdict::kFailure, std::string(check), OneLine(detail), std::string(mend)});
}

bool Findings::Expect(absl::string_view check, const absl::Status& status,
                      absl::string_view detail_if_ok, absl::string_view mend) {
  if (status.ok()) {
    Ok(check, detail_if_ok);
  } else {
    Fail(check, status.message(), mend);
  }
  return status.ok();
}

bool Findings::failed() const { return Count(findings_, Verdict::kFailure) > 0; }

std::string Findings::AsText() const {
  std::string text;
  for (const Finding& each : findings_) {
    const absl::string_view verdict = VerdictName(each.verdict);
    absl::StrAppend(&text, verdict, std::string(6 - verdict.size(), ' '), each.check, ": ",
                    each.detail);
    if (!each.mend.empty()) absl::StrAppend(&text, " -> ", each.mend);
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, Count(findings_, Verdict::kOk), " in order, ",
                  Count(findings_, Verdict::kWarning), " warnings, ",
                  Count(findings_, Verdict::kFailure), " failures\n");
  return text;
}

std::string Findings::AsJson() const {
  nlohmann::ordered_json json = {{"ok", !failed()}, {"checks", nlohmann::ordered_json::array()}};
  for (const Finding& each : findings_) {
    json["checks"].push_back({{"check", each.check},
                              {"verdict", std::string(VerdictName(each.verdict))},
                              {"detail", each.detail},
                              {"mend", each.mend}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace enkrat::cli
