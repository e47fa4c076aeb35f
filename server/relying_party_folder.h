// A folder of relying parties, one file `<id>.yaml` each: read whole or not at all.
#ifndef ENKRAT_SERVER_RELYING_PARTY_FOLDER_H_
#define ENKRAT_SERVER_RELYING_PARTY_FOLDER_H_

#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/caller_identity.h"
#include "server/settings.h"

namespace enkrat::server {

inline constexpr size_t kMaxRelyingPartyFiles = 10'000;
inline constexpr size_t kMaxRelyingPartyFileSize = 64 * 1024;

// Whoever can write the files decides who may have signatures made: that is root and the owner
// that reads them, nobody else.
enum class FolderOwner {
  kMyself,   // the service: the user that this process is
  kAnybody,  // an operator who is root looks after it for the service's user, whoever that is;
             // an operator who is not is kMyself
};

struct RelyingPartyFile {
  std::string name;  // "portal.yaml"
  std::string text;
  config::v1::RelyingPartyConfig config;
};

// One file of the folder, as its name and lstat show it: when all are as they were, nothing was
// changed.
struct FileFacts {
  std::string name;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;
  mode_t mode = 0;
  uid_t owner = 0;
  bool operator==(const FileFacts&) const = default;
};

// 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit: a file's name on any
// disk. kConfigurationInvalid.
absl::Status CheckRelyingPartyFileId(absl::string_view id);

// The text of a file of this name. kConfigurationInvalid, naming the file and the line or field: no
// RelyingPartyConfig, too long, or another id than the name says.
absl::StatusOr<RelyingPartyFile> ParseRelyingPartyFile(const std::string& name, std::string text);

// All files `*.yaml` that are not hidden, by name; what has another name is ignored.
// kConfigurationInvalid, naming the file: a folder or file that is not `owner`'s or root's or that
// others can write, a symbolic link, too many, or as above.
absl::StatusOr<std::vector<RelyingPartyFile>> ReadRelyingPartyFolder(const std::string& path,
                                                                     FolderOwner owner);

// The folder and the files that ReadRelyingPartyFolder would read, whatever is in them.
absl::StatusOr<std::vector<FileFacts>> LookAtRelyingPartyFolder(const std::string& path);

// What the files mean together with the configuration. kConfigurationInvalid, naming the file and
// the field.
absl::StatusOr<std::vector<CallerDirectory::Entry>> EntriesFrom(
    const std::vector<RelyingPartyFile>& files, const Config& config);

// All relying parties that a service would have with this configuration and these files.
// kConfigurationInvalid as above, or for what they do not fit together.
absl::StatusOr<std::unique_ptr<CallerDirectory>> CallersWith(
    const Config& config, const std::vector<RelyingPartyFile>& files);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_RELYING_PARTY_FOLDER_H_
