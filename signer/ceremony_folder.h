// The folder that a key ceremony fills: certificates in, certificates out, each file whole or not
// there.
#ifndef ENKRAT_SIGNER_CEREMONY_FOLDER_H_
#define ENKRAT_SIGNER_CEREMONY_FOLDER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::signer {

// Not thread-safe. Files are public (mode 0644): certificates and reports.
class CeremonyFolder {
 public:
  // The folder exists.
  explicit CeremonyFolder(std::string path) : path_(std::move(path)) {}

  bool Has(const std::string& name) const;
  // nullopt if there is no such file; kConfigurationInvalid, naming it, for one that cannot be read
  // or is over 256 KiB.
  absl::StatusOr<std::optional<std::string>> Read(const std::string& name) const;
  // The certificates of a PEM file. Errors: as Read; kConfigurationInvalid if it holds none.
  absl::StatusOr<std::vector<Bytes>> ReadCertificates(const std::string& name) const;
  // Writes beside, syncs and renames. Leaves a file of the same content alone. Whether it wrote.
  // kConfigurationInvalid, naming the file, if the folder cannot be written.
  absl::StatusOr<bool> Write(const std::string& name, absl::string_view content) const;

  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CEREMONY_FOLDER_H_
