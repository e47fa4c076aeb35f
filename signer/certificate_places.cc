#include "signer/certificate_places.h"

#include "absl/strings/str_cat.h"

namespace enkrat::signer {

std::string CertificatePlaces::FileOf(CertificateRole role, const std::string& unit) const {
  switch (role) {
    case CertificateRole::kRootCa:
      return kRootFile;
    case CertificateRole::kIssuingCa:
      return chain_file;
    case CertificateRole::kTimestampingUnit:
      return unit.empty() ? timestamping_chain_file : absl::StrCat("tsu-", unit, "-chain.pem");
    case CertificateRole::kOcspResponder:
      return kOcspFile;
    case CertificateRole::kElectronicAuthentication:
    case CertificateRole::kInternalTls:
      break;
  }
  return "";
}

std::string CertificatePlaces::KeyOf(CertificateRole role, const std::string& unit) const {
  switch (role) {
    case CertificateRole::kRootCa:
      return kRootCaKey;
    case CertificateRole::kIssuingCa:
      return issuing_ca_key;
    case CertificateRole::kTimestampingUnit:
      return unit.empty() ? timestamping_key : absl::StrCat(kTimestampingUnitKey, "-", unit);
    case CertificateRole::kOcspResponder:
      return kOcspResponderKey;
    case CertificateRole::kElectronicAuthentication:
    case CertificateRole::kInternalTls:
      break;
  }
  return "";
}

}  // namespace enkrat::signer
