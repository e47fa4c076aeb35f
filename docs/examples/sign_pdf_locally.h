// Signs a PDF whose octets stay on this machine: only the digest goes out to whoever signs.
#ifndef ENKRAT_DOCS_EXAMPLES_SIGN_PDF_LOCALLY_H_
#define ENKRAT_DOCS_EXAMPLES_SIGN_PDF_LOCALLY_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"

namespace enkrat::examples {

// What SigningService.Sign answers for one document.
struct RemoteAnswer {
  Bytes cms_der;                   // signatures(0).signature()
  ValidationData validation_data;  // validation_data()
};
using RemoteSigner =
    std::function<absl::StatusOr<RemoteAnswer>(DigestAlgorithm algorithm, ByteSpan digest)>;

absl::Status SignPdfLocally(const std::string& path, const RemoteSigner& remote);

}  // namespace enkrat::examples

#endif  // ENKRAT_DOCS_EXAMPLES_SIGN_PDF_LOCALLY_H_
