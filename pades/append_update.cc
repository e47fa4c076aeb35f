// AppendUpdate: the end of a file grows by all octets or by none.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/reason.h"
#include "pades/pdf_signing.h"

namespace enkrat::pades {
namespace {

bool WriteAll(int file, ByteSpan octets) {
  while (!octets.empty()) {
    const ssize_t written = write(file, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    octets.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status AppendUpdate(const std::string& path, ByteSpan octets) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return MakeError(Reason::kInternal, "the document cannot be opened for writing");
  struct stat before = {};
  bool ok = fstat(file, &before) == 0;
  if (ok && !(WriteAll(file, octets) && fsync(file) == 0)) {
    ok = false;
    // Nothing more can be done if this fails as well; the error below is told anyway.
    if (ftruncate(file, before.st_size) != 0) errno = 0;
  }
  close(file);
  return ok ? absl::OkStatus()
            : MakeError(Reason::kInternal, "the update cannot be appended to the document");
}

}  // namespace enkrat::pades
