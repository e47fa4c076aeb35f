#include "hsm/token_connection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"

namespace enkrat::hsm {
namespace {

template <typename Key>
std::optional<Key> KnownKey(const std::vector<Key>& keys, const std::string& label) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.label() == label; });
  return found == keys.end() ? std::nullopt : std::optional<Key>(*found);
}

}  // namespace

absl::StatusOr<TokenConnection::Sessions> TokenConnection::Connect(size_t count) {
  const Session::Surroundings& surroundings = options_.surroundings;
  ENKRAT_ASSIGN_OR_RETURN(const TokenInfo token,
                          surroundings.module->FindToken(options_.token_label));
  slot_ = token.slot;
  // Read-write, because the ceremony writes keys through it.
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<Session> root,
                          Session::Open(surroundings, slot_, /*read_write=*/true));
  ENKRAT_RETURN_IF_ERROR(Login(*root));
  Sessions sessions;
  for (size_t i = 0; i < count; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(
        std::unique_ptr<Session> session,
        Session::Open(surroundings, slot_, surroundings.module->quirks().read_write_sessions));
    sessions.push_back(std::move(session));
  }
  ENKRAT_RETURN_IF_ERROR(RefreshKeys(*root));
  const MutexLock lock(root_mutex_);
  root_ = std::move(root);
  return sessions;
}

absl::Status TokenConnection::Disconnect(Sessions sessions) {
  {
    const MutexLock lock(root_mutex_);
    if (root_ != nullptr) sessions.push_back(std::move(root_));
  }
  Module& module = *options_.surroundings.module;
  const bool alone = module.pools() <= 1;
  // What a lost token answers does not matter: the next step fails if the connection stays lost.
  if (!alone) module.functions().C_CloseAllSessions(slot_);
  for (const std::unique_ptr<Session>& session : sessions) session->Forget();
  return alone ? module.Reinitialize() : absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> TokenConnection::OpenSession(bool& reconnect) const {
  const Session::Surroundings& surroundings = options_.surroundings;
  absl::StatusOr<std::unique_ptr<Session>> session =
      Session::Open(surroundings, slot_, surroundings.module->quirks().read_write_sessions);
  if (!session.ok()) {
    const std::optional<ReturnValue> rv = ReturnValueOf(session.status());
    reconnect = rv.has_value() && MeaningOf(*rv).reconnect_module;
    return session;
  }
  if (absl::Status logged_in = (*session)->CheckLoggedIn(); !logged_in.ok()) {
    reconnect = (*session)->reconnect_requested();
    return logged_in;
  }
  return session;
}

absl::Status TokenConnection::Login(Session& session) const {
  const ByteSpan pin = options_.pin.Reveal();
  const CK_RV rv = session.functions().C_Login(session.handle(), CKU_USER,
                                               const_cast<CK_BYTE*>(pin.data()), pin.size());
  // The login is the process's: another pool over the same token has made it already.
  if (rv == CKR_USER_ALREADY_LOGGED_IN) return absl::OkStatus();
  return session.Check(rv, "C_Login");
}

absl::Status TokenConnection::RefreshKeys(Session& session) {
  std::vector<LongLivedKey> keys;
  std::vector<MacKey> mac_keys;
  std::vector<WrappingKey> wrapping_keys;
  {
    const MutexLock lock(keys_mutex_);
    keys = keys_;
    mac_keys = mac_keys_;
    wrapping_keys = wrapping_keys_;
  }
  for (const LongLivedKey& key : keys) {
    ENKRAT_RETURN_IF_ERROR(LongLivedKeys::Refresh(session, key));
  }
  for (const MacKey& key : mac_keys) ENKRAT_RETURN_IF_ERROR(MacKeys::Refresh(session, key));
  for (const WrappingKey& key : wrapping_keys) {
    ENKRAT_RETURN_IF_ERROR(WrappingKeys::Refresh(session, key));
  }
  return absl::OkStatus();
}

absl::StatusOr<LongLivedKey> TokenConnection::FindKey(Session& session, const std::string& label) {
  {
    const MutexLock lock(keys_mutex_);
    if (auto known = KnownKey(keys_, label); known.has_value()) return *known;
  }
  ENKRAT_ASSIGN_OR_RETURN(LongLivedKey key, LongLivedKeys::Find(session, label));
  const MutexLock lock(keys_mutex_);
  keys_.push_back(key);
  return key;
}

absl::StatusOr<MacKey> TokenConnection::FindMacKey(Session& session, const std::string& label) {
  {
    const MutexLock lock(keys_mutex_);
    if (auto known = KnownKey(mac_keys_, label); known.has_value()) return *known;
  }
  ENKRAT_ASSIGN_OR_RETURN(MacKey key, MacKeys::Find(session, label));
  const MutexLock lock(keys_mutex_);
  mac_keys_.push_back(key);
  return key;
}

absl::StatusOr<WrappingKey> TokenConnection::FindWrappingKey(Session& session,
                                                             const std::string& label) {
  {
    const MutexLock lock(keys_mutex_);
    if (auto known = KnownKey(wrapping_keys_, label); known.has_value()) return *known;
  }
  ENKRAT_ASSIGN_OR_RETURN(WrappingKey key, WrappingKeys::Find(session, label));
  const MutexLock lock(keys_mutex_);
  wrapping_keys_.push_back(key);
  return key;
}

absl::StatusOr<LongLivedKey> TokenConnection::GenerateKey(const LongLivedKeySpec& spec) {
  const MutexLock root_lock(root_mutex_);
  ENKRAT_ASSIGN_OR_RETURN(LongLivedKey key, LongLivedKeys::Generate(*root_, spec));
  const MutexLock lock(keys_mutex_);
  keys_.push_back(key);
  return key;
}

absl::StatusOr<MacKey> TokenConnection::GenerateMacKey(const std::string& label) {
  const MutexLock root_lock(root_mutex_);
  ENKRAT_ASSIGN_OR_RETURN(MacKey key, MacKeys::Generate(*root_, label));
  const MutexLock lock(keys_mutex_);
  mac_keys_.push_back(key);
  return key;
}

absl::StatusOr<WrappingKey> TokenConnection::GenerateWrappingKey(const std::string& label) {
  const MutexLock root_lock(root_mutex_);
  ENKRAT_ASSIGN_OR_RETURN(WrappingKey key, WrappingKeys::Generate(*root_, label));
  const MutexLock lock(keys_mutex_);
  wrapping_keys_.push_back(key);
  return key;
}

bool TokenConnection::RootBroken() {
  const MutexLock lock(root_mutex_);
  return root_ == nullptr || root_->quarantined();
}

}  // namespace enkrat::hsm
