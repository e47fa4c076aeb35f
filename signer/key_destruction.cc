#include "signer/key_destruction.h"

namespace enkrat::signer {

KeyDestruction::Attributes NamedAttributes(const hsm::KeyAttributes& attributes) {
  const auto text = [](bool value) { return std::string(value ? "true" : "false"); };
  return {
      {"CKA_TOKEN", text(attributes.token)},
      {"CKA_PRIVATE", text(attributes.is_private)},
      {"CKA_SENSITIVE", text(attributes.sensitive)},
      {"CKA_ALWAYS_SENSITIVE", text(attributes.always_sensitive)},
      {"CKA_EXTRACTABLE", text(attributes.extractable)},
      {"CKA_NEVER_EXTRACTABLE", text(attributes.never_extractable)},
      {"CKA_LOCAL", text(attributes.local)},
      {"CKA_KEY_GEN_MECHANISM", attributes.generation_mechanism},
  };
}

KeyDestruction::KeyDestruction(const hsm::DestructionReceipt& receipt)
    : public_key_sha256_(receipt.spki_sha256().begin(), receipt.spki_sha256().end()),
      generated_at_(receipt.generated_at()),
      destroyed_at_(receipt.destroyed_at()),
      signatures_(receipt.signatures()),
      confirmation_(receipt.private_object_answer()),
      attributes_(NamedAttributes(receipt.attributes())) {}

}  // namespace enkrat::signer
