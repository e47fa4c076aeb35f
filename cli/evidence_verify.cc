#include "cli/evidence_verify.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/context.h"
#include "cli/evidence_ledger.h"
#include "cli/outcome.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/evidence_check.h"

namespace enkrat::cli {
namespace {

constexpr size_t kSessionsAtOnce = 1000;
constexpr size_t kMostFaultsShown = 1000;

struct Arguments {
  std::string session_id;
  bool all = false;
  LedgerPlace place;
};

// A session whose octets do not even decrypt has a fault; a ledger that cannot be read is an error.
absl::StatusOr<signer::EvidenceVerdict> Verify(store::EvidenceTrails& trails,
                                               const std::string& id) {
  absl::StatusOr<std::optional<store::EvidenceTrail>> trail = trails.TrailOf(id);
  if (!trail.ok() && ReasonOf(trail.status()) == Reason::kStoreUnavailable) {
    return signer::EvidenceVerdict{
        .session_id = id, .checked = {}, .faults = {std::string(trail.status().message())}};
  }
  ENKRAT_RETURN_IF_ERROR(trail.status());
  if (!trail->has_value()) {
    return MakeError(Reason::kNotFound, "the ledger has no such session");
  }
  return signer::CheckEvidence(**trail);
}

absl::Status VerifyOne(const Arguments& arguments, const Context& context,
                       store::EvidenceTrails& trails) {
  ENKRAT_ASSIGN_OR_RETURN(const signer::EvidenceVerdict verdict,
                          Verify(trails, arguments.session_id));
  if (context.json) {
    context.out << nlohmann::ordered_json{{"session_id", verdict.session_id},
                                          {"chained", verdict.chained},
                                          {"checked", verdict.checked},
                                          {"faults", verdict.faults}}
                       .dump(2)
                << "\n";
  } else {
    for (const std::string& what : verdict.checked) context.out << "OK    " << what << "\n";
    for (const std::string& what : verdict.faults) context.out << "FAULT " << what << "\n";
    context.out << "session " << verdict.session_id
                << (verdict.faults.empty() ? ": the evidence holds\n"
                                           : ": the evidence does NOT hold\n");
  }
  return verdict.faults.empty() ? absl::OkStatus() : NegativeVerdict();
}

struct Summary {
  size_t sessions = 0;
  size_t without_chain = 0;
  size_t faulty = 0;
  std::vector<signer::EvidenceVerdict> shown;
};

absl::StatusOr<Summary> VerifyEach(store::EvidenceTrails& trails) {
  Summary summary;
  std::string last;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            trails.SessionIdsAfter(last, kSessionsAtOnce));
    if (ids.empty()) return summary;
    for (const std::string& id : ids) {
      ENKRAT_ASSIGN_OR_RETURN(signer::EvidenceVerdict verdict, Verify(trails, id));
      ++summary.sessions;
      summary.without_chain += verdict.chained ? 0 : 1;
      if (verdict.faults.empty()) continue;
      ++summary.faulty;
      if (summary.shown.size() < kMostFaultsShown) summary.shown.push_back(std::move(verdict));
    }
    last = ids.back();
  }
}

absl::Status VerifyAll(const Context& context, store::EvidenceTrails& trails) {
  ENKRAT_ASSIGN_OR_RETURN(const Summary summary, VerifyEach(trails));
  if (context.json) {
    nlohmann::ordered_json json = {{"sessions", summary.sessions},
                                   {"without_chain", summary.without_chain},
                                   {"faulty", summary.faulty},
                                   {"faults", nlohmann::ordered_json::array()}};
    for (const auto& verdict : summary.shown) {
      json["faults"].push_back({{"session_id", verdict.session_id}, {"faults", verdict.faults}});
    }
    context.out << json.dump(2) << "\n";
  } else {
    for (const auto& verdict : summary.shown) {
      for (const std::string& what : verdict.faults) {
        context.out << "FAULT " << verdict.session_id << "  " << what << "\n";
      }
    }
    context.out << summary.sessions
                << " sessions checked: hash chain, order and completeness of the steps, request, "
                   "certificate, key, result\n";
    if (summary.without_chain > 0) {
      context.out << summary.without_chain << " of them have no hash chain (older version)\n";
    }
    context.out << (summary.faulty == 0 ? "the evidence holds\n"
                                        : absl::StrCat("the evidence of ", summary.faulty,
                                                       " sessions does NOT hold\n"));
  }
  return summary.faulty == 0 ? absl::OkStatus() : NegativeVerdict();
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  if (arguments.session_id.empty() != arguments.all) {
    return UsageError("say which: a session id, or --all");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto opened, OpenLedger(arguments.place));
  return arguments.all ? VerifyAll(context, *opened->ledger)
                       : VerifyOne(arguments, context, *opened->ledger);
}

}  // namespace

void AddEvidenceVerifyCommand(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verify =
      group.add_subcommand("verify", "Check that the evidence is as it was recorded, and complete");
  verify->add_option("SESSION", arguments->session_id, "session id (32 hex characters)");
  verify->add_flag("--all", arguments->all, "every session");
  AddLedgerOptions(*verify, arguments->place,
                   "certificates and results are decrypted with the HSM and checked too");
  verify->footer(
      "Exit code 1, with the session named, if anything does not hold.\n"
      "Examples:\n"
      "  enkrat evidence verify --all --store /var/lib/enkrat/ledger.db\n"
      "  enkrat evidence verify 4be0643f1d98573b97cdca98a65347dd --config /etc/enkrat/config.yaml");
  verify->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
