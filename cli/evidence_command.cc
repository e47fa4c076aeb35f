// enkrat evidence: what the service recorded about one signing, step by step.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/evidence_ledger.h"
#include "cli/evidence_verify.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/refusals.h"
#include "cli/session_summary.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "enkrat/v1/signing_service.pb.h"
#include "store/sqlite_ledger.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  std::string id;
  LedgerPlace place;
  std::string relying_party;
};

// A session id is 32 hexadecimal characters, a request id a UUID.
bool IsSessionId(const std::string& id) { return id.size() == 32 && FromHex(id).has_value(); }

const char* StateName(store::SessionState state) {
  switch (state) {
    case store::SessionState::kOpen:
      return "OPEN";
    case store::SessionState::kCompleted:
      return "COMPLETED";
    case store::SessionState::kFailed:
      return "FAILED";
    case store::SessionState::kAbandoned:
      return "ABANDONED";
  }
  return "UNKNOWN";
}

absl::StatusOr<store::SessionRecord> FindSession(store::Ledger& ledger,
                                                 const Arguments& arguments) {
  std::optional<store::SessionRecord> found;
  if (IsSessionId(arguments.id)) {
    ENKRAT_ASSIGN_OR_RETURN(found, ledger.FindSessionById(arguments.id));
  } else {
    if (arguments.relying_party.empty()) {
      return UsageError(
          "a request id is unique with its --relying-party only; a session id needs none");
    }
    ENKRAT_ASSIGN_OR_RETURN(found, ledger.FindSession(arguments.relying_party, arguments.id));
  }
  if (!found.has_value()) return MakeError(Reason::kNotFound, "the ledger has no such session");
  return *std::move(found);
}

void PrintJson(const store::SessionRecord& session,
               const std::vector<store::EvidenceRecord>& evidence, std::ostream& out) {
  nlohmann::ordered_json json = {{"session_id", session.session_id},
                                 {"relying_party", session.relying_party},
                                 {"request_id", session.request_id},
                                 {"state", StateName(session.state)},
                                 {"started_at", TimeText(session.started_at)}};
  if (session.ended_at.has_value()) json["ended_at"] = TimeText(*session.ended_at);
  if (!session.failure_reason.empty()) json["failure_reason"] = session.failure_reason;
  if (!session.result_digest.empty()) json["result_digest"] = ToHex(session.result_digest);
  json["evidence"] = nlohmann::ordered_json::array();
  for (const store::EvidenceRecord& record : evidence) {
    // Facts are ours and JSON; a damaged file is shown, not hidden.
    auto facts = nlohmann::ordered_json::parse(record.facts_json, nullptr, false);
    if (facts.is_discarded()) facts = record.facts_json;
    json["evidence"].push_back(
        {{"step", record.step}, {"at", TimeText(record.at)}, {"facts", std::move(facts)}});
  }
  out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintText(const store::SessionRecord& session,
               const std::vector<store::EvidenceRecord>& evidence, std::ostream& out) {
  out << "session       " << session.session_id << "\nrelying party " << session.relying_party
      << "\nrequest       " << session.request_id << "\nstate         " << StateName(session.state)
      << (session.failure_reason.empty() ? "" : " (" + session.failure_reason + ")") << "\n";
  for (const store::EvidenceRecord& record : evidence) {
    out << absl::StreamFormat("%s  %-24s %s\n", TimeText(record.at), record.step,
                              record.facts_json);
  }
}

// The session's steps, and what was reported of its certificate since; what reporters wrote can be
// read with the HSM only.
absl::StatusOr<std::vector<store::EvidenceRecord>> EvidenceWithProblems(
    store::SqliteLedger& ledger, const std::string& session_id) {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<store::EvidenceRecord> evidence,
                          ledger.EvidenceOf(session_id));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<store::ProblemReport> problems,
                          ledger.problem_reports().OfSession(session_id));
  for (const store::ProblemReport& problem : problems) {
    nlohmann::ordered_json facts = {{"report_id", problem.report_id},
                                    {"serial_number", problem.serial_number},
                                    {"kind", problem.kind}};
    if (!problem.text.empty()) {
      facts["text"] = nlohmann::ordered_json::parse(problem.text, nullptr, false);
    }
    evidence.push_back(
        {.step = "problem-reported", .at = problem.reported_at, .facts_json = facts.dump()});
  }
  return evidence;
}

absl::Status ShowFromStore(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto opened, OpenLedger(arguments.place));
  store::SqliteLedger& ledger = *opened->ledger;
  ENKRAT_ASSIGN_OR_RETURN(const store::SessionRecord session, FindSession(ledger, arguments));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<store::EvidenceRecord> evidence,
                          EvidenceWithProblems(ledger, session.session_id));
  if (context.json) {
    PrintJson(session, evidence, context.out);
  } else {
    PrintText(session, evidence, context.out);
  }
  return absl::OkStatus();
}

