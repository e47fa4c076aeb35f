// Writes a ZIP whose octets depend on nothing but what is in it: no time, no owner, no extra field.
#ifndef ENKRAT_ASIC_ZIP_WRITER_H_
#define ENKRAT_ASIC_ZIP_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/digest.h"

struct zip;  // libzip's name
struct zip_source;

namespace enkrat::asic {

// Entries come in the order in which they were added. The file appears with Publish, whole, or not
// at all. Not thread-safe.
class ZipWriter {
 public:
  // A draft beside `path`. kConfigurationInvalid if nothing can be written there.
  static absl::StatusOr<std::unique_ptr<ZipWriter>> Create(const std::string& path);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  absl::Status AddStored(absl::string_view name, ByteSpan content);
  absl::Status AddDeflated(absl::string_view name, ByteSpan content);
  struct FileToAdd {
    std::string path;
    DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
    Bytes digest;
  };
  // The file is read piece by piece when Publish writes; it must have this digest then.
  absl::Status AddFile(absl::string_view name, const FileToAdd& file);

  // Writes, syncs, and renames into place, over what stood there. kRequestMalformed if a file has
  // changed meanwhile; kConfigurationInvalid, or the error of reading a file; `path` is as it was
  // then. Called once.
  absl::Status Publish();

 private:
  ZipWriter(std::string path, std::string draft, zip* archive);

  absl::Status Add(absl::string_view name, zip_source* source, bool deflate);

  const std::string path_;
  const std::string draft_;
  zip* archive_;
  // Why a file could not be packed, which libzip cannot carry.
  const std::shared_ptr<absl::Status> file_error_ = std::make_shared<absl::Status>();
};

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ZIP_WRITER_H_
