#include "server/document_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::server {
namespace {

// The budget is asked for room in steps of this size.
constexpr uint64_t kReservedAtOnce = uint64_t{1} << 20;

absl::Status Failed(absl::string_view what) {
  return MakeError(Reason::kStoreUnavailable,
                   absl::StrCat("spooled document: ", what, ": ", std::strerror(errno)));
}

}  // namespace

DocumentSpool::DocumentSpool(Options options, int descriptor)
    : options_(std::move(options)),
      descriptor_(descriptor),
      path_(absl::StrCat("/proc/self/fd/", descriptor)),
      digest_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  EVP_DigestInit_ex(digest_.get(), DigestMethod(options_.digest_algorithm), nullptr);
}

DocumentSpool::~DocumentSpool() { close(descriptor_); }

absl::StatusOr<std::unique_ptr<DocumentSpool>> DocumentSpool::Create(Options options) {
  const int descriptor = open(options.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) return Failed("cannot make a file in the spool folder");
  return std::unique_ptr<DocumentSpool>(new DocumentSpool(std::move(options), descriptor));
}

absl::Status DocumentSpool::CheckFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("server.spool_folder: ", folder,
                                  ": no file without a name can be made there (O_TMPFILE): ",
                                  std::strerror(errno)));
  }
  close(descriptor);
  return absl::OkStatus();
}

absl::Status DocumentSpool::MakeRoom(uint64_t size) {
  if (size > options_.most_octets) {
    return WithField(
        MakeError(Reason::kLimitExceeded,
                  absl::StrCat("the document is longer than ", options_.most_octets, " octets")),
        "chunk");
  }
  while (reserved_ < size) {
    ENKRAT_ASSIGN_OR_RETURN(ResponseBudget::Reservation more,
                            options_.budget->Reserve(options_.who, kReservedAtOnce));
    reservations_.push_back(std::move(more));
    reserved_ += kReservedAtOnce;
  }
  return absl::OkStatus();
}

absl::Status DocumentSpool::Append(absl::string_view octets) {
  ENKRAT_RETURN_IF_ERROR(MakeRoom(size_ + octets.size()));
  EVP_DigestUpdate(digest_.get(), octets.data(), octets.size());
  while (!octets.empty()) {
    const ssize_t written =
        pwrite(descriptor_, octets.data(), octets.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("cannot be written");
    size_ += static_cast<uint64_t>(written);
    octets.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DocumentSpool::Read(uint64_t offset, size_t most) const {
  std::string octets(most, '\0');
  size_t filled = 0;
  while (filled < most) {
    const ssize_t got = pread(descriptor_, octets.data() + filled, most - filled,
                              static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("cannot be read");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  octets.resize(filled);
  return octets;
}

Bytes DocumentSpool::Digest() {
  Bytes digest(DigestSize(options_.digest_algorithm));
  EVP_DigestFinal_ex(digest_.get(), digest.data(), nullptr);
  return digest;
}

}  // namespace enkrat::server
