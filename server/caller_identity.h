// Which relying party calls: the subject alternative name of the client certificate that TLS
// verified, looked up in the configuration. Nothing that the request says counts.
#ifndef ENKRAT_SERVER_CALLER_IDENTITY_H_
#define ENKRAT_SERVER_CALLER_IDENTITY_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "signer/relying_party.h"

namespace grpc {
class AuthContext;
}

namespace enkrat::server {

// Immutable after construction, thread-safe.
class CallerDirectory {
 public:
  struct Entry {
    signer::RelyingParty relying_party;
    std::vector<std::string> certificate_sans;  // "DNS:portal.bank.example" or "URI:https://..."
  };

  // `plaintext_caller` is the id of the relying party that every caller is without TLS; empty:
  // there is none. kConfigurationInvalid for a repeated id or name, a name without its prefix, or
  // an unknown plaintext_caller.
  static absl::StatusOr<std::unique_ptr<CallerDirectory>> Create(
      std::vector<Entry> entries, const std::string& plaintext_caller);

  // The caller's record. kRelyingPartyUnknown if no name of its certificate is known, or if its
  // names belong to more than one relying party.
  absl::StatusOr<const signer::RelyingParty*> Identify(const grpc::AuthContext& context) const;

  // By names as in Entry::certificate_sans; what Identify does once it has them.
  absl::StatusOr<const signer::RelyingParty*> IdentifyByNames(
      const std::vector<std::string>& names) const;

 private:
  CallerDirectory() = default;

  std::map<std::string, signer::RelyingParty> by_id_;
  std::map<std::string, const signer::RelyingParty*> by_name_;
  const signer::RelyingParty* plaintext_caller_ = nullptr;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CALLER_IDENTITY_H_
