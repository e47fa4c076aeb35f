// A document that a client streams to us, while its call lasts: on disk, in a file without a name,
// so that memory stays flat and nothing is left behind.
#ifndef ENKRAT_SERVER_DOCUMENT_SPOOL_H_
#define ENKRAT_SERVER_DOCUMENT_SPOOL_H_

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "server/response_budget.h"

namespace enkrat::server {

// Not thread-safe. Blocks on the disk.
class DocumentSpool {
 public:
  struct Options {
    std::string folder;
    uint64_t most_octets = uint64_t{100} << 20;
    DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
    ResponseBudget* budget = nullptr;  // not owned; of octets on the disk, for all calls together
    std::string who;                   // whose budget: the relying party
  };
  // kStoreUnavailable if no file can be made in the folder.
  static absl::StatusOr<std::unique_ptr<DocumentSpool>> Create(Options options);
  // Before anybody asks: kConfigurationInvalid if the folder takes no file without a name.
  static absl::Status CheckFolder(const std::string& folder);
  ~DocumentSpool();

  DocumentSpool(const DocumentSpool&) = delete;
  DocumentSpool& operator=(const DocumentSpool&) = delete;

  // kLimitExceeded beyond most_octets; kOverloaded when the budget is used up; kStoreUnavailable
  // for a disk that is full or fails.
  absl::Status Append(absl::string_view octets);
  // Up to `most` octets from `offset`; fewer at the end only.
  absl::StatusOr<std::string> Read(uint64_t offset, size_t most) const;

  uint64_t size() const { return size_; }
  // Of what was appended; once, afterwards nothing may be.
  Bytes Digest();
  // A path to the file for as long as this object lives, for this process only.
  const std::string& path() const { return path_; }

 private:
  DocumentSpool(Options options, int descriptor);
  absl::Status MakeRoom(uint64_t size);

  const Options options_;
  const int descriptor_;
  const std::string path_;
  uint64_t size_ = 0;
  uint64_t reserved_ = 0;
  std::vector<ResponseBudget::Reservation> reservations_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_DOCUMENT_SPOOL_H_
