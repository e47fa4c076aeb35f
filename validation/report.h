// What a validation found: a report in the shape of ETSI EN 319 102-1 (clause 5) and TS 119 102-2.
#ifndef ENKRAT_VALIDATION_REPORT_H_
#define ENKRAT_VALIDATION_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/validation_data.h"

namespace enkrat::validation {

// EN 319 102-1 table 5.
enum class Indication { kTotalPassed, kTotalFailed, kIndeterminate };

// EN 319 102-1 table 6; kNone with kTotalPassed.
enum class SubIndication {
  kNone,
  // with kTotalFailed
  kFormatFailure,
  kHashFailure,
  kSigCryptoFailure,
  kRevoked,
  kExpired,
  kNotYetValid,
  // with kIndeterminate
  kSigConstraintsFailure,
  kChainConstraintsFailure,
  kCertificateChainGeneralFailure,
  kCryptoConstraintsFailure,
  kPolicyProcessingError,
  kTimestampOrderFailure,
  kNoSigningCertificateFound,
  kNoCertificateChainFound,
  kRevokedNoPoe,
  kRevokedCaNoPoe,
  kOutOfBoundsNotRevoked,
  kOutOfBoundsNoPoe,
  kRevocationOutOfBoundsNoPoe,
  kCryptoConstraintsFailureNoPoe,
  kNoPoe,
  kTryLater,
  kSignedDataNotFound,
};

// "TOTAL_PASSED"; "OUT_OF_BOUNDS_NO_POE", empty for kNone.
absl::string_view IndicationName(Indication indication);
absl::string_view SubIndicationName(SubIndication sub_indication);

struct Conclusion {
  Indication indication = Indication::kIndeterminate;
  SubIndication sub_indication = SubIndication::kNone;
  bool passed() const { return indication == Indication::kTotalPassed; }
};

// One thing that was looked at, in order.
struct Check {
  std::string name;  // stable, kebab case: docs/validation.md lists them
  enum class Result { kPassed, kFailed, kWarning, kNotApplicable } result = Result::kPassed;
  std::string detail;  // one sentence for a person
};

// A certificate of a chain, as it was judged.
struct ChainElement {
  Bytes der;
  std::string subject;  // RFC 2253 text, safe to print
  std::string serial_number;
  absl::Time not_before, not_after;
  enum class Revocation {
    kNotNeeded,  // noRevAvail (RFC 9608), valassured-ST-certs, ocsp-nocheck, trust anchor
    kGood,
    kRevoked,
    kUnknown,  // nobody could say
  } revocation = Revocation::kUnknown;
  std::string revocation_source;  // such as "CRL 12 of 2026-11-21T12:00:00Z, embedded"
  std::optional<absl::Time> revoked_at;
  bool trust_anchor = false;
};

// What was found out of a timestamp: over the signature, archive, document or content.
struct TimestampReport {
  enum class Kind { kSignature, kArchive, kDocument, kContainer, kAlone } kind = Kind::kSignature;
  Conclusion conclusion;
  absl::Time gen_time;
  std::string serial_number, policy_oid;
  bool qualified_claim = false;  // esi4-qtstStatement-1 (EN 319 422 9.1)
  bool qualified_by_list = false;
  std::vector<Check> checks;
  std::vector<ChainElement> chain;
};

// What the certificate and the trusted lists claim (EN 319 412-5, TS 119 615).
struct QualificationReport {
  std::string level_of_assurance;  // from AuthContext (RFC 7773), such as "urn:...:high"; or empty
  bool qc_compliance = false, qc_sscd = false;
  std::string qc_type;  // "esign", "eseal", "web" or empty
  // "QESIG", "QESEAL", "ADESIG_QC", "ADESEAL_QC", "ADESIG", "ADESEAL", "NOT_DETERMINED": only a
  // trusted list makes the first four.
  std::string determination = "NOT_DETERMINED";
};

struct SignatureReport {
  std::string id;      // field name, container entry, or "signature 1"
  std::string format;  // "CAdES", "PAdES", "CMS", "PDF CMS", "RFC 3161"
  std::string level;   // "B-B", "B-T", "B-LT", "B-LTA", or empty
  Conclusion conclusion;
  std::string signer_name;  // CN or pseudonym, safe to print
  std::optional<absl::Time> claimed_signing_time;
  // The earliest time by which the signature was proven to exist (best-signature-time).
  absl::Time proven_at;
  bool proven_by_timestamp = false;
  std::string
      covers;  // for a person: "the whole document", "revision 1 of 3 (12034 of 40112 octets)"
  std::vector<std::string> covered_files;  // ASiC
  std::vector<std::string> changes_after;  // PAdES
  std::vector<Check> checks;
  std::vector<ChainElement> chain;  // signer first
  std::vector<TimestampReport> timestamps;
  QualificationReport qualification;
  // Of a container's signature: its own part of Report::used. Not part of the text or the JSON.
  ValidationData used;
};

struct Report {
  std::string document_format;  // "PDF", "CMS", "ASiC-E", "ASiC-S", "TimeStampToken"
  absl::Time validated_at;
  std::vector<SignatureReport> signatures;
  std::vector<std::string> warnings;  // such as files of a container that nothing covers
  // The worst of the signatures'; kIndeterminate/kSignedDataNotFound without one.
  Conclusion conclusion;
  // Certificates and revocation data that the judgement rests on, embedded or fetched: what an
  // augmentation to B-LT would embed. Not part of the text or the JSON.
  ValidationData used;
};

// For people, in lines of at most 100 columns; and one JSON object ("version": 1).
std::string ToText(const Report& report, bool verbose);
std::string ToJson(const Report& report);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_REPORT_H_
