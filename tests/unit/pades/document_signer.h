// Signs PDF files in tests the way that a caller of pades/ does, with a key in memory, and asks
// other people's tools what they think of it.
#ifndef ENKRAT_TESTS_UNIT_PADES_DOCUMENT_SIGNER_H_
#define ENKRAT_TESTS_UNIT_PADES_DOCUMENT_SIGNER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/pdf_signing.h"
#include "tests/support/test_authority.h"

namespace enkrat::pades::testing {

inline absl::Time SigningTime() { return absl::FromUnixSeconds(1'800'000'000); }

class DocumentSigner {
 public:
  DocumentSigner();

  // A detached CAdES signature over the digest.
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest);
  // An RFC 3161 token.
  absl::StatusOr<Bytes> Timestamp(DigestAlgorithm algorithm, ByteSpan digest);
  // Prepares, signs, appends.
  absl::Status Sign(const std::string& path, const SignatureOptions& options);
  absl::Status AddTimestamp(const std::string& path, const DocumentTimestampOptions& options);

  const enkrat::testing::TestAuthority& authority() const { return authority_; }

 private:
  enkrat::testing::TestAuthority authority_;
  enkrat::testing::TestCertificate certificate_;
  enkrat::testing::TestCertificate unit_;
};

// What pdfsig and qpdf say.
struct Opinion {
  int signatures = 0;               // that pdfsig found
  int valid = 0;                    // of them
  int covering_all = 0;             // "Total document signed"
  bool structure_in_order = false;  // qpdf --check: neither error nor warning
  std::string words;                // both programs' output
};
Opinion AskOthers(const std::string& path);
// pdftotext's output.
std::string TextOf(const std::string& path);

}  // namespace enkrat::pades::testing

#endif  // ENKRAT_TESTS_UNIT_PADES_DOCUMENT_SIGNER_H_
