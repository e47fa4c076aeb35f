// Whether what the ledger says of a session still is what was recorded, and is all of it.
#ifndef ENKRAT_SIGNER_EVIDENCE_CHECK_H_
#define ENKRAT_SIGNER_EVIDENCE_CHECK_H_

#include <string>
#include <vector>

#include "store/evidence_trail.h"

namespace enkrat::signer {

struct EvidenceVerdict {
  std::string session_id;
  std::vector<std::string> checked;  // what was found in order, in words
  std::vector<std::string> faults;   // empty: the evidence holds
  bool chained = true;               // false: recorded by a version without chains
};

// Checks the hash chain against its head (store/evidence_chain.h); that the steps of the session's
// state are there, in their order; that request, certificate (serial number, fingerprint, and,
// while it is held, its octets and TBSCertificate), one-time key and result are the ones that the
// steps speak of; that what was erased is said to be. What an open session has so far is checked
// likewise.
EvidenceVerdict CheckEvidence(const store::EvidenceTrail& trail);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_EVIDENCE_CHECK_H_
