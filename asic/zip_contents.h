// What is in the entries of a ZIP that somebody sent: unpacked by libzip, never more than the
// strict outline allows.
#ifndef ENKRAT_ASIC_ZIP_CONTENTS_H_
#define ENKRAT_ASIC_ZIP_CONTENTS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "asic/zip_outline.h"
#include "common/bytes.h"
#include "common/digest.h"

struct zip;  // libzip's name

namespace enkrat::asic {

// Owns the open file. Movable; not thread-safe.
class ZipContents {
 public:
  // kNotFound if there is no such file; otherwise as ReadZipOutline.
  static absl::StatusOr<ZipContents> Open(const std::string& path, const ZipBounds& bounds);

  const std::vector<ZipEntry>& entries() const { return outline_.entries; }
  bool Has(absl::string_view name) const { return IndexOf(name).has_value(); }

  // kNotFound for a name that is no file in it; kLimitExceeded for more than `most_octets`;
  // kRequestMalformed if it does not unpack to what the directory says, CRC included.
  absl::StatusOr<Bytes> Read(absl::string_view name, uint64_t most_octets) const;
  absl::StatusOr<Bytes> Digest(absl::string_view name, DigestAlgorithm algorithm) const;

  // The file written anew with other octets in these entries, by their names; kNotFound if one is
  // no file in it; otherwise as RewriteZip.
  absl::Status RewriteTo(const std::string& path, const std::map<std::string, Bytes>& others) const;

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  ZipContents(ZipOutline outline, int descriptor, zip* archive)
      : outline_(std::move(outline)), descriptor_(descriptor), archive_(archive) {}

  std::optional<size_t> IndexOf(absl::string_view name) const;
  absl::Status Unpack(size_t index, absl::FunctionRef<void(ByteSpan)> take) const;

  ZipOutline outline_;
  int descriptor_;  // of the file, which the archive owns
  std::unique_ptr<zip, Discard> archive_;
};

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ZIP_CONTENTS_H_
