#include "tests/support/in_memory_pin_credentials.h"

#include "common/status_macros.h"

namespace enkrat::testing {

using store::PinActOutcome;
using store::PinCredential;
using store::PinState;
using store::SecretUse;
using store::TakenTry;
using store::TryOutcome;

void InMemoryPinCredentials::FailAlways(const std::string& function, Reason reason) {
  const MutexLock lock(mutex_);
  faults_.emplace_back(function, reason);
}

void InMemoryPinCredentials::ClearFaults() {
  const MutexLock lock(mutex_);
  faults_.clear();
}

std::vector<std::string> InMemoryPinCredentials::Calls() const {
  const MutexLock lock(mutex_);
  return calls_;
}

std::vector<store::EvidenceRecord> InMemoryPinCredentials::Events() const {
  const MutexLock lock(mutex_);
  return events_;
}

void InMemoryPinCredentials::Spend(const std::string& issuer, const std::string& assertion_id) {
  const MutexLock lock(mutex_);
  spent_.insert({issuer, assertion_id});
}

bool InMemoryPinCredentials::IsSpent(const std::string& issuer,
                                     const std::string& assertion_id) const {
  const MutexLock lock(mutex_);
  return spent_.count({issuer, assertion_id}) > 0;
}

absl::Status InMemoryPinCredentials::Enter(const std::string& function) {
  if (hook_) hook_(function);
  const MutexLock lock(mutex_);
  calls_.push_back(function);
  for (const auto& [name, reason] : faults_) {
    if (name == function) return MakeError(reason, "as the test wants it");
  }
  return absl::OkStatus();
}

InMemoryPinCredentials::Entry* InMemoryPinCredentials::Newest(ByteSpan person) {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (ByteSpan(entry->credential.person) == person) return &*entry;
  }
  return nullptr;
}

InMemoryPinCredentials::Entry* InMemoryPinCredentials::ById(absl::string_view credential_id) {
  for (Entry& entry : entries_) {
    if (entry.credential.credential_id == credential_id) return &entry;
  }
  return nullptr;
}

bool InMemoryPinCredentials::Live(const Entry& entry) {
  return entry.credential.state < PinState::kDestroyed;
}

void InMemoryPinCredentials::SetState(Entry& entry) {
  if (entry.ended) return;
  PinCredential& credential = entry.credential;
  credential.state = entry.activated ? PinState::kActive : PinState::kTransport;
  if (credential.pin_tries_left == 0) credential.state = PinState::kLocked;
  if (credential.puk_tries_left == 0) credential.state = PinState::kDestroyed;
}

void InMemoryPinCredentials::End(Entry& entry, PinState how) {
  entry.ended = true;
  entry.credential.state = how;
  entry.credential.pin = {};
  entry.credential.puk = {};
}

PinActOutcome InMemoryPinCredentials::SpendFor(const store::PinAct& act) {
  if (requests_.count({act.relying_party, act.request_id}) > 0) {
    return PinActOutcome::kRequestIdTaken;
  }
  if (!spent_.insert({act.issuer, act.assertion_id}).second) return PinActOutcome::kAssertionSpent;
  requests_.insert({act.relying_party, act.request_id});
  events_.push_back(act.evidence);
  return PinActOutcome::kDone;
}

absl::StatusOr<std::optional<PinCredential>> InMemoryPinCredentials::Find(ByteSpan person) {
  ENKRAT_RETURN_IF_ERROR(Enter("Find"));
  const MutexLock lock(mutex_);
  const Entry* entry = Newest(person);
  if (entry == nullptr) return std::optional<PinCredential>();
  return std::make_optional(entry->credential);
}

absl::StatusOr<bool> InMemoryPinCredentials::RequestIdTaken(absl::string_view relying_party,
                                                            absl::string_view request_id) {
  ENKRAT_RETURN_IF_ERROR(Enter("RequestIdTaken"));
  const MutexLock lock(mutex_);
  return requests_.count({std::string(relying_party), std::string(request_id)}) > 0;
}

