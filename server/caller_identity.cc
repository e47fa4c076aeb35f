#include "server/caller_identity.h"

#include <grpcpp/security/auth_context.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::server {
namespace {

// gRPC's names of the verified certificate's properties (grpc/grpc_security_constants.h).
constexpr char kDnsProperty[] = "peer_dns";
constexpr char kUriProperty[] = "peer_uri";

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, what);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CallerDirectory>> CallerDirectory::Create(
    std::vector<Entry> entries, const std::string& plaintext_caller) {
  std::unique_ptr<CallerDirectory> directory(new CallerDirectory);
  for (Entry& entry : entries) {
    const std::string id = entry.relying_party.id;
    const auto [place, added] = directory->by_id_.emplace(id, std::move(entry.relying_party));
    if (!added) return Invalid(absl::StrCat("relying party '", id, "' is there twice"));
    for (const std::string& name : entry.certificate_sans) {
      if (!absl::StartsWith(name, "DNS:") && !absl::StartsWith(name, "URI:")) {
        return Invalid(absl::StrCat("'", name, "' does not begin with DNS: or URI:"));
      }
      if (!directory->by_name_.emplace(name, &place->second).second) {
        return Invalid(absl::StrCat("certificate name '", name, "' is there twice"));
      }
    }
  }
  if (plaintext_caller.empty()) return directory;
  const auto found = directory->by_id_.find(plaintext_caller);
  if (found == directory->by_id_.end()) {
    return Invalid(
        absl::StrCat("plaintext_relying_party '", plaintext_caller, "' is not configured"));
  }
  directory->plaintext_caller_ = &found->second;
  return directory;
}

absl::StatusOr<const signer::RelyingParty*> CallerDirectory::Identify(
    const grpc::AuthContext& context) const {
  if (plaintext_caller_ != nullptr) return plaintext_caller_;
  std::vector<std::string> names;
  if (context.IsPeerAuthenticated()) {
    for (const auto& name : context.FindPropertyValues(kDnsProperty)) {
      names.push_back(absl::StrCat("DNS:", absl::string_view(name.data(), name.size())));
    }
    for (const auto& name : context.FindPropertyValues(kUriProperty)) {
      names.push_back(absl::StrCat("URI:", absl::string_view(name.data(), name.size())));
    }
  }
  return IdentifyByNames(names);
}

absl::StatusOr<const signer::RelyingParty*> CallerDirectory::IdentifyByNames(
    const std::vector<std::string>& names) const {
  const signer::RelyingParty* who = nullptr;
  for (const std::string& name : names) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) continue;
    if (who != nullptr && who != found->second) {
      return MakeError(Reason::kRelyingPartyUnknown, "the certificate names two relying parties");
    }
    who = found->second;
  }
  if (who == nullptr) {
    return MakeError(Reason::kRelyingPartyUnknown, "no name of the client certificate is known");
  }
  return who;
}

}  // namespace enkrat::server
