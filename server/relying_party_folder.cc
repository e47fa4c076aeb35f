#include "server/relying_party_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/config_loader.h"

namespace enkrat::server {
namespace {

constexpr absl::string_view kSuffix = ".yaml";
constexpr size_t kMaxIdSize = 64;

struct CloseFolder {
  void operator()(DIR* listing) const { closedir(listing); }
};
using Listing = std::unique_ptr<DIR, CloseFolder>;

absl::Status Bad(absl::string_view file, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(file, ": ", what));
}

absl::Status SystemError(absl::string_view file) { return Bad(file, std::strerror(errno)); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::StatusOr<Listing> OpenFolder(const std::string& path) {
  DIR* listing = nullptr;
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) listing = fdopendir(fd);
  if (listing == nullptr) {
    const absl::Status status = SystemError(path);
    if (fd >= 0) close(fd);
    return status;
  }
  return Listing(listing);
}

bool IsOne(absl::string_view name) {
  return name.size() > kSuffix.size() && name[0] != '.' && absl::EndsWith(name, kSuffix);
}

absl::StatusOr<std::vector<std::string>> NamesIn(const Listing& listing, const std::string& path) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(listing.get())) {
    if (IsOne(entry->d_name)) names.emplace_back(entry->d_name);
    if (names.size() > kMaxRelyingPartyFiles) return Bad(path, "holds more than 10000 files");
    errno = 0;
  }
  if (errno != 0) return SystemError(path);
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status CheckOwner(absl::string_view file, const struct stat& facts, uid_t owner) {
  if (facts.st_uid != 0 && facts.st_uid != owner) {
    return Bad(file, "belongs to another user; chown it to the service's user or root");
  }
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Bad(file, "can be written by others; chmod go-w");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadText(int fd, const std::string& file) {
  std::string text(kMaxRelyingPartyFileSize + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(file);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kMaxRelyingPartyFileSize) return Bad(file, "is larger than 64 KiB");
  text.resize(size);
  return text;
}

absl::StatusOr<RelyingPartyFile> ReadOne(int folder, const std::string& name, uid_t owner) {
  // Without O_NONBLOCK a FIFO would stop us.
  const Descriptor file(
      openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 && errno == ELOOP) return Bad(name, "is a symbolic link");
  struct stat facts {};
  if (file.get() < 0 || fstat(file.get(), &facts) != 0) return SystemError(name);
  if (!S_ISREG(facts.st_mode)) return Bad(name, "is not a file");
  ENKRAT_RETURN_IF_ERROR(CheckOwner(name, facts, owner));
  ENKRAT_ASSIGN_OR_RETURN(std::string text, ReadText(file.get(), name));
  return ParseRelyingPartyFile(name, std::move(text));
}

FileFacts FactsOf(const std::string& name, const struct stat& facts) {
  const auto nanoseconds = [](const timespec& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {.name = name,
          .device = facts.st_dev,
          .inode = facts.st_ino,
          .size = facts.st_size,
          .modified_ns = nanoseconds(facts.st_mtim),
          .changed_ns = nanoseconds(facts.st_ctim),
          .mode = facts.st_mode,
          .owner = facts.st_uid};
}

}  // namespace

absl::Status CheckRelyingPartyFileId(absl::string_view id) {
  const bool fits = !id.empty() && id.size() <= kMaxIdSize && absl::ascii_isalnum(id[0]) &&
                    std::all_of(id.begin(), id.end(), [](char c) {
                      return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
                    });
  if (fits) return absl::OkStatus();
  return Bad("id", "is not 1 to 64 letters, digits, '.', '_', '-', the first a letter or digit");
}

absl::StatusOr<RelyingPartyFile> ParseRelyingPartyFile(const std::string& name, std::string text) {
  if (text.size() > kMaxRelyingPartyFileSize) return Bad(name, "is larger than 64 KiB");
  RelyingPartyFile file = {.name = name, .text = std::move(text), .config = {}};
  ENKRAT_RETURN_IF_ERROR(WithContext(ReadYaml(file.text, file.config), name));
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckRelyingPartyFileId(file.config.id()), name));
  if (absl::StrCat(file.config.id(), kSuffix) != name) {
    return Bad(name, absl::StrCat("id: the file of '", file.config.id(), "' is named ",
                                  file.config.id(), kSuffix));
  }
  return file;
}

absl::StatusOr<std::vector<RelyingPartyFile>> ReadRelyingPartyFolder(const std::string& path,
                                                                     FolderOwner owner) {
  ENKRAT_ASSIGN_OR_RETURN(const Listing listing, OpenFolder(path));
  const int folder = dirfd(listing.get());
  struct stat facts {};
  if (fstat(folder, &facts) != 0) return SystemError(path);
  const bool anybody = owner == FolderOwner::kAnybody && geteuid() == 0;
  const uid_t user = anybody ? facts.st_uid : geteuid();
  ENKRAT_RETURN_IF_ERROR(CheckOwner(path, facts, user));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(listing, path));
  std::vector<RelyingPartyFile> files;
  for (const std::string& name : names) {
    absl::StatusOr<RelyingPartyFile> file = ReadOne(folder, name, user);
    if (!file.ok()) return WithContext(file.status(), path);
    files.push_back(*std::move(file));
  }
  return files;
}

absl::StatusOr<std::vector<FileFacts>> LookAtRelyingPartyFolder(const std::string& path) {
  ENKRAT_ASSIGN_OR_RETURN(const Listing listing, OpenFolder(path));
  const int folder = dirfd(listing.get());
  struct stat facts {};
  if (fstat(folder, &facts) != 0) return SystemError(path);
  std::vector<FileFacts> all = {FactsOf("", facts)};
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(listing, path));
  for (const std::string& name : names) {
    // One that has just gone is as good as gone before.
    if (fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
    all.push_back(FactsOf(name, facts));
  }
  return all;
}

absl::StatusOr<std::vector<CallerDirectory::Entry>> EntriesFrom(
    const std::vector<RelyingPartyFile>& files, const Config& config) {
  std::vector<CallerDirectory::Entry> entries;
  for (const RelyingPartyFile& file : files) {
    ENKRAT_ASSIGN_OR_RETURN(
        CallerDirectory::Entry entry,
        CallerFrom(file.config, config,
                   absl::StrCat(config.relying_parties_folder(), ": ", file.name)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace enkrat::server
