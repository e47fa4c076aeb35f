// CMS from anybody, to be raised to a higher level: nothing crashes, and whatever is laid anew
// still has what was signed.
#include <cstdlib>

#include "ades/cades_augmentation.h"
#include "ades/signed_data_layout.h"

namespace enkrat::ades {
namespace {

constexpr char kDocument[] = "A document that somebody signs.\n";

void Require(bool holds) {
  if (!holds) std::abort();
}

absl::StatusOr<Bytes> DocumentDigest(DigestAlgorithm algorithm) {
  return ComputeDigest(algorithm, AsSpan(kDocument));
}

void RequireSameSignature(ByteSpan before, const Bytes& after) {
  const SignedDataLayout was = *SignedDataLayout::Read(before);
  const absl::StatusOr<SignedDataLayout> is = SignedDataLayout::Read(after);
  Require(is.ok());
  Require(is->signed_attributes == was.signed_attributes && is->signature == was.signature &&
          is->signer_version == was.signer_version &&
          is->signer_identifier == was.signer_identifier && is->content_type == was.content_type);
  Require(is->version >= was.version);
}

void Augment(ByteSpan cms) {
  const absl::StatusOr<SignedDataLayout> layout = SignedDataLayout::Read(cms);
  Require(SignatureValueOf(cms).ok() == layout.ok());
  const absl::StatusOr<Bytes> laid = AddValidationData(cms, {});
  if (laid.ok()) {
    RequireSameSignature(cms, *laid);
    Require(*AddValidationData(*laid, {}) == *laid);
  }
  if (const absl::StatusOr<Bytes> enveloping = Envelop(cms, AsSpan(kDocument)); enveloping.ok()) {
    RequireSameSignature(cms, *enveloping);
    Require(!Envelop(*enveloping, AsSpan(kDocument)).ok());
  }
  AddSignatureTimestamp(cms, cms).status().IgnoreError();
  const absl::StatusOr<ArchiveTimestamp> archive =
      ArchiveTimestamp::Prepare(cms, DigestAlgorithm::kSha256, DocumentDigest);
  if (archive.ok()) archive->Complete(cms).status().IgnoreError();
  if (!layout.ok()) return;
  for (const AttributeLayout& attribute : layout->unsigned_attributes) {
    for (const ByteSpan value : attribute.values) {
      ArchiveTimestampDigest(cms, value, DocumentDigest).status().IgnoreError();
      AddSignatureTimestamp(cms, value).status().IgnoreError();
    }
  }
}

}  // namespace
}  // namespace enkrat::ades

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::ades::Augment(enkrat::ByteSpan(octets, size));
  return 0;
}
