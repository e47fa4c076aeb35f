#include "signer/root_crl.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/status_issuer.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

std::vector<ca::RevokedCertificate> RevokedOf(const CertificateRegister& all,
                                              const ca::StatusIssuer& root) {
  std::vector<ca::RevokedCertificate> revoked;
  for (const RegisteredCertificate* each : all.RevokedOf(ToHex(root.key_identifier))) {
    revoked.push_back({.serial_number = FromHex(each->description.serial_number).value_or(Bytes()),
                       .revoked_at = each->revoked_at,
                       .reason = static_cast<int>(each->revocation_reason)});
  }
  return revoked;
}

}  // namespace

absl::StatusOr<std::optional<ca::ReadCrl>> ReadRootCrl(const CeremonyFolder& folder,
                                                       ByteSpan root_der) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> file, folder.Read(kRootCrlFile));
  if (!file.has_value()) return std::nullopt;
  ENKRAT_ASSIGN_OR_RETURN(const ca::StatusIssuer root, ca::ReadStatusIssuer(root_der));
  absl::StatusOr<ca::ReadCrl> crl = ca::ParseCrl(AsSpan(absl::string_view(*file)), root);
  if (!crl.ok()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(folder.PathOf(kRootCrlFile), ": ", crl.status().message()));
  }
  return *std::move(crl);
}

bool SaysAsRegistered(const ca::ReadCrl& crl, const CertificateRegister& all,
                      const ca::StatusIssuer& root) {
  const std::vector<ca::RevokedCertificate> revoked = RevokedOf(all, root);
  return std::all_of(revoked.begin(), revoked.end(),
                     [&](const auto& each) { return crl.Lists(each.serial_number); });
}

absl::StatusOr<ca::ReadCrl> IssueRootCrl(const CeremonyFolder& folder, ByteSpan root_der,
                                         const CertificateRegister& all, SigningKey& root_key,
                                         absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const ca::StatusIssuer root, ca::ReadStatusIssuer(root_der));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<ca::ReadCrl> last, ReadRootCrl(folder, root_der));
  ca::CrlContent content;
  content.this_update = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  content.number = static_cast<uint64_t>(std::max<int64_t>(1, absl::ToUnixSeconds(now)));
  if (last.has_value()) {
    content.number = std::max(content.number, last->number + 1);
    content.this_update = std::max(content.this_update, last->this_update);
  }
  content.next_update = content.this_update + kRootCrlLifetime;
  content.revoked = RevokedOf(all, root);
  content.expired_since = root.not_before;
  ENKRAT_ASSIGN_OR_RETURN(const Bytes der, ca::MakeCrl(root, content, root_key));
  ENKRAT_RETURN_IF_ERROR(folder.Write(kRootCrlFile, ToString(der)).status());
  return ca::ParseCrl(der, root);
}

}  // namespace enkrat::signer
