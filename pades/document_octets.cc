#include "pades/document_octets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::pades {
namespace {

constexpr size_t kPieceOctets = 64 * 1024;

}  // namespace

absl::StatusOr<std::shared_ptr<const DocumentOctets>> DocumentOctets::Open(const std::string& path,
                                                                           uint64_t max_octets) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return MakeError(Reason::kPdfDamaged, "the document cannot be opened");
  struct stat facts = {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    close(descriptor);
    return MakeError(Reason::kPdfDamaged, "the document is not a file");
  }
  const uint64_t size = static_cast<uint64_t>(facts.st_size);
  std::shared_ptr<const DocumentOctets> octets(new DocumentOctets(descriptor, size));
  if (size > max_octets) {
    return MakeError(Reason::kLimitExceeded, "the document is larger than is allowed");
  }
  return octets;
}

DocumentOctets::~DocumentOctets() { close(descriptor_); }

size_t DocumentOctets::Read(uint64_t offset, char* out, size_t length) const {
  if (offset >= size_) return 0;
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(length, size_ - offset));
  size_t done = 0;
  while (done < wanted) {
    const ssize_t got =
        pread(descriptor_, out + done, wanted - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

std::string DocumentOctets::Text(uint64_t offset, size_t length) const {
  if (offset >= size_) return {};
  std::string text(static_cast<size_t>(std::min<uint64_t>(length, size_ - offset)), '\0');
  text.resize(Read(offset, text.data(), text.size()));
  return text;
}

absl::StatusOr<Bytes> DocumentOctets::DigestOf(DigestAlgorithm algorithm,
                                               absl::Span<const OctetRange> ranges) const {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestInit_ex(context.get(), DigestMethod(algorithm), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "starting a digest");
  }
  std::vector<char> piece(kPieceOctets);
  for (const OctetRange& range : ranges) {
    for (uint64_t done = 0; done < range.length;) {
      const size_t wanted =
          static_cast<size_t>(std::min<uint64_t>(piece.size(), range.length - done));
      if (Read(range.begin + done, piece.data(), wanted) != wanted) {
        return MakeError(Reason::kPdfDamaged, "the document ends before what is signed does");
      }
      if (EVP_DigestUpdate(context.get(), piece.data(), wanted) != 1) {
        return OpenSslError(Reason::kInternal, "making a digest");
      }
      done += wanted;
    }
  }
  Bytes digest(DigestSize(algorithm));
  if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "finishing a digest");
  }
  return digest;
}

}  // namespace enkrat::pades
