#include "hsm/one_time_key.h"

#include <optional>
#include <utility>

#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/key_pair.h"
#include "hsm/session.h"
#include "hsm/token_signature.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kKeyIdSize = 16;
constexpr size_t kMaxLabelSize = 64;

// Whether the session can be closed without harm while other threads work in theirs.
bool MayClose(const Session& session, CK_RV answer) {
  // A session that the token has dropped already is not closed again, only opened.
  return !session.quirks().close_sessions_only_when_idle || answer == CKR_SESSION_HANDLE_INVALID ||
         answer == CKR_SESSION_CLOSED;
}

// Asks the token for the object. Only CKR_OBJECT_HANDLE_INVALID means that it is gone.
CK_RV Probe(Session& session, CK_OBJECT_HANDLE object) {
  CK_OBJECT_CLASS object_class = 0;
  CK_ATTRIBUTE entry = {CKA_CLASS, &object_class, sizeof(object_class)};
  return session.functions().C_GetAttributeValue(session.handle(), object, &entry, 1);
}

}  // namespace

struct OneTimeKey::Pair {
  std::shared_ptr<Session> session;
  KeyAlgorithm algorithm;
  KeyPairHandles handles;
  std::string key_id;
  absl::Time generated_at;
  KeyAttributes attributes = {};
  std::optional<PublicKey> public_key = std::nullopt;
  uint64_t signatures = 0;

  struct Answers {
    CK_RV private_key = CKR_OK;
    CK_RV public_key = CKR_OK;
    bool Gone() const {
      return private_key == CKR_OBJECT_HANDLE_INVALID && public_key == CKR_OBJECT_HANDLE_INVALID;
    }
  };
  Answers AskForObjects() const {
    return {Probe(*session, handles.private_key), Probe(*session, handles.public_key)};
  }

  // Has the pool end the key with the module, and says so.
  static absl::Status Unconfirmed(const Pair& pair, const Answers& answers) {
    const Session::Surroundings& surroundings = pair.session->surroundings();
    surroundings.counters->destructions_unconfirmed.fetch_add(1);
    pair.session->RequestReconnect();
    if (surroundings.logger != nullptr) {
      surroundings.logger->Error(
          "a one-time key's destruction is not confirmed; the HSM will be reconnected",
          {{"key_id", pair.key_id},
           {"private_object", DescribeReturnValue(answers.private_key)},
           {"public_object", DescribeReturnValue(answers.public_key)}});
    }
    return MakeError(Reason::kKeyDestructionUnconfirmed,
                     "the token does not confirm that the one-time key is gone");
  }
};

absl::StatusOr<OneTimeKey> OneTimeKey::Generate(std::shared_ptr<Session> session,
                                                const OneTimeKeySpec& spec) {
  ENKRAT_RETURN_IF_ERROR(session->Usable());
  if (spec.label.size() > kMaxLabelSize || session->one_time_keys > 0) {
    return MakeError(Reason::kInternal, spec.label.size() > kMaxLabelSize
                                            ? "the label of a one-time key is too long"
                                            : "a lease holds one one-time key at a time");
  }
  const Session::Surroundings& surroundings = session->surroundings();
  const Bytes id = RandomBytes(kKeyIdSize);
  ENKRAT_ASSIGN_OR_RETURN(
      const KeyPairHandles handles,
      GenerateKeyPair(*session, {.algorithm = spec.algorithm, .id = id, .label = spec.label}));
  surroundings.counters->keys_generated.fetch_add(1, std::memory_order_relaxed);
  ++session->one_time_keys;
  // From here on the destructor sees to the key's end on every exit.
  OneTimeKey key(std::make_unique<Pair>(Pair{.session = std::move(session),
                                             .algorithm = spec.algorithm,
                                             .handles = handles,
                                             .key_id = ToHex(id),
                                             .generated_at = surroundings.clock->Now()}));
  Pair& pair = *key.pair_;
  ENKRAT_ASSIGN_OR_RETURN(pair.attributes,
                          ReadKeyAttributes(*pair.session, handles.private_key, spec.algorithm));
  ENKRAT_RETURN_IF_ERROR(CheckKeyAttributes(pair.attributes, /*expect_token=*/false));
  ENKRAT_ASSIGN_OR_RETURN(pair.public_key,
                          ReadPublicKey(*pair.session, handles.public_key, spec.algorithm));
  return key;
}

