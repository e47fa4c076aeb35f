#include "cli/erasure_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/time_text.h"
#include "signer/message_time.h"

namespace enkrat::cli {
namespace {

std::string KeptUntil(const v1::ErasedSession& session) {
  return session.has_kept_until() ? TimeText(signer::TimeFrom(session.kept_until())) : "";
}

nlohmann::ordered_json List(const google::protobuf::RepeatedPtrField<std::string>& names) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::string& name : names) list.push_back(name);
  return list;
}

}  // namespace

std::string ErasureReport::AsText() const {
  std::string text;
  size_t erased = 0;
  for (const v1::ErasedSession& session : sessions_) {
    erased += session.erased().empty() ? 0 : 1;
    absl::StrAppend(&text, session.session_id(), "  erased: ",
                    session.erased().empty() ? "nothing" : absl::StrJoin(session.erased(), ", "));
    if (!session.kept().empty()) {
      absl::StrAppend(&text, "; kept until ", KeptUntil(session), ": ",
                      absl::StrJoin(session.kept(), ", "));
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, "personal data of ", erased, " sessions was erased\n");
  if (!kept_under_.empty() && text.find("kept until") != std::string::npos) {
    absl::StrAppend(&text, "what is kept is kept under ", kept_under_, "\n");
  }
  if (!wiped_) {
    absl::StrAppend(&text,
                    "a reader hindered the cleaning of the ledger's log: the service finishes it "
                    "within minutes\n");
  }
  return text;
}

std::string ErasureReport::AsJson() const {
  using Json = nlohmann::ordered_json;
  Json sessions = Json::array();
  for (const v1::ErasedSession& session : sessions_) {
    Json one = {{"session_id", session.session_id()},
                {"erased", List(session.erased())},
                {"kept", List(session.kept())}};
    if (session.has_kept_until()) one["kept_until"] = KeptUntil(session);
    sessions.push_back(std::move(one));
  }
  Json report = {{"sessions", std::move(sessions)}, {"wiped", wiped_}};
  if (!kept_under_.empty()) report["kept_under"] = kept_under_;
  return report.dump(2) + "\n";
}

}  // namespace enkrat::cli
