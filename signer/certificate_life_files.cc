#include "signer/certificate_life_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr CertificateRole kRoles[] = {CertificateRole::kRootCa, CertificateRole::kIssuingCa,
                                      CertificateRole::kTimestampingUnit,
                                      CertificateRole::kOcspResponder};
constexpr size_t kMaxChain = 8;

std::string ToPem(const std::vector<Bytes>& chain_der) {
  std::string pem;
  for (const Bytes& der : chain_der) absl::StrAppend(&pem, CertificateToPem(der));
  return pem;
}

// "tsu-chain.pem" and "4f00..." to "tsu-chain-4f00....pem".
std::string KeptName(const std::string& name, const std::string& serial_number) {
  const size_t dot = name.rfind('.');
  return absl::StrCat(name.substr(0, dot), "-", serial_number,
                      dot == std::string::npos ? "" : name.substr(dot));
}

// A file, and what it is to hold.
struct WantedFile {
  std::string name;
  std::string content;
  bool is_der = false;
};

absl::StatusOr<std::vector<WantedFile>> WantedFiles(const RegisteredCertificate& certificate,
                                                    const CertificateRegister& all,
                                                    const CertificatePlaces& places) {
  if (certificate.role == CertificateRole::kOcspResponder) {
    return std::vector<WantedFile>{{kOcspFile, CertificateToPem(certificate.der)}};
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> chain, ChainOf(certificate, all, places));
  std::vector<WantedFile> files = {
      {places.FileOf(certificate.role, certificate.unit), ToPem(chain)}};
  if (certificate.role == CertificateRole::kIssuingCa) {
    files.push_back({kIssuingCaFile, CertificateToPem(certificate.der)});
    files.push_back({kIssuingCaDerFile, ToString(certificate.der), /*is_der=*/true});
  }
  return files;
}

// The file's first certificate; nullopt if there is no file.
absl::StatusOr<std::optional<Bytes>> FirstOf(const WantedFile& file, const CeremonyFolder& folder) {
  if (!folder.Has(file.name)) return std::nullopt;
  if (file.is_der) {
    ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> der, folder.Read(file.name));
    return der.has_value() ? std::optional(ToBytes(*der)) : std::nullopt;
  }
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> certificates, folder.ReadCertificates(file.name));
  return std::optional(std::move(certificates.front()));
}

// Whether it wrote, or would.
absl::StatusOr<bool> SwitchFile(const WantedFile& file, const RegisteredCertificate& certificate,
                                const CertificateRegister& all, const CeremonyFolder& folder,
                                bool write) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Bytes> present, FirstOf(file, folder));
  if (present.has_value() && *present == certificate.der) return false;
  if (present.has_value()) {
    const RegisteredCertificate* known = all.FindByDer(*present);
    if (known == nullptr || known->role != certificate.role || known->unit != certificate.unit) {
      return MakeError(Reason::kConfigurationInvalid,
                       absl::StrCat(folder.PathOf(file.name),
                                    " holds a certificate that the register does not know, and is "
                                    "not replaced: move it away first"));
    }
    if (!write) return true;
    ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> old, folder.Read(file.name));
    const std::string kept = KeptName(file.name, known->description.serial_number);
    if (!folder.Has(kept)) ENKRAT_RETURN_IF_ERROR(folder.Write(kept, old.value_or("")).status());
  }
  if (!write) return true;
  return folder.Write(file.name, file.content);
}

// What each role and each further timestamping unit works with now.
std::vector<const RegisteredCertificate*> AllActive(const CertificateRegister& all) {
  std::vector<const RegisteredCertificate*> active;
  for (const CertificateRole role : kRoles) active.push_back(all.ActiveOf(role));
  for (const std::string& unit : all.FurtherUnits()) {
    active.push_back(all.ActiveOf(CertificateRole::kTimestampingUnit, unit));
  }
  active.erase(std::remove(active.begin(), active.end(), nullptr), active.end());
  return active;
}

