#include "cli/relying_party_change.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/outcome.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

// A JSON string is a double-quoted YAML scalar.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/true,
                                   nlohmann::json::error_handler_t::replace);
}

// What the operator wants is at fault, not the installation.
absl::Status AsUsage(const absl::Status& status) {
  return status.ok() ? status : UsageError(status.message());
}

// Not secret, and for the service to read whoever wrote it.
absl::StatusOr<bool> Write(const std::string& path, const std::string& text, bool overwrite) {
  return enkrat::WriteFile(path, AsSpan(absl::string_view(text)),
                           {.mode = 0644, .regardless_of_umask = true, .overwrite = overwrite});
}

// A name that is gone stays gone after a crash.
absl::Status RemoveFile(const std::string& folder, const std::string& path) {
  if (unlink(path.c_str()) != 0) {
    return UnavailableError(absl::StrCat(path, ": cannot be removed: ", std::strerror(errno)));
  }
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (synced) return absl::OkStatus();
  return UnavailableError(absl::StrCat(folder, ": cannot be synced"));
}

}  // namespace

struct RelyingPartyChange::State {
  std::string config_file;
  server::Config config;
  FolderLock lock;
  std::vector<server::RelyingPartyFile> files = {};

  // What the service would say to these files instead.
  absl::Status Check(const std::vector<server::RelyingPartyFile>& next) const {
    return server::CallersWith(config, next).status();
  }
};

std::string RelyingPartyYaml(const NewRelyingParty& party) {
  std::string yaml = absl::StrCat(
      "# Written by enkrat rp add. Every setting: RelyingPartyConfig in\n"
      "# proto/enkrat/config/v1/config.proto.\nid: ",
      Quoted(party.id), "\n");
  if (!party.names.empty()) absl::StrAppend(&yaml, "certificate_sans:\n");
  for (const std::string& name : party.names) absl::StrAppend(&yaml, "  - ", Quoted(name), "\n");
  absl::StrAppend(&yaml, "levels:\n");
  for (const std::string& level : party.levels) {
    absl::StrAppend(&yaml, "  - level: ", Quoted(level), "\n");
  }
  return yaml;
}

std::string WithDisabled(const std::string& yaml, bool disabled) {
  const std::string setting = absl::StrCat("disabled: ", disabled ? "true" : "false");
  std::vector<std::string> lines = absl::StrSplit(yaml, '\n');
  const auto found = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return absl::StartsWith(line, "disabled:");
  });
  if (found != lines.end()) {
    *found = setting;
  } else {
    if (lines.back().empty()) lines.pop_back();
    lines.push_back(setting);
    lines.emplace_back();
  }
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) absl::StrAppend(&text, i > 0 ? "\n" : "", lines[i]);
  return text;
}

absl::StatusOr<std::unique_ptr<RelyingPartyChange>> RelyingPartyChange::Begin(
    const std::string& config_file) {
  ENKRAT_ASSIGN_OR_RETURN(server::Config config, server::LoadSettings(config_file));
  const std::string folder = config.relying_parties_folder();
  if (folder.empty()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(config_file,
                                  ": has no folder of relying parties: add the line "
                                  "`relying_parties_folder: relying-parties`, make that folder "
                                  "beside the file, and restart the service"));
  }
  ENKRAT_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(folder));
  auto state = std::make_unique<State>(
      State{.config_file = config_file, .config = std::move(config), .lock = std::move(lock)});
  ENKRAT_ASSIGN_OR_RETURN(state->files,
                          server::ReadRelyingPartyFolder(folder, server::FolderOwner::kAnybody));
  return std::unique_ptr<RelyingPartyChange>(new RelyingPartyChange(std::move(state)));
}

RelyingPartyChange::RelyingPartyChange(std::unique_ptr<State> state) : state_(std::move(state)) {}
RelyingPartyChange::~RelyingPartyChange() = default;

std::string RelyingPartyChange::FileOf(const std::string& id) const {
  return absl::StrCat(state_->config.relying_parties_folder(), "/", id, ".yaml");
}

absl::Status RelyingPartyChange::Add(const std::string& id, std::string yaml) {
  ENKRAT_RETURN_IF_ERROR(AsUsage(server::CheckRelyingPartyFileId(id)));
  absl::StatusOr<server::RelyingPartyFile> file =
      server::ParseRelyingPartyFile(absl::StrCat(id, ".yaml"), std::move(yaml));
  ENKRAT_RETURN_IF_ERROR(AsUsage(file.status()));
  if (FileExists(FileOf(id))) {
    return UsageError(absl::StrCat(FileOf(id), " is there; enkrat rp overwrites nothing"));
  }
  ENKRAT_RETURN_IF_ERROR(state_->Check(state_->files));
  std::vector<server::RelyingPartyFile> next = state_->files;
  next.push_back(*std::move(file));
  ENKRAT_RETURN_IF_ERROR(AsUsage(state_->Check(next)));
  ENKRAT_ASSIGN_OR_RETURN(const bool written,
                          Write(FileOf(id), next.back().text, /*overwrite=*/false));
  if (!written) return UsageError(absl::StrCat(FileOf(id), " is there already"));
  state_->files = std::move(next);
  return absl::OkStatus();
}

absl::StatusOr<size_t> RelyingPartyChange::Find(const std::string& id) const {
  const auto& files = state_->files;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.config.id() == id; });
  if (found != files.end()) return static_cast<size_t>(found - files.begin());
  for (const auto& configured : state_->config.relying_parties()) {
    if (configured.id() != id) continue;
    return UsageError(absl::StrCat("'", id, "' is in ", state_->config_file,
                                   " itself: change it there, and restart the service"));
  }
  return MakeError(Reason::kNotFound, absl::StrCat("there is no relying party '", id, "'"));
}

absl::StatusOr<bool> RelyingPartyChange::SetDisabled(const std::string& id, bool disabled) {
  ENKRAT_ASSIGN_OR_RETURN(const size_t place, Find(id));
  std::vector<server::RelyingPartyFile> next = state_->files;
  server::RelyingPartyFile& file = next[place];
  if (file.config.disabled() == disabled) return false;
  auto wanted = file.config;
  wanted.set_disabled(disabled);
  const absl::StatusOr<server::RelyingPartyFile> edited =
      server::ParseRelyingPartyFile(file.name, WithDisabled(file.text, disabled));
  if (!edited.ok() || edited->config.SerializeAsString() != wanted.SerializeAsString()) {
    return UsageError(absl::StrCat(FileOf(id), ": is written in a way that this command cannot ",
                                   "edit; set `disabled` there by hand"));
  }
  file = *edited;
  ENKRAT_RETURN_IF_ERROR(state_->Check(next));
  ENKRAT_RETURN_IF_ERROR(Write(FileOf(id), file.text, /*overwrite=*/true).status());
  state_->files = std::move(next);
  return true;
}

absl::Status RelyingPartyChange::Remove(const std::string& id) {
  ENKRAT_ASSIGN_OR_RETURN(const size_t place, Find(id));
  std::vector<server::RelyingPartyFile> next = state_->files;
  next.erase(next.begin() + static_cast<std::ptrdiff_t>(place));
  ENKRAT_RETURN_IF_ERROR(AsUsage(state_->Check(next)));
  ENKRAT_RETURN_IF_ERROR(RemoveFile(state_->config.relying_parties_folder(), FileOf(id)));
  state_->files = std::move(next);
  return absl::OkStatus();
}

}  // namespace enkrat::cli
