// Containers and manifests from anybody: opening them does not crash, what is said of one that
// opens is true of its entries, and written anew it differs in nothing but the signature that was
// replaced.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "asic/container.h"
#include "asic/entry_name.h"
#include "asic/manifest.h"
#include "common/file.h"
#include "common/reason.h"

namespace enkrat::asic {
namespace {

constexpr Container::Limits kLimits = {.max_octets = uint64_t{1} << 20,
                                       .max_unpacked_octets = uint64_t{8} << 20,
                                       .max_entries = 64,
                                       .max_signatures = 16};

void Require(bool holds) {
  if (!holds) std::abort();
}

// A new file's name, free again when this is gone.
class NewPath {
 public:
  NewPath()
      : path_(absl::StrCat(std::filesystem::temp_directory_path().string(), "/fuzz_container.",
                           getpid(), ".", ++count_)) {}
  ~NewPath() { unlink(path_.c_str()); }
  NewPath(const NewPath&) = delete;
  NewPath& operator=(const NewPath&) = delete;

  const std::string& get() const { return path_; }
  Bytes Octets() const { return ReadFile(path_, kLimits.max_octets).value(); }

 private:
  static inline int count_ = 0;
  const std::string path_;
};

void Replace(const Container& container, const ContainerSignature& signature) {
  const Bytes other = {0x30, 0x03, 0x02, 0x01, 0x02};
  const NewPath path;
  const absl::Status status = container.WriteWith({{signature.name, other}}, path.get());
  Require(status.ok() == FileExists(path.get()));
  if (!status.ok()) {
    Require(ReasonOf(status) == Reason::kRequestMalformed ||
            ReasonOf(status) == Reason::kLimitExceeded);
    return;
  }
  const auto written = Container::Open(path.get(), kLimits);
  Require(written.ok() && (*written)->signatures().size() == container.signatures().size());
  const NewPath back;
  const absl::Status restored =
      (*written)->WriteWith({{signature.name, signature.cms_der}}, back.get());
  // What was no DER value before cannot be put back; what was, is found again.
  Require(!restored.ok() || Container::Open(back.get(), kLimits).value()->signatures().size() ==
                                container.signatures().size());
}

void Rewrite(const Container& container, ByteSpan octets) {
  const NewPath same;
  Require(container.WriteWith({}, same.get()).ok() && ByteSpan(same.Octets()) == octets);
  for (const ContainerSignature& signature : container.signatures()) {
    if (!signature.timestamp && signature.held_by.empty()) return Replace(container, signature);
  }
}

void OpenContainer(const std::string& path, ByteSpan octets) {
  const absl::StatusOr<std::unique_ptr<Container>> container = Container::Open(path, kLimits);
  if (!container.ok()) return;
  const std::vector<std::string>& unsigned_files = (*container)->unsigned_files();
  Require(!(*container)->signatures().empty());
  for (const ContainerSignature& signature : (*container)->signatures()) {
    Require((*container)->DigestOf(signature.name, DigestAlgorithm::kSha256).ok());
    for (const std::string& file : signature.covered_files) {
      Require(IsDataFileName(file) && CheckEntryName(file).ok());
      // What a manifest digests was unpacked; the file of an ASiC-S is not before it is asked for.
      const absl::StatusOr<Bytes> digest = (*container)->DigestOf(file, DigestAlgorithm::kSha256);
      Require(digest.ok() || ((*container)->type() == ContainerType::kSimple &&
                              ReasonOf(digest.status()) == Reason::kRequestMalformed));
      Require(signature.timestamp || std::find(unsigned_files.begin(), unsigned_files.end(),
                                               file) == unsigned_files.end());
    }
  }
  Rewrite(**container, octets);
}

void OpenOctets(ByteSpan octets) {
  const int descriptor = memfd_create("container", MFD_CLOEXEC);
  if (descriptor < 0) std::abort();
  if (write(descriptor, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size())) {
    OpenContainer(absl::StrCat("/proc/self/fd/", descriptor), octets);
  }
  close(descriptor);
}

void ReadManifest(ByteSpan octets) {
  const absl::StatusOr<Manifest> manifest = ParseManifest(octets, 16);
  if (!manifest.ok()) return;
  for (const ManifestReference& reference : manifest->references) {
    const std::optional<std::string> entry = EntryOfUri(reference.uri);
    Require(!entry.has_value() || EntryOfUri(UriOfEntry(*entry)) == entry);
  }
}

}  // namespace
}  // namespace enkrat::asic

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::asic::OpenOctets(enkrat::ByteSpan(octets, size));
  enkrat::asic::ReadManifest(enkrat::ByteSpan(octets, size));
  return 0;
}