OneTimeKey::OneTimeKey(std::unique_ptr<Pair> pair) : pair_(std::move(pair)) {}
OneTimeKey::OneTimeKey(OneTimeKey&& other) noexcept = default;

OneTimeKey& OneTimeKey::operator=(OneTimeKey&& other) noexcept {
  DestroyAtEnd(std::exchange(pair_, std::move(other.pair_)));
  return *this;
}

OneTimeKey::~OneTimeKey() { DestroyAtEnd(std::move(pair_)); }

const PublicKey& OneTimeKey::public_key() const { return *pair_->public_key; }
const KeyAttributes& OneTimeKey::attributes() const { return pair_->attributes; }
absl::Time OneTimeKey::generated_at() const { return pair_->generated_at; }
const std::string& OneTimeKey::key_id() const { return pair_->key_id; }

absl::StatusOr<Bytes> OneTimeKey::SignDigest(DigestAlgorithm algorithm, ByteSpan digest) {
  ENKRAT_ASSIGN_OR_RETURN(Bytes signature, SignInToken(*pair_->session, pair_->handles.private_key,
                                                       pair_->algorithm, algorithm, digest));
  ++pair_->signatures;
  return signature;
}

absl::StatusOr<DestructionReceipt> OneTimeKey::Destroy() && {
  if (pair_ == nullptr) return MakeError(Reason::kInternal, "the one-time key is gone already");
  const std::unique_ptr<Pair> pair = std::move(pair_);
  return DestroyPair(*pair);
}

absl::StatusOr<DestructionReceipt> OneTimeKey::DestroyPair(Pair& pair) {
  Session& session = *pair.session;
  --session.one_time_keys;
  // What C_DestroyObject answers is of no interest: what the token says afterwards is.
  session.functions().C_DestroyObject(session.handle(), pair.handles.private_key);
  session.functions().C_DestroyObject(session.handle(), pair.handles.public_key);
  Pair::Answers answers = pair.AskForObjects();
  DestructionMethod method = DestructionMethod::kDestroyObject;
  if (!answers.Gone()) {
    method = DestructionMethod::kCloseSession;
    session.Quarantine();
    if (MayClose(session, answers.private_key) && session.Reopen().ok()) {
      answers = pair.AskForObjects();
    }
  }
  if (!answers.Gone()) return Pair::Unconfirmed(pair, answers);
  session.surroundings().counters->keys_destroyed.fetch_add(1, std::memory_order_relaxed);
  DestructionReceipt receipt(pair.algorithm);
  receipt.key_id_ = pair.key_id;
  if (pair.public_key.has_value()) receipt.spki_sha256_ = Sha256(pair.public_key->spki_der());
  receipt.generated_at_ = pair.generated_at;
  receipt.destroyed_at_ = session.surroundings().clock->Now();
  receipt.method_ = method;
  receipt.private_object_answer_ = std::string(ReturnValueName(answers.private_key));
  receipt.public_object_answer_ = std::string(ReturnValueName(answers.public_key));
  receipt.signatures_ = pair.signatures;
  receipt.attributes_ = std::move(pair.attributes);
  return receipt;
}

void OneTimeKey::DestroyAtEnd(std::unique_ptr<Pair> pair) {
  // Whoever drops a key without Destroy gets no receipt; log and counters have the outcome.
  if (pair != nullptr) DestroyPair(*pair).status().IgnoreError();
}

}  // namespace enkrat::hsm
