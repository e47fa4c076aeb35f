#include "server/caller_identity.h"

#include <grpcpp/security/auth_context.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::server {
namespace {

// gRPC's names of the verified certificate's properties (grpc/grpc_security_constants.h).
constexpr char kDnsProperty[] = "peer_dns";
constexpr char kUriProperty[] = "peer_uri";

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, what);
}

// The record of a relying party that was known before as `old`, or was not (null). Calls that run
// look at the flag of their record: it is one flag as long as nobody is disabled, so that a later
// change reaches them, and a new one after that, so that it does not take the first one back.
void ContinueFlag(const CallerDirectory::Party& old, signer::RelyingParty& next) {
  if (old == nullptr || old->disabled->load() || next.disabled->load()) return;
  next.disabled = old->disabled;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CallerDirectory>> CallerDirectory::Create(
    std::vector<Entry> fixed, std::string plaintext_caller, std::vector<Entry> changing) {
  std::unique_ptr<CallerDirectory> directory(
      new CallerDirectory(std::move(fixed), std::move(plaintext_caller)));
  ENKRAT_RETURN_IF_ERROR(directory->Replace(std::move(changing)));
  return directory;
}

CallerDirectory::CallerDirectory(std::vector<Entry> fixed, std::string plaintext_caller)
    : plaintext_caller_(std::move(plaintext_caller)), current_(std::make_shared<Snapshot>()) {
  for (Entry& entry : fixed) {
    fixed_.push_back({std::make_shared<signer::RelyingParty>(std::move(entry.relying_party)),
                      std::move(entry.certificate_sans)});
  }
}

absl::Status CallerDirectory::Replace(std::vector<Entry> changing) {
  MutexLock one_at_a_time(replacing_);
  const std::shared_ptr<const Snapshot> before = Current();
  std::vector<Known> known;
  for (Entry& entry : changing) {
    const auto old = before->by_id.find(entry.relying_party.id);
    ContinueFlag(old == before->by_id.end() ? nullptr : old->second, entry.relying_party);
    known.push_back({std::make_shared<signer::RelyingParty>(std::move(entry.relying_party)),
                     std::move(entry.certificate_sans)});
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> after, Arrange(known));
  {
    MutexLock lock(mutex_);
    current_ = after;
  }
  // From here on nobody comes in with an old record; those who are in are told.
  for (const auto& [id, party] : before->by_id) {
    const auto next = after->by_id.find(id);
    if (next == after->by_id.end() || next->second->disabled->load()) party->disabled->store(true);
  }
  return absl::OkStatus();
}

absl::Status CallerDirectory::Add(const Known& known, Snapshot& snapshot) {
  if (!snapshot.by_id.emplace(known.party->id, known.party).second) {
    return Invalid(absl::StrCat("relying party '", known.party->id, "' is there twice"));
  }
  for (const std::string& name : known.names) {
    if (!absl::StartsWith(name, "DNS:") && !absl::StartsWith(name, "URI:")) {
      return Invalid(absl::StrCat("relying party '", known.party->id, "': '", name,
                                  "' does not begin with DNS: or URI:"));
    }
    const auto [place, added] = snapshot.by_name.emplace(name, known.party);
    if (!added) {
      return Invalid(absl::StrCat("certificate name '", name, "' is there twice: of '",
                                  place->second->id, "' and of '", known.party->id, "'"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const CallerDirectory::Snapshot>> CallerDirectory::Arrange(
    const std::vector<Known>& changing) const {
  auto snapshot = std::make_shared<Snapshot>();
  for (const Known& known : fixed_) ENKRAT_RETURN_IF_ERROR(Add(known, *snapshot));
  for (const Known& known : changing) ENKRAT_RETURN_IF_ERROR(Add(known, *snapshot));
  if (plaintext_caller_.empty()) return snapshot;
  const auto found = snapshot->by_id.find(plaintext_caller_);
  if (found == snapshot->by_id.end()) {
    return Invalid(
        absl::StrCat("plaintext_relying_party '", plaintext_caller_, "' is not configured"));
  }
  snapshot->plaintext_caller = found->second;
  return snapshot;
}

std::shared_ptr<const CallerDirectory::Snapshot> CallerDirectory::Current() const {
  MutexLock lock(mutex_);
  return current_;
}

absl::StatusOr<CallerDirectory::Party> CallerDirectory::Identify(
    const grpc::AuthContext& context) const {
  if (!plaintext_caller_.empty()) return Current()->plaintext_caller;
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

absl::StatusOr<CallerDirectory::Party> CallerDirectory::IdentifyByNames(
    const std::vector<std::string>& names) const {
  const std::shared_ptr<const Snapshot> snapshot = Current();
  Party who;
  for (const std::string& name : names) {
    const auto found = snapshot->by_name.find(name);
    if (found == snapshot->by_name.end()) continue;
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

std::set<std::string> CallerDirectory::Ids() const {
  std::set<std::string> ids;
  for (const auto& [id, party] : Current()->by_id) ids.insert(id);
  return ids;
}

}  // namespace enkrat::server
