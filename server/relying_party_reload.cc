#include "server/relying_party_reload.h"

#include "common/status_macros.h"

namespace enkrat::server {

void RelyingPartyReload::ReadIfChanged() {
  MutexLock lock(mutex_);
  absl::StatusOr<std::vector<FileFacts>> now =
      LookAtRelyingPartyFolder(options_.config->relying_parties_folder());
  // A folder that cannot be looked at is one more way to look.
  std::vector<FileFacts> facts = now.ok() ? *std::move(now) : std::vector<FileFacts>();
  if (facts == seen_) return;
  seen_ = std::move(facts);  // before it is read: what changes meanwhile is read again
  ReadLocked();
}

void RelyingPartyReload::Read() {
  if (options_.config->relying_parties_folder().empty()) {
    options_.logger->Info("nothing to read again: no relying_parties_folder");
    return;
  }
  MutexLock lock(mutex_);
  ReadLocked();
}

void RelyingPartyReload::ReadLocked() {
  const absl::StatusOr<size_t> relying_parties = TakeUp();
  failed_ = !relying_parties.ok();
  if (relying_parties.ok()) {
    options_.logger->Info("relying parties reloaded", {{"in_folder", *relying_parties}});
  } else {
    options_.logger->Error("relying parties not reloaded, those known before stay",
                           {{"why", relying_parties.status().message()}});
  }
}

absl::StatusOr<size_t> RelyingPartyReload::TakeUp() {
  const Config& config = *options_.config;
  ENKRAT_ASSIGN_OR_RETURN(
      const std::vector<RelyingPartyFile> files,
      ReadRelyingPartyFolder(config.relying_parties_folder(), FolderOwner::kMyself));
  ENKRAT_ASSIGN_OR_RETURN(std::vector<CallerDirectory::Entry> entries, EntriesFrom(files, config));
  ENKRAT_RETURN_IF_ERROR(options_.callers->Replace(std::move(entries)));
  options_.rates->KeepOnly(options_.callers->Ids());
  return files.size();
}

}  // namespace enkrat::server
