#include "signer/ceremony_folder.h"

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxFileSize = 256 * 1024;

}  // namespace

bool CeremonyFolder::Has(const std::string& name) const { return FileExists(PathOf(name)); }

absl::StatusOr<std::optional<std::string>> CeremonyFolder::Read(const std::string& name) const {
  const absl::StatusOr<Bytes> content = ReadFile(PathOf(name), kMaxFileSize);
  if (content.ok()) return ToString(*content);
  if (ReasonOf(content.status()) == Reason::kNotFound) return std::nullopt;
  return MakeError(Reason::kConfigurationInvalid, content.status().message());
}

absl::StatusOr<std::vector<Bytes>> CeremonyFolder::ReadCertificates(const std::string& name) const {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> pem, Read(name));
  if (pem.has_value()) {
    absl::StatusOr<std::vector<Bytes>> certificates = CertificatesFromPem(*pem);
    if (certificates.ok()) return certificates;
  }
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(PathOf(name), ": holds no certificate in PEM"));
}

absl::StatusOr<bool> CeremonyFolder::Write(const std::string& name,
                                           absl::string_view content) const {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> present, Read(name));
  if (present.has_value() && *present == content) return false;
  // Certificates and reports are public, whatever the operator's umask is.
  return WriteFile(PathOf(name), AsSpan(content),
                   {.mode = 0644, .regardless_of_umask = true, .overwrite = true});
}

}  // namespace enkrat::signer