// What a relying party may know: where the session stands, and the proof of the key's end.
absl::Status ShowFromService(const Arguments& arguments, const Context& context) {
  if (IsSessionId(arguments.id)) {
    return UsageError("the service is asked by request id; --store finds a session id");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::GetSessionRequest request;
  request.set_request_id(arguments.id);
  v1::GetSessionResponse session;
  ENKRAT_RETURN_IF_ERROR(client->GetSession(request, &session));
  nlohmann::ordered_json json = {{"session_id", session.session_id()},
                                 {"request_id", arguments.id},
                                 {"state", StateText(session.state())}};
  if (!session.failure_reason().empty()) json["failure_reason"] = session.failure_reason();
  if (session.has_result()) {
    json["serial_number"] = session.result().certificate().serial_number();
    json["key_lifetime_ms"] = absl::ToDoubleMilliseconds(KeyLifetime(session.result()));
    json["destruction_confirmation"] = session.result().destruction().confirmation();
  }
  if (context.json) {
    context.out << json.dump(2) << "\n";
    return absl::OkStatus();
  }
  for (const auto& [name, value] : json.items()) {
    context.out << name << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
                << "\n";
  }
  return absl::OkStatus();
}

struct RefusalsArguments {
  RefusalKind kind;
  std::string store = {};
  std::string since = "24h";
};

absl::Status ShowRefusals(const RefusalsArguments& arguments, const Context& context) {
  absl::Duration age;
  if (!absl::ParseDuration(arguments.since, &age) || age <= absl::ZeroDuration()) {
    return UsageError("--since is a length of time such as 30m or 24h");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto opened, OpenLedger({.store = arguments.store}));
  ENKRAT_ASSIGN_OR_RETURN(const Refusals refusals,
                          FindRefusals(*opened->ledger, arguments.kind, SystemClock().Now() - age));
  context.out << (context.json ? AsJson(refusals) : AsText(refusals));
  return absl::OkStatus();
}

void AddRefusalsCommand(CLI::App& group, const std::string& name, const std::string& what,
                        RefusalKind kind, Context& context) {
  auto arguments = std::make_shared<RefusalsArguments>(RefusalsArguments{.kind = kind});
  CLI::App* command = group.add_subcommand(name, what);
  command->add_option("--store", arguments->store, "the service's ledger file")->required();
  command->add_option("--since", arguments->since, "how far back: 30m, 24h")->capture_default_str();
  command->footer(absl::StrCat("Example:\n  enkrat evidence ", name,
                               " --store /var/lib/enkrat/ledger.db --since 1h"));
  command->callback([=, &context] {
    context.command = [=, &context] { return ShowRefusals(*arguments, context); };
  });
}

}  // namespace

void AddEvidenceCommand(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("evidence", "Show what was recorded about a signing");
  group->require_subcommand(1);
  group->footer("Example:\n  enkrat evidence show REQUEST_ID");
  AddEvidenceVerifyCommand(*group, context);
  AddRefusalsCommand(*group, "rejected",
                     "List the assertions that the service refused, oldest first",
                     RefusalKind::kAssertionRejected, context);
  AddRefusalsCommand(*group, "denied",
                     "List the relying parties that asked for what is another's, oldest first",
                     RefusalKind::kAccessDenied, context);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* show = group->add_subcommand(
      "show", "Show a session: from the ledger's file, every step; from the service, its state");
  show->add_option("ID", arguments->id, "request id (UUID) or session id (32 hex characters)")
      ->required();
  AddLedgerOptions(*show, arguments->place,
                   "what was written in problem reports is decrypted with the HSM and shown too");
  show->add_option("--relying-party", arguments->relying_party,
                   "whose request id it is; needed with --store or --config and a request id");
  show->footer(
      "Examples:\n"
      "  enkrat evidence show 4be0643f1d98573b97cdca98a65347dd --store "
      "/var/lib/enkrat/ledger.db\n"
      "  enkrat evidence show REQUEST_ID --server signing.example:7443 --tls-ca ca.pem "
      "--tls-cert rp.pem --tls-key rp.key");
  show->callback([=, &context] {
    context.command = [=, &context] {
      const LedgerPlace& place = arguments->place;
      return place.store.empty() && place.config_file.empty() ? ShowFromService(*arguments, context)
                                                              : ShowFromStore(*arguments, context);
    };
  });
}

}  // namespace enkrat::cli
