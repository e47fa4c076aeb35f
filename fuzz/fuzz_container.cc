// Containers and manifests from anybody: opening them does not crash, and what is said of one that
// opens is true of its entries.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "asic/container.h"
#include "asic/entry_name.h"
#include "asic/manifest.h"
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

void OpenContainer(const std::string& path) {
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
}

void OpenOctets(ByteSpan octets) {
  const int descriptor = memfd_create("container", MFD_CLOEXEC);
  if (descriptor < 0) std::abort();
  if (write(descriptor, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size())) {
    OpenContainer(absl::StrCat("/proc/self/fd/", descriptor));
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
