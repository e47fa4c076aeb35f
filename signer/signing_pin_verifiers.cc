#include "signer/signing_pin_verifiers.h"

#include <openssl/crypto.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "signer/canonical_octets.h"
#include "signer/certificate_subject.h"

namespace enkrat::signer {
namespace {

constexpr size_t kSaltOctets = 16;
constexpr size_t kMacOctets = 32;

absl::string_view NameOf(SecretKind kind) { return kind == SecretKind::kPin ? "PIN" : "PUK"; }

}  // namespace

PinMac HsmPinMac(hsm::SessionPool& pool, const hsm::MacKey& key) {
  return [&pool, key](ByteSpan message, absl::Time deadline) -> absl::StatusOr<Bytes> {
    ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool.Acquire(deadline));
    return lease.Mac(key, message);
  };
}

absl::StatusOr<Bytes> SigningPinVerifiers::PersonHash(const idp_client::VerifiedIdentity& identity,
                                                      absl::string_view relying_party,
                                                      absl::Time deadline) const {
  CanonicalOctets octets("enkrat/pin-person/v1");
  octets.Item(ByteSpan(PersonOctets(identity, relying_party)));
  return mac_(octets.octets(), deadline);
}

absl::StatusOr<store::SecretVerifier> SigningPinVerifiers::Make(absl::string_view credential_id,
                                                                SecretKind kind,
                                                                const Secret& secret,
                                                                absl::Time deadline) const {
  store::SecretVerifier verifier = {.salt = RandomBytes(kSaltOctets),
                                    .memory_kib = cost_.memory_kib,
                                    .passes = cost_.passes,
                                    .mac = {}};
  ENKRAT_ASSIGN_OR_RETURN(verifier.mac, Candidate(credential_id, kind, secret, verifier, deadline));
  return verifier;
}

absl::StatusOr<Bytes> SigningPinVerifiers::Candidate(absl::string_view credential_id,
                                                     SecretKind kind, const Secret& secret,
                                                     const store::SecretVerifier& stored,
                                                     absl::Time deadline) const {
  ENKRAT_ASSIGN_OR_RETURN(const Secret hash,
                          HashPin(secret.Reveal(), stored.salt,
                                  {.memory_kib = stored.memory_kib, .passes = stored.passes}));
  CanonicalOctets octets("enkrat/pin-verifier/v1");
  octets.Item(credential_id);
  octets.Item(NameOf(kind));
  octets.Item(ByteSpan(stored.salt));
  octets.Item(absl::StrCat(stored.memory_kib));
  octets.Item(absl::StrCat(stored.passes));
  // The hash alone could be guessed at without the HSM: it does not stay in memory.
  Bytes message;
  message.reserve(octets.octets().size() + 4 + hash.Reveal().size());
  Append(message, octets.octets());
  Append(message, {0, 0, 0, static_cast<uint8_t>(hash.Reveal().size())});
  Append(message, hash.Reveal());
  absl::StatusOr<Bytes> mac = mac_(message, deadline);
  OPENSSL_cleanse(message.data(), message.size());
  return mac;
}

store::SecretVerifier SigningPinVerifiers::Decoy() const {
  return {.salt = RandomBytes(kSaltOctets),
          .memory_kib = cost_.memory_kib,
          .passes = cost_.passes,
          .mac = RandomBytes(kMacOctets)};
}

bool SigningPinVerifiers::IsCurrent(const store::SecretVerifier& stored) const {
  return cost_ == PinHashCost{.memory_kib = stored.memory_kib, .passes = stored.passes};
}

absl::StatusOr<Bytes> SigningPinVerifiers::ReceiptMac(ByteSpan credential_hash,
                                                      const SignatureActivationData& sad,
                                                      absl::Time deadline) const {
  CanonicalOctets octets("enkrat/pin-receipt/v1");
  octets.Item(credential_hash);
  octets.Item(ByteSpan(sad));
  octets.Item("verified");
  return mac_(octets.octets(), deadline);
}

absl::StatusOr<Bytes> SigningPinVerifiers::CredentialHash(absl::string_view credential_id,
                                                          absl::Time deadline) const {
  CanonicalOctets octets("enkrat/pin-credential/v1");
  octets.Item(credential_id);
  return mac_(octets.octets(), deadline);
}

}  // namespace enkrat::signer
