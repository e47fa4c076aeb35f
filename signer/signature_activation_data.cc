#include "signer/signature_activation_data.h"

#include "common/digest.h"
#include "signer/canonical_octets.h"
#include "signer/pdf_job.h"

namespace enkrat::signer {
SignatureActivationData ComputeSignatureActivationData(absl::string_view relying_party,
                                                       const SigningIntent& intent) {
  CanonicalOctets canonical("enkrat/sad/v1");
  canonical.Item(relying_party);
  canonical.Item(absl::string_view(intent.request_id));
  canonical.Item(LevelName(intent.level));
  canonical.Item(KindName(intent.kind));
  if (intent.kind == SignatureKind::kSeal) {
    canonical.Item(absl::string_view(intent.organization_identifier));
  }
  for (const Document& document : intent.documents) {
    canonical.Item(DigestOid(document.digest_algorithm));
    canonical.Item(ByteSpan(document.digest));
    canonical.Item(absl::string_view(document.label));
  }
  return Sha256(canonical.octets());
}

std::array<uint8_t, 32> ComputeRequestDigest(const SignatureActivationData& sad,
                                             const SigningRequest& request) {
  CanonicalOctets canonical("enkrat/request/v1");
  canonical.Item(ByteSpan(sad));
  canonical.Item(ByteSpan(request.assertion));
  canonical.Item(KeyAlgorithmName(request.key_algorithm));
  canonical.Item(FormatName(request.format));
  // Items that were not there in the first version of this digest, and are not unless they say
  // something.
  if (request.include_validation_data) canonical.Item(absl::string_view("validation-data"));
  if (request.packaging == SignaturePackaging::kEnveloping) {
    canonical.Item(absl::string_view("enveloping"));
  }
  if (request.pdf != nullptr) {
    canonical.Item(absl::string_view("pdf"));
    canonical.Item(ByteSpan(request.pdf->options_digest()));
  }
  return Sha256(canonical.octets());
}

}  // namespace enkrat::signer
