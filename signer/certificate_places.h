// Where the long-lived certificates of an installation lie, and under which labels the ceremony
// made their first keys.
#ifndef ENKRAT_SIGNER_CERTIFICATE_PLACES_H_
#define ENKRAT_SIGNER_CERTIFICATE_PLACES_H_

#include <string>

#include "signer/certificate_register.h"
#include "signer/key_ceremony.h"

namespace enkrat::signer {

struct CertificatePlaces {
  std::string folder;  // of the ceremony; exists
  // Names in it of the chains that enkratd reads.
  std::string chain_file = kChainFile;
  std::string timestamping_chain_file = kTimestampingChainFile;
  // CKA_LABELs.
  std::string issuing_ca_key = kIssuingCaKey;
  std::string timestamping_key = kTimestampingUnitKey;

  // The file whose first certificate is the one that the role works with; empty for roles whose
  // certificates others have.
  // `unit`: of the further timestamping unit of that name, "tsu-<name>-chain.pem".
  std::string FileOf(CertificateRole role, const std::string& unit = {}) const;
  // Of the role's first key; empty likewise. Of a unit: "timestamping-unit-<name>".
  std::string KeyOf(CertificateRole role, const std::string& unit = {}) const;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_PLACES_H_
