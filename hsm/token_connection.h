// One logged-in connection to a token: the root session that keeps the login alive, and the
// long-lived keys that have to be found again with every new connection. Internal to hsm/.
#ifndef ENKRAT_HSM_TOKEN_CONNECTION_H_
#define ENKRAT_HSM_TOKEN_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "common/secret.h"
#include "hsm/long_lived_key.h"
#include "hsm/mac_key.h"
#include "hsm/session.h"
#include "hsm/wrapping_key.h"

namespace enkrat::hsm {

// Connect and Disconnect are called by one thread while no session of the connection is in use;
// everything else is thread-safe, with each session used by one thread.
class TokenConnection {
 public:
  using Sessions = std::vector<std::unique_ptr<Session>>;

  struct Options {
    Session::Surroundings surroundings;
    std::string token_label;
    Secret pin;
  };
  explicit TokenConnection(Options options) : options_(std::move(options)) {}

  // Finds the token, opens the root session, logs in, opens `count` sessions and looks every known
  // key up again. Nothing stays open after a failure. Errors: SessionPool::Create.
  absl::StatusOr<Sessions> Connect(size_t count);

  // Ends every session of the process with the token, and with them their objects: C_Finalize and
  // C_Initialize; C_CloseAllSessions where another pool uses the module too.
  absl::Status Disconnect(Sessions sessions);

  // One more session under the same login; kHsmUnavailable, with a request to reconnect in
  // `reconnect`, if the login is lost.
  absl::StatusOr<std::unique_ptr<Session>> OpenSession(bool& reconnect) const;

  // `session` is the caller's. A key is looked up in the token the first time only.
  absl::StatusOr<LongLivedKey> FindKey(Session& session, const std::string& label);
  absl::StatusOr<MacKey> FindMacKey(Session& session, const std::string& label);
  absl::StatusOr<WrappingKey> FindWrappingKey(Session& session, const std::string& label);
  // In the root session, the only one that may write to the token, one at a time.
  absl::StatusOr<LongLivedKey> GenerateKey(const LongLivedKeySpec& spec);
  absl::StatusOr<MacKey> GenerateMacKey(const std::string& label);
  absl::StatusOr<WrappingKey> GenerateWrappingKey(const std::string& label);

  // Whether the root session has seen a failure that asks for a new connection.
  bool RootBroken();

  const std::string& token_label() const { return options_.token_label; }

 private:
  absl::Status Login(Session& session) const;
  absl::Status RefreshKeys(Session& session);

  const Options options_;
  SlotId slot_ = 0;
  Mutex root_mutex_;  // ceremony only
  std::unique_ptr<Session> root_ ABSL_GUARDED_BY(root_mutex_);
  Mutex keys_mutex_;
  std::vector<LongLivedKey> keys_ ABSL_GUARDED_BY(keys_mutex_);
  std::vector<MacKey> mac_keys_ ABSL_GUARDED_BY(keys_mutex_);
  std::vector<WrappingKey> wrapping_keys_ ABSL_GUARDED_BY(keys_mutex_);
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_TOKEN_CONNECTION_H_
