#include "cli/draft_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "common/random.h"

namespace enkrat::cli {

namespace fs = std::filesystem;

DraftFile::DraftFile(std::string path)
    : path_(std::move(path)), part_(absl::StrCat(path_, ".", ToHex(RandomBytes(4)), ".part")) {}

DraftFile::DraftFile(DraftFile&& other) noexcept
    : path_(std::move(other.path_)), part_(std::exchange(other.part_, "")) {}

DraftFile::~DraftFile() {
  std::error_code ignored;
  if (!part_.empty()) fs::remove(part_, ignored);
}

absl::Status DraftFile::CopyFrom(const std::string& original) {
  std::error_code failed;
  fs::copy_file(original, part_, failed);
  if (!failed) fs::permissions(part_, fs::perms::owner_write, fs::perm_options::add, failed);
  if (!failed) return absl::OkStatus();
  return UnavailableError(absl::StrCat("cannot copy ", original, ": ", failed.message()));
}

absl::Status DraftFile::Keep(bool force) {
  std::error_code failed;
  if (force) {
    fs::rename(part_, path_, failed);
  } else {
    // Unlike a rename, a link never replaces what somebody put there meanwhile.
    fs::create_hard_link(part_, path_, failed);
    if (failed == std::errc::file_exists) {
      return UsageError(absl::StrCat(path_, " exists already; --force replaces it"));
    }
    if (!failed) fs::remove(part_, failed);
  }
  if (failed) return UnavailableError(absl::StrCat("cannot write ", path_, ": ", failed.message()));
  part_.clear();
  return absl::OkStatus();
}

}  // namespace enkrat::cli
