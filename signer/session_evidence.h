// The evidence of one signing session: a record a step, ids and hashes only (docs/conformity.md).
#ifndef ENKRAT_SIGNER_SESSION_EVIDENCE_H_
#define ENKRAT_SIGNER_SESSION_EVIDENCE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ca/issuer.h"
#include "common/bytes.h"
#include "common/validation_data.h"
#include "hsm/destruction_receipt.h"
#include "hsm/one_time_key.h"
#include "idp_client/verified_identity.h"
#include "signer/admission.h"
#include "signer/authorization.h"
#include "signer/certificate_subject.h"
#include "signer/relying_party.h"
#include "signer/signing_request.h"
#include "store/records.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

// Collects records in the order of the steps; not thread-safe. Nothing personal goes in: no label,
// no name, no subject but as a keyed hash. Hashes of documents and of the assertion are of high
// entropy or part of the signature anyway.
class SessionEvidence {
 public:
  void Admitted(absl::Time at, const RelyingParty& relying_party, const SigningRequest& request,
                ByteSpan request_digest);
  // The SAD itself is left out: it is a hash over labels that could be guessed back from it. The
  // request's digest, which covers SAD and assertion, binds it all the same.
  // For a seal also by what right it is made, and for which organisation; with a signing PIN also
  // the receipt of its check.
  void Authorized(absl::Time at, const Authorization& authorization, const Admission& admission);
  void KeyGenerated(absl::Time at, const hsm::OneTimeKey& key);
  // Nothing, unless a name was transliterated (EN 319 412-2 NAT-4.2.4-12A).
  void Named(absl::Time at, const NamedSubject& named);
  // `person_hash`: keyed hash of the person (certificate_subject.h).
  void CertificateIssued(absl::Time at, const ca::IssuedCertificate& certificate,
                         ByteSpan tbs_sha256, absl::string_view profile, ByteSpan person_hash);
  void DocumentsSigned(absl::Time at, const std::vector<Document>& documents,
                       const std::vector<Bytes>& signature_values);
  void KeyDestroyed(absl::Time at, const hsm::DestructionReceipt& receipt);
  void Timestamped(absl::Time at, const std::vector<tsa::IssuedTimestamp>& timestamps);
  // A PDF that was sent: the digest that the person authorised, and the one that follows from it
  // and is signed (docs/adr).
  void PdfPrepared(absl::Time at, const Document& document, ByteSpan prepared_digest);
  // What was added for levels B-LT and B-LTA: hashes of the revocation data, and the archive
  // timestamps.
  void Augmented(absl::Time at, const ValidationData& data,
                 const std::vector<tsa::IssuedTimestamp>& archive_timestamps);
  void Completed(absl::Time at, ByteSpan result_digest);
  // The error's reason, and its message, which holds nothing personal (common/reason.h).
  void Failed(absl::Time at, const absl::Status& status);

  // The records collected and not yet durable; and that they are now.
  const std::vector<store::EvidenceRecord>& records() const { return records_; }
  void MadeDurable() { records_.clear(); }

 private:
  void RecordTimestamps(absl::string_view step, absl::Time at,
                        const std::vector<tsa::IssuedTimestamp>& timestamps);

  std::vector<store::EvidenceRecord> records_;
};

// Evidence of an assertion that was rejected, which belongs to no session: who sent it, and exactly
// why it was rejected. `suppressed`: earlier ones that were not recorded.
store::EvidenceRecord RejectedAssertion(absl::Time at, const RelyingParty& relying_party,
                                        const SigningRequest& request, const absl::Status& why,
                                        int64_t suppressed);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SESSION_EVIDENCE_H_
