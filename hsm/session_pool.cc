#include "hsm/session_pool.h"

#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/pool_state.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kMostSessions = 1024;
// How long start-up and the ceremony wait for a session.
constexpr absl::Duration kCeremonyPatience = absl::Seconds(30);

absl::Status CheckOptions(const SessionPool::Options& options) {
  if (options.clock == nullptr) return MakeError(Reason::kInternal, "a pool needs a clock");
  if (options.sessions == 0 || options.sessions > kMostSessions) {
    return MakeError(Reason::kConfigurationInvalid, "a pool has 1 to 1024 sessions");
  }
  if (options.breaker_first_pause <= absl::ZeroDuration() ||
      options.breaker_longest_pause < options.breaker_first_pause) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the breaker's pauses must be positive, the longest not below the first");
  }
  return absl::OkStatus();
}

}  // namespace

SessionPool::SessionPool(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionPool::~SessionPool() = default;

absl::StatusOr<std::unique_ptr<SessionPool>> SessionPool::Create(Module& module, Options options) {
  ENKRAT_RETURN_IF_ERROR(CheckOptions(options));
  auto state = std::make_unique<State>(module, std::move(options));
  ENKRAT_RETURN_IF_ERROR(state->Start());
  return std::unique_ptr<SessionPool>(new SessionPool(std::move(state)));
}

absl::StatusOr<SessionLease> SessionPool::Acquire(absl::Time deadline) {
  ENKRAT_ASSIGN_OR_RETURN(std::shared_ptr<Session> session, state_->Acquire(deadline));
  return SessionLease(std::move(session));
}

absl::StatusOr<LongLivedKey> SessionPool::FindKey(const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(SessionLease lease, Acquire(state_->clock().Now() + kCeremonyPatience));
  return state_->connection().FindKey(lease.session(), label);
}

absl::StatusOr<MacKey> SessionPool::FindMacKey(const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(SessionLease lease, Acquire(state_->clock().Now() + kCeremonyPatience));
  return state_->connection().FindMacKey(lease.session(), label);
}

absl::StatusOr<WrappingKey> SessionPool::FindWrappingKey(const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(SessionLease lease, Acquire(state_->clock().Now() + kCeremonyPatience));
  return state_->connection().FindWrappingKey(lease.session(), label);
}

absl::StatusOr<LongLivedKey> SessionPool::GenerateKey(const LongLivedKeySpec& spec) {
  // The lease keeps the connection, and so the root session that generates, as it is.
  ENKRAT_ASSIGN_OR_RETURN(const SessionLease lease,
                          Acquire(state_->clock().Now() + kCeremonyPatience));
  absl::StatusOr<LongLivedKey> key = state_->connection().GenerateKey(spec);
  if (!key.ok()) state_->CheckRoot();
  return key;
}

absl::StatusOr<MacKey> SessionPool::GenerateMacKey(const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const SessionLease lease,
                          Acquire(state_->clock().Now() + kCeremonyPatience));
  absl::StatusOr<MacKey> key = state_->connection().GenerateMacKey(label);
  if (!key.ok()) state_->CheckRoot();
  return key;
}

absl::StatusOr<WrappingKey> SessionPool::GenerateWrappingKey(const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const SessionLease lease,
                          Acquire(state_->clock().Now() + kCeremonyPatience));
  absl::StatusOr<WrappingKey> key = state_->connection().GenerateWrappingKey(label);
  if (!key.ok()) state_->CheckRoot();
  return key;
}

absl::Status SessionPool::CheckHealth(absl::Time deadline) {
  ENKRAT_ASSIGN_OR_RETURN(SessionLease lease, Acquire(deadline));
  Session& session = lease.session();
  ENKRAT_RETURN_IF_ERROR(session.CheckLoggedIn());
  CK_TOKEN_INFO info = {};
  return session.Check(session.functions().C_GetTokenInfo(session.slot(), &info), "C_GetTokenInfo");
}

void SessionPool::RequestRecycle() { state_->RequestRecycle(); }
PoolStatistics SessionPool::statistics() const { return state_->Statistics(); }
const std::string& SessionPool::token_label() const { return state_->connection().token_label(); }

}  // namespace enkrat::hsm