absl::StatusOr<TakenTry> InMemoryPinCredentials::TakeTry(const store::TryDemand& demand) {
  ENKRAT_RETURN_IF_ERROR(Enter("TakeTry"));
  const MutexLock lock(mutex_);
  const auto answer = [](TryOutcome outcome) {
    return TakenTry{.outcome = outcome, .credential = std::nullopt};
  };
  if (spent_.count({demand.issuer, demand.assertion_id}) > 0) {
    return answer(TryOutcome::kAssertionSpent);
  }
  Entry* entry = Newest(demand.person);
  if (entry == nullptr || !Live(*entry)) return answer(TryOutcome::kNothingToTry);
  PinCredential& credential = entry->credential;
  const bool puk = demand.use == SecretUse::kPuk;
  if (!puk && credential.state == PinState::kLocked) return answer(TryOutcome::kLocked);
  if (!puk && entry->activated != (demand.use == SecretUse::kActivePin)) {
    return answer(TryOutcome::kNothingToTry);
  }
  if ((puk ? credential.puk.salt : credential.pin.salt) != demand.salt) {
    return answer(TryOutcome::kChanged);
  }
  --(puk ? credential.puk_tries_left : credential.pin_tries_left);
  TakenTry taken = {.outcome = TryOutcome::kTaken, .credential = credential};
  SetState(*entry);
  return taken;
}

absl::StatusOr<bool> InMemoryPinCredentials::Accept(
    absl::string_view credential_id, int64_t revision,
    const std::optional<store::SecretVerifier>& rederived) {
  ENKRAT_RETURN_IF_ERROR(Enter("Accept"));
  const MutexLock lock(mutex_);
  Entry* entry = ById(credential_id);
  if (entry == nullptr || !Live(*entry) || entry->credential.revision != revision) return false;
  entry->credential.pin_tries_left = store::kSecretTries;
  if (rederived.has_value()) entry->credential.pin = *rederived;
  SetState(*entry);
  return true;
}

absl::StatusOr<PinState> InMemoryPinCredentials::Reject(absl::string_view credential_id,
                                                        const store::EvidenceRecord& evidence) {
  ENKRAT_RETURN_IF_ERROR(Enter("Reject"));
  const MutexLock lock(mutex_);
  Entry* entry = ById(credential_id);
  if (entry == nullptr) return PinState::kRevoked;
  events_.push_back(evidence);
  if (entry->credential.state == PinState::kDestroyed) End(*entry, PinState::kDestroyed);
  return entry->credential.state;
}

absl::StatusOr<PinActOutcome> InMemoryPinCredentials::Enrol(const store::PinAct& act,
                                                            const PinCredential& fresh) {
  ENKRAT_RETURN_IF_ERROR(Enter("Enrol"));
  const MutexLock lock(mutex_);
  Entry* before = Newest(fresh.person);
  if (before != nullptr && Live(*before)) return PinActOutcome::kNotInState;
  const PinActOutcome spent = SpendFor(act);
  if (spent != PinActOutcome::kDone) return spent;
  if (before != nullptr) End(*before, before->credential.state);
  Entry entry = {.credential = fresh};
  entry.credential.state = PinState::kTransport;
  entry.credential.pin_tries_left = store::kSecretTries;
  entry.credential.puk_tries_left = store::kSecretTries;
  entry.credential.revision = 0;
  entry.credential.enrolled_at = act.at;
  entry.credential.changed_at = act.at;
  entries_.push_back(std::move(entry));
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> InMemoryPinCredentials::Replace(
    const store::PinAct& act, const store::PinReplacement& replacement) {
  ENKRAT_RETURN_IF_ERROR(Enter("Replace"));
  const MutexLock lock(mutex_);
  Entry* entry = ById(replacement.credential_id);
  if (entry == nullptr || entry->ended || (!Live(*entry) && !replacement.by_puk) ||
      entry->credential.revision != replacement.revision) {
    return PinActOutcome::kNotInState;
  }
  const PinActOutcome spent = SpendFor(act);
  if (spent != PinActOutcome::kDone) return spent;
  PinCredential& credential = entry->credential;
  credential.pin_tries_left = store::kSecretTries;
  if (replacement.by_puk) credential.puk_tries_left = store::kSecretTries;
  credential.pin = replacement.pin;
  if (replacement.puk.has_value()) credential.puk = *replacement.puk;
  ++credential.revision;
  credential.changed_at = act.at;
  entry->activated = true;
  SetState(*entry);
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> InMemoryPinCredentials::Revoke(const store::PinAct& act,
                                                             ByteSpan person) {
  ENKRAT_RETURN_IF_ERROR(Enter("Revoke"));
  const MutexLock lock(mutex_);
  Entry* entry = Newest(person);
  if (entry == nullptr || !Live(*entry)) return PinActOutcome::kNotInState;
  const PinActOutcome spent = SpendFor(act);
  if (spent != PinActOutcome::kDone) return spent;
  End(*entry, PinState::kRevoked);
  entry->credential.changed_at = act.at;
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> InMemoryPinCredentials::Note(const store::PinAct& act) {
  ENKRAT_RETURN_IF_ERROR(Enter("Note"));
  const MutexLock lock(mutex_);
  return SpendFor(act);
}

}  // namespace enkrat::testing
