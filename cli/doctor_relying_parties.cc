// enkrat doctor: the folder of relying parties, and who in it or in the configuration file is
// disabled or unlimited.
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/doctor_checks.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

namespace v1 = config::v1;

constexpr char kFolder[] = "relying parties folder";

void CheckParty(const v1::RelyingPartyConfig& party, Findings& findings) {
  const std::string check = absl::StrCat("relying party ", party.id());
  if (party.disabled()) findings.Ok(check, "is disabled: its calls are refused");
  if (party.calls_per_second() == 0 && party.sessions_per_day() == 0) {
    findings.Warn(check, "may call as often as it likes",
                  "set calls_per_second or sessions_per_day");
  }
}

// The service must be able to trust it: it belongs to the user whose ledger it is, or to root.
void CheckOwner(const config::v1::Config& config, Findings& findings) {
  const std::filesystem::path ledger(config.store().path());
  struct stat folder {};
  struct stat store {};
  if (stat(config.relying_parties_folder().c_str(), &folder) != 0 ||
      stat(ledger.parent_path().c_str(), &store) != 0 || folder.st_uid == 0 ||
      folder.st_uid == store.st_uid) {
    return;
  }
  findings.Fail(kFolder, "belongs to another user than the ledger's folder",
                "chown it to the service's user or root");
}

}  // namespace

std::vector<v1::RelyingPartyConfig> CheckRelyingParties(const config::v1::Config& config,
                                                        Findings& findings) {
  std::vector<v1::RelyingPartyConfig> parties = {config.relying_parties().begin(),
                                                 config.relying_parties().end()};
  const std::string& folder = config.relying_parties_folder();
  if (!folder.empty()) {
    const auto files = server::ReadRelyingPartyFolder(folder, server::FolderOwner::kAnybody);
    const absl::Status fits =
        files.ok() ? server::CallersWith(config, *files).status() : files.status();
    if (findings.Expect(kFolder, fits,
                        absl::StrCat(files.ok() ? files->size() : 0, " files, all can be used"),
                        "correct what is named: until then the service keeps those it knows, and "
                        "does not start")) {
      for (const server::RelyingPartyFile& file : *files) parties.push_back(file.config);
    }
    CheckOwner(config, findings);
  }
  for (const v1::RelyingPartyConfig& party : parties) CheckParty(party, findings);
  return parties;
}

}  // namespace enkrat::cli
