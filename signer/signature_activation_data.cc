#include "signer/signature_activation_data.h"

#include "common/digest.h"

namespace enkrat::signer {
namespace {

// The canonical list of length-prefixed items.
class Canonical {
 public:
  explicit Canonical(absl::string_view domain) {
    Append(octets_, AsSpan(domain));
    octets_.push_back(0);
  }

  void Item(ByteSpan value) {
    const auto size = static_cast<uint32_t>(value.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
      octets_.push_back(static_cast<uint8_t>(size >> shift));
    }
    Append(octets_, value);
  }
  void Item(absl::string_view value) { Item(AsSpan(value)); }

  std::array<uint8_t, 32> Digest() const { return Sha256(octets_); }

 private:
  Bytes octets_;
};

}  // namespace

SignatureActivationData ComputeSignatureActivationData(absl::string_view relying_party,
                                                       const SigningIntent& intent) {
  Canonical canonical("enkrat/sad/v1");
  canonical.Item(relying_party);
  canonical.Item(absl::string_view(intent.request_id));
  canonical.Item(LevelName(intent.level));
  canonical.Item(KindName(intent.kind));
  for (const Document& document : intent.documents) {
    canonical.Item(DigestOid(document.digest_algorithm));
    canonical.Item(ByteSpan(document.digest));
    canonical.Item(absl::string_view(document.label));
  }
  return canonical.Digest();
}

std::array<uint8_t, 32> ComputeRequestDigest(const SignatureActivationData& sad,
                                             const SigningRequest& request) {
  Canonical canonical("enkrat/request/v1");
  canonical.Item(ByteSpan(sad));
  canonical.Item(ByteSpan(request.assertion));
  canonical.Item(KeyAlgorithmName(request.key_algorithm));
  canonical.Item(FormatName(request.format));
  return canonical.Digest();
}

}  // namespace enkrat::signer
