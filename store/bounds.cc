// What a record must look like before the ledger takes it.
#include "store/bounds.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

constexpr size_t kDigestBytes = 32;

absl::Status WrongShape(absl::string_view what) {
  return MakeError(Reason::kInternal, absl::StrCat("ledger record: ", what));
}

absl::Status TooLarge(absl::string_view what) {
  return MakeError(Reason::kLimitExceeded, absl::StrCat("ledger record: ", what, " is too large"));
}

absl::Status CheckText(absl::string_view text, absl::string_view what) {
  if (text.empty()) return WrongShape(absl::StrCat(what, " is empty"));
  if (text.find('\0') != absl::string_view::npos) {
    return WrongShape(absl::StrCat(what, " holds a NUL"));
  }
  if (text.size() > kMaxTextBytes) return TooLarge(what);
  return absl::OkStatus();
}

absl::Status CheckDigest(const Bytes& digest, absl::string_view what) {
  if (digest.size() == kDigestBytes) return absl::OkStatus();
  return WrongShape(absl::StrCat(what, " is not of 32 octets"));
}

absl::Status CheckAllEvidence(const std::vector<EvidenceRecord>& evidence) {
  if (evidence.size() > kMaxEvidencePerCall) return TooLarge("evidence");
  for (const EvidenceRecord& record : evidence) ENKRAT_RETURN_IF_ERROR(CheckEvidence(record));
  return absl::OkStatus();
}

absl::Status CheckQuotas(const std::vector<Quota>& quotas) {
  if (quotas.size() > kMaxQuotas) return TooLarge("quotas");
  for (size_t i = 0; i < quotas.size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(CheckDigest(quotas[i].key, "key of a quota"));
    for (size_t j = 0; j < i; ++j) {
      if (quotas[j].key == quotas[i].key) return WrongShape("a quota is there twice");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCertificate(const CertificateRecord& certificate, absl::string_view session_id) {
  if (certificate.session_id != session_id) return WrongShape("certificate of another session");
  ENKRAT_RETURN_IF_ERROR(CheckText(certificate.relying_party, "relying party"));
  ENKRAT_RETURN_IF_ERROR(CheckText(certificate.serial_number, "serial number"));
  ENKRAT_RETURN_IF_ERROR(CheckDigest(certificate.fingerprint_sha256, "fingerprint"));
  if (certificate.der.empty()) return WrongShape("certificate is empty");
  if (certificate.der.size() > kMaxCertificateBytes) return TooLarge("certificate");
  return absl::OkStatus();
}

absl::Status CheckPerson(const std::optional<PersonRecord>& person) {
  if (!person.has_value()) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(CheckDigest(person->subject_key, "subject key"));
  if (person->identity.size() > kMaxPersonBytes) return TooLarge("identity");
  if (person->particulars.size() > kMaxPersonBytes) return TooLarge("particulars");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckEvidence(const EvidenceRecord& record) {
  ENKRAT_RETURN_IF_ERROR(CheckText(record.step, "step"));
  const std::string& facts = record.facts_json;
  if (facts.size() > kMaxFactsBytes) return TooLarge("facts");
  if (facts.size() < 2 || facts.front() != '{' || facts.back() != '}') {
    return WrongShape("facts are no JSON object");
  }
  return absl::OkStatus();
}

absl::Status CheckIntent(const SessionIntent& intent) {
  ENKRAT_RETURN_IF_ERROR(CheckText(intent.session_id, "session id"));
  ENKRAT_RETURN_IF_ERROR(CheckText(intent.relying_party, "relying party"));
  ENKRAT_RETURN_IF_ERROR(CheckText(intent.request_id, "request id"));
  ENKRAT_RETURN_IF_ERROR(CheckDigest(intent.request_digest, "request digest"));
  ENKRAT_RETURN_IF_ERROR(CheckText(intent.issuer, "issuer"));
  ENKRAT_RETURN_IF_ERROR(CheckText(intent.assertion_id, "assertion id"));
  ENKRAT_RETURN_IF_ERROR(CheckQuotas(intent.quotas));
  return CheckAllEvidence(intent.evidence);
}

absl::Status CheckCompletion(const SessionCompletion& completion) {
  ENKRAT_RETURN_IF_ERROR(CheckText(completion.session_id, "session id"));
  ENKRAT_RETURN_IF_ERROR(CheckCertificate(completion.certificate, completion.session_id));
  ENKRAT_RETURN_IF_ERROR(CheckDigest(completion.result_digest, "result digest"));
  if (completion.result.size() > kMaxResultBytes) return TooLarge("result");
  ENKRAT_RETURN_IF_ERROR(CheckPerson(completion.person));
  return CheckAllEvidence(completion.evidence);
}

absl::Status CheckFailure(const SessionFailure& failure) {
  ENKRAT_RETURN_IF_ERROR(CheckText(failure.session_id, "session id"));
  ENKRAT_RETURN_IF_ERROR(CheckText(failure.reason, "reason"));
  if (failure.certificate.has_value()) {
    ENKRAT_RETURN_IF_ERROR(CheckCertificate(*failure.certificate, failure.session_id));
  }
  ENKRAT_RETURN_IF_ERROR(CheckPerson(failure.person));
  return CheckAllEvidence(failure.evidence);
}

absl::Status CheckPageSize(size_t page_size) {
  if (page_size >= 1 && page_size <= kMaxPageSize) return absl::OkStatus();
  return WithField(MakeError(Reason::kRequestMalformed, "page size outside 1..1000"), "page_size");
}

absl::Status CheckEventLimit(size_t limit) {
  if (limit >= 1 && limit <= kMaxPageSize) return absl::OkStatus();
  return WithField(MakeError(Reason::kRequestMalformed, "limit outside 1..1000"), "limit");
}

}  // namespace enkrat::store