absl::StatusOr<std::vector<std::string>> Switch(const CertificateRegister& all,
                                                const CertificatePlaces& places, bool write) {
  const CeremonyFolder folder(places.folder);
  std::vector<std::string> written;
  for (const RegisteredCertificate* active : AllActive(all)) {
    if (active->role == CertificateRole::kRootCa) continue;
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<WantedFile> files, WantedFiles(*active, all, places));
    for (const WantedFile& file : files) {
      ENKRAT_ASSIGN_OR_RETURN(const bool changed, SwitchFile(file, *active, all, folder, write));
      if (changed) written.push_back(file.name);
    }
  }
  return written;
}

// Who has this subjectKeyIdentifier; empty if nobody does.
absl::StatusOr<Bytes> FindIssuer(const CertificateDescription& subject,
                                 const CertificateRegister& all,
                                 const std::vector<Bytes>& known_chain) {
  for (const RegisteredCertificate& each : all.certificates()) {
    if (each.description.subject == subject.issuer &&
        each.description.subject_key_identifier == subject.authority_key_identifier) {
      return each.der;
    }
  }
  for (const Bytes& der : known_chain) {
    ENKRAT_ASSIGN_OR_RETURN(const CertificateDescription candidate, DescribeCertificate(der));
    // An outside root may have no authorityKeyIdentifier below it.
    if (candidate.subject == subject.issuer &&
        (subject.authority_key_identifier.empty() ||
         candidate.subject_key_identifier == subject.authority_key_identifier)) {
      return der;
    }
  }
  return Bytes();
}

}  // namespace

absl::StatusOr<CertificateRegister> TakeUpCertificates(const CertificatePlaces& places,
                                                       absl::string_view who, absl::Time now) {
  const CeremonyFolder folder(places.folder);
  CertificateRegister made;
  for (const CertificateRole role : kRoles) {
    const std::string file = places.FileOf(role);
    if (file.empty() || !folder.Has(file)) continue;
    ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> certificates, folder.ReadCertificates(file));
    RegisteredCertificate certificate{.role = role, .der = std::move(certificates.front())};
    ENKRAT_ASSIGN_OR_RETURN(certificate.description, DescribeCertificate(certificate.der));
    certificate.key_label = places.KeyOf(role);
    RegisterAction action{.at = now,
                          .action = "taken-up",
                          .serial_number = certificate.description.serial_number,
                          .who = std::string(who),
                          .why = absl::StrCat("made in the ceremony: ", file)};
    ENKRAT_RETURN_IF_ERROR(made.Add(std::move(certificate), std::move(action)));
  }
  return made;
}

absl::StatusOr<std::vector<std::string>> SwitchFiles(const CertificateRegister& all,
                                                     const CertificatePlaces& places) {
  return Switch(all, places, /*write=*/true);
}

absl::StatusOr<bool> SwitchIsDue(const CertificateRegister& all, const CertificatePlaces& places) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                          Switch(all, places, /*write=*/false));
  return !files.empty();
}

absl::StatusOr<std::vector<Bytes>> ChainOf(const RegisteredCertificate& certificate,
                                           const CertificateRegister& all,
                                           const CertificatePlaces& places) {
  const CeremonyFolder folder(places.folder);
  std::vector<Bytes> known_chain;
  if (folder.Has(places.chain_file)) {
    ENKRAT_ASSIGN_OR_RETURN(known_chain, folder.ReadCertificates(places.chain_file));
  }
  std::vector<Bytes> chain = {certificate.der};
  CertificateDescription last = certificate.description;
  while (last.subject != last.issuer) {
    ENKRAT_ASSIGN_OR_RETURN(Bytes issuer, FindIssuer(last, all, known_chain));
    if (issuer.empty() || chain.size() == kMaxChain) {
      return MakeError(
          Reason::kConfigurationInvalid,
          absl::StrCat("the issuer of certificate ", last.serial_number,
                       " is neither in the register nor in ", folder.PathOf(places.chain_file)));
    }
    ENKRAT_ASSIGN_OR_RETURN(last, DescribeCertificate(issuer));
    chain.push_back(std::move(issuer));
  }
  return chain;
}

}  // namespace enkrat::signer
