// Which relying party calls: the subject alternative name of the client certificate that TLS
// verified, looked up among the relying parties that are known now. Nothing that the request says
// counts.
#ifndef ENKRAT_SERVER_CALLER_IDENTITY_H_
#define ENKRAT_SERVER_CALLER_IDENTITY_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "signer/relying_party.h"

namespace grpc {
class AuthContext;
}

namespace enkrat::server {

// Thread-safe. Some relying parties are there from the start to the end (the configuration file),
// others come, change and go (relying_parties_folder); a call keeps the record that it came in
// with.
class CallerDirectory {
 public:
  struct Entry {
    signer::RelyingParty relying_party;
    std::vector<std::string> certificate_sans;  // "DNS:portal.bank.example" or "URI:https://..."
  };
  using Party = std::shared_ptr<const signer::RelyingParty>;  // never null

  // `plaintext_caller` is the id of the relying party that every caller is without TLS; empty:
  // there is none. kConfigurationInvalid for an id or name that is there twice, a name without its
  // prefix, or an unknown plaintext_caller.
  static absl::StatusOr<std::unique_ptr<CallerDirectory>> Create(std::vector<Entry> fixed,
                                                                 std::string plaintext_caller,
                                                                 std::vector<Entry> changing = {});

  // Puts these in the place of the changing ones, all at once. Records of those that are gone or
  // disabled now become disabled, so that their running calls end; those that are disabled no more
  // begin anew. kConfigurationInvalid as above, and then nothing changes.
  absl::Status Replace(std::vector<Entry> changing) ABSL_LOCKS_EXCLUDED(replacing_, mutex_);

  // The caller's record, be it disabled or not. kRelyingPartyUnknown if no name of its certificate
  // is known, or if its names belong to more than one relying party.
  absl::StatusOr<Party> Identify(const grpc::AuthContext& context) const;

  // By names as in Entry::certificate_sans; what Identify does once it has them.
  absl::StatusOr<Party> IdentifyByNames(const std::vector<std::string>& names) const;

  std::set<std::string> Ids() const;

 private:
  struct Known {
    Party party;
    std::vector<std::string> names;
  };
  struct Snapshot {
    std::map<std::string, Party> by_id;
    std::map<std::string, Party> by_name;
    Party plaintext_caller;  // or null
  };

  CallerDirectory(std::vector<Entry> fixed, std::string plaintext_caller);
  static absl::Status Add(const Known& known, Snapshot& snapshot);
  absl::StatusOr<std::shared_ptr<const Snapshot>> Arrange(const std::vector<Known>& changing) const;
  std::shared_ptr<const Snapshot> Current() const ABSL_LOCKS_EXCLUDED(mutex_);

  std::vector<Known> fixed_;
  const std::string plaintext_caller_;
  Mutex replacing_;  // one after the other
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CALLER_IDENTITY_H_
