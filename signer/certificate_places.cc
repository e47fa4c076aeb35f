#include "signer/certificate_places.h"

namespace enkrat::signer {
namespace {

// References to them are handed out.
const std::string kRoot = kRootFile;
const std::string kOcsp = kOcspFile;
const std::string kRootKey = kRootCaKey;
const std::string kOcspKey = kOcspResponderKey;
const std::string kNone;

}  // namespace

const std::string& CertificatePlaces::FileOf(CertificateRole role) const {
  switch (role) {
    case CertificateRole::kRootCa:
      return kRoot;
    case CertificateRole::kIssuingCa:
      return chain_file;
    case CertificateRole::kTimestampingUnit:
      return timestamping_chain_file;
    case CertificateRole::kOcspResponder:
      return kOcsp;
    case CertificateRole::kElectronicAuthentication:
    case CertificateRole::kInternalTls:
      break;
  }
  return kNone;
}

const std::string& CertificatePlaces::KeyOf(CertificateRole role) const {
  switch (role) {
    case CertificateRole::kRootCa:
      return kRootKey;
    case CertificateRole::kIssuingCa:
      return issuing_ca_key;
    case CertificateRole::kTimestampingUnit:
      return timestamping_key;
    case CertificateRole::kOcspResponder:
      return kOcspKey;
    case CertificateRole::kElectronicAuthentication:
    case CertificateRole::kInternalTls:
      break;
  }
  return kNone;
}

}  // namespace enkrat::signer
