// ASiCManifest: the XML that says which files of an ASiC-E container a signature or timestamp is
// over, with their digests (ETSI EN 319 162-1 A.4, schema of namespace 02918/v1.2.1).
#ifndef ENKRAT_ASIC_MANIFEST_H_
#define ENKRAT_ASIC_MANIFEST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::asic {

struct ManifestReference {
  std::string uri;
  std::string mime_type = {};
  // nullopt: one that is not believed, SHA-1 among them.
  std::optional<DigestAlgorithm> algorithm = DigestAlgorithm::kSha256;
  Bytes digest = {};
};

struct Manifest {
  std::string signature_uri;
  std::string signature_mime_type;
  std::vector<ManifestReference> references;
};

// UTF-8 XML without a byte to choose: the same for the same manifest. The texts have no characters
// that XML does not know (CheckEntryName, media types).
Bytes WriteManifest(const Manifest& manifest);

// kRequestMalformed for XML that is not well-formed, has a document type declaration, another root
// or namespace, or lacks what the schema asks for; kLimitExceeded beyond 1 MiB or
// `most_references`. No entity is expanded but XML's own, nothing is fetched.
absl::StatusOr<Manifest> ParseManifest(ByteSpan xml, size_t most_references);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_MANIFEST_H_
