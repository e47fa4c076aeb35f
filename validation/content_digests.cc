#include "validation/content_digests.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::validation {
namespace {

constexpr size_t kPiece = 256 * 1024;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::StatusOr<Bytes> DigestOfFile(const std::string& path, DigestAlgorithm algorithm,
                                   uint64_t most_octets) {
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return MakeError(Reason::kNotFound, "the signed content cannot be read");
  EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex2(context.get(), DigestMethod(algorithm), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "cannot digest");
  }
  Bytes piece(kPiece);
  uint64_t total = 0;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) {
    total += count;
    if (total > most_octets) {
      return MakeError(Reason::kLimitExceeded, "the signed content is too long");
    }
    EVP_DigestUpdate(context.get(), piece.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    return MakeError(Reason::kConfigurationInvalid, "the signed content cannot be read");
  }
  Bytes digest(DigestSize(algorithm));
  if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "cannot digest");
  }
  return digest;
}

}  // namespace

ContentDigests ContentDigests::OfOctets(ByteSpan octets) {
  return ContentDigests([octets](DigestAlgorithm algorithm) -> Candidates {
    return std::vector<Bytes>{ComputeDigest(algorithm, octets)};
  });
}

ContentDigests ContentDigests::OfFilesAndDigests(std::vector<std::string> paths,
                                                 std::vector<Bytes> digests, uint64_t most_octets) {
  const bool given = !paths.empty() || !digests.empty();
  ContentDigests content([paths = std::move(paths), digests = std::move(digests),
                          most_octets](DigestAlgorithm algorithm) -> Candidates {
    std::vector<Bytes> candidates;
    for (const std::string& path : paths) {
      ENKRAT_ASSIGN_OR_RETURN(Bytes digest, DigestOfFile(path, algorithm, most_octets));
      candidates.push_back(std::move(digest));
    }
    for (const Bytes& digest : digests) {
      if (digest.size() == DigestSize(algorithm)) candidates.push_back(digest);
    }
    return candidates;
  });
  content.given_ = given;
  return content;
}

const ContentDigests::Candidates& ContentDigests::Get(DigestAlgorithm algorithm) {
  auto known = known_.find(algorithm);
  if (known == known_.end()) known = known_.emplace(algorithm, source_(algorithm)).first;
  return known->second;
}

bool ContentDigests::IsTaken(size_t place) const {
  for (const auto& [algorithm, candidates] : known_) {
    if (candidates.ok() && place < candidates->size() && taken_.contains((*candidates)[place])) {
      return true;
    }
  }
  return false;
}

}  // namespace enkrat::validation
