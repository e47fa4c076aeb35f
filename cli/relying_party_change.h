// Changes of the folder of relying parties: checked as the service would, then written whole.
#ifndef ENKRAT_CLI_RELYING_PARTY_CHANGE_H_
#define ENKRAT_CLI_RELYING_PARTY_CHANGE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/init_folder.h"

namespace enkrat::cli {

struct NewRelyingParty {
  std::string id;
  std::vector<std::string> names;   // "DNS:portal.bank.example"
  std::vector<std::string> levels;  // "advanced"
};

// The YAML of its file. What an operator typed cannot leave its place.
std::string RelyingPartyYaml(const NewRelyingParty& party);

// The same text with `disabled` set, as an operator would edit it: one line changed or added.
std::string WithDisabled(const std::string& yaml, bool disabled);

// One set of changes; nobody else changes the folder by `enkrat rp` meanwhile. Not thread-safe.
class RelyingPartyChange {
 public:
  // kConfigurationInvalid for a configuration without relying_parties_folder, saying what to add,
  // and for one that the service would not take as it is now. Unavailable if the folder is in use.
  static absl::StatusOr<std::unique_ptr<RelyingPartyChange>> Begin(const std::string& config_file);
  ~RelyingPartyChange();

  // Where a relying party of this id is written.
  std::string FileOf(const std::string& id) const;

  // A usage error if the id is there, or for what the service would refuse.
  absl::Status Add(const std::string& id, std::string yaml);
  // Whether it was not so before. kNotFound for an id that is nowhere; a usage error for one of the
  // configuration file.
  absl::StatusOr<bool> SetDisabled(const std::string& id, bool disabled);
  absl::Status Remove(const std::string& id);

 private:
  struct State;
  explicit RelyingPartyChange(std::unique_ptr<State> state);
  // Its place among the files.
  absl::StatusOr<size_t> Find(const std::string& id) const;

  std::unique_ptr<State> state_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_RELYING_PARTY_CHANGE_H_
