#include "cli/certificate_life_output.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "cli/certificate_encoding.h"
#include "cli/files.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "signer/certificate_life_files.h"

namespace enkrat::cli {
namespace {

using signer::CertificateRole;
using signer::Succession;

std::vector<std::string> NextSteps(const Succession& made,
                                   const std::vector<std::string>& configuration) {
  if (!configuration.empty()) {
    std::vector<std::string> steps = {"put into timestamping.own of the configuration:"};
    for (const std::string& line : configuration) steps.push_back("  " + line);
    steps.push_back("restart enkratd: it works with the unit from then on");
    return steps;
  }
  switch (made.role) {
    case CertificateRole::kIssuingCa:
      return {"restart enkratd: it works with the new CA from then on",
              "enkrat certificates renew ocsp-responder: the new CA needs one of its own",
              "enkrat certificates renew timestamping-unit, before the old CA ends"};
    case CertificateRole::kTimestampingUnit:
      return {"enkratd works with the new key within seconds, if it runs; no restart is needed",
              "give the new certificate to those who keep a list of timestamping units"};
    case CertificateRole::kElectronicAuthentication:
    case CertificateRole::kInternalTls:
      return {"give it to whoever has its key: enkrat certificates export"};
    case CertificateRole::kOcspResponder:
      return {"enkratd answers with the new key within seconds, if it runs; no restart is needed"};
    case CertificateRole::kRootCa:
      break;
  }
  return {"restart enkratd"};
}

std::string NameOf(const Succession& made) {
  const std::string role(signer::RoleName(made.role));
  return made.unit.empty() ? role : role + " " + made.unit;
}

void PrintJson(const char* done, const Succession& made, bool dry_run, const Context& context,
               const std::vector<std::string>& configuration) {
  nlohmann::ordered_json json = {{"done", dry_run ? "" : done},
                                 {"role", std::string(signer::RoleName(made.role))},
                                 {"predecessor", made.predecessor},
                                 {"subject", made.subject},
                                 {"key_label", made.key_label},
                                 {"not_before", TimeTextOfSecond(made.not_before)},
                                 {"not_after", TimeTextOfSecond(made.not_after)},
                                 {"key_not_after", TimeTextOfSecond(made.key_not_after)}};
  if (!made.unit.empty()) json["unit"] = made.unit;
  if (!dry_run) {
    json["serial_number"] = made.serial_number;
    json["files"] = made.files;
    json["next_steps"] = NextSteps(made, configuration);
  }
  context.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

void PrintSuccession(const char* done, const Succession& made, bool dry_run, const Context& context,
                     const std::vector<std::string>& configuration) {
  if (context.json) return PrintJson(done, made, dry_run, context, configuration);
  std::ostream& out = context.out;
  out << (dry_run ? "would be " : "") << done << ": " << NameOf(made) << "\n  subject      "
      << made.subject;
  if (!made.predecessor.empty()) out << "\n  predecessor  " << made.predecessor;
  if (!dry_run) out << "\n  serial       " << made.serial_number;
  out << "\n  key          "
      << (made.key_label.empty() ? "of the request" : made.key_label + " (new)")
      << ", may sign until " << TimeTextOfSecond(made.key_not_after) << "\n  valid        "
      << TimeTextOfSecond(made.not_before) << " to " << TimeTextOfSecond(made.not_after) << "\n";
  if (dry_run) return;
  if (!made.files.empty()) out << "  files        " << absl::StrJoin(made.files, ", ") << "\n";
  out << "Next\n";
  for (const std::string& step : NextSteps(made, configuration)) out << "  " << step << "\n";
}

void PrintCompletion(const std::vector<std::string>& files, const Context& context) {
  if (context.json) {
    context.out << nlohmann::ordered_json{{"done", "completed"}, {"files", files}}.dump() << "\n";
    return;
  }
  context.out << "completed what an earlier run had begun: " << absl::StrJoin(files, ", ")
              << "\nNext\n  restart enkratd\n";
}

absl::Status WriteChain(const Succession& made, const LifeArguments& arguments,
                        Installation& installation) {
  if (arguments.output.empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const signer::RegisteredCertificate* found,
                          installation.Find(made.serial_number));
  ENKRAT_ASSIGN_OR_RETURN(
      const std::vector<Bytes> chain,
      signer::ChainOf(*found, installation.life().all(), installation.life().places()));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, EncodeCertificates(chain, "chain"));
  return WriteFile(arguments.output, pem, {.mode = 0644, .overwrite = arguments.force});
}

}  // namespace enkrat::cli
