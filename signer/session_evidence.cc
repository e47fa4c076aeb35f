#include "signer/session_evidence.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/digest.h"
#include "common/reason.h"
#include "common/time_text.h"
#include "signer/key_destruction.h"
#include "store/ledger.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::ordered_json;

// Records stay well under the ledger's 64 KiB.
constexpr size_t kDocumentsPerRecord = 100;

std::string Sha256Hex(ByteSpan octets) { return ToHex(Sha256(octets)); }

std::string Text(absl::string_view text) { return std::string(text); }

store::EvidenceRecord Record(absl::string_view step, absl::Time at, const Json& facts) {
  return {
      .step = Text(step),
      .at = at,
      // Octets that are not UTF-8 (an identifier of a hostile provider) are replaced, not thrown
      // at.
      .facts_json = facts.dump(-1, ' ', false, Json::error_handler_t::replace),
  };
}

Json Sha256HexList(const std::vector<Bytes>& items) {
  Json list = Json::array();
  for (const Bytes& octets : items) list.push_back(Sha256Hex(octets));
  return list;
}

Json AttributeFacts(const hsm::KeyAttributes& attributes) {
  Json facts = Json::object();
  for (const auto& [name, value] : NamedAttributes(attributes)) facts[name] = value;
  return facts;
}

}  // namespace

void SessionEvidence::Admitted(absl::Time at, const RelyingParty& relying_party,
                               const SigningRequest& request, ByteSpan request_digest) {
  records_.push_back(Record("admitted", at,
                            {{"relying_party", relying_party.id},
                             {"request_id", request.intent.request_id},
                             {"level", Text(LevelName(request.intent.level))},
                             {"kind", Text(KindName(request.intent.kind))},
                             {"format", Text(FormatName(request.format))},
                             {"key_algorithm", Text(KeyAlgorithmName(request.key_algorithm))},
                             {"documents", request.intent.documents.size()},
                             {"request_sha256", ToHex(request_digest)}}));
}

void SessionEvidence::Authorized(absl::Time at, const Authorization& authorization,
                                 const Admission& admission) {
  const idp_client::VerifiedIdentity& identity = authorization.identity;
  if (authorization.by != AuthorizedBy::kRelyingParty) {
    records_.push_back(
        Record("assertion-verified", at,
               {{"issuer", identity.issuer},
                {"assertion_sha256", Sha256Hex(admission.request.assertion)},
                {"level_of_assurance", Text(LevelOfAssuranceName(identity.level_of_assurance))},
                {"authenticated_at", TimeText(identity.authenticated_at)},
                {"methods", identity.authentication_methods},
                {"bound", identity.bound}}));
  }
  if (admission.organization != nullptr) {
    records_.push_back(Record("seal-authorized", at,
                              {{"organization", admission.organization->organization_identifier},
                               {"by", Text(AuthorizedByName(authorization.by))},
                               {"relying_party", admission.relying_party->id}}));
  }
  if (authorization.pin.has_value()) {
    records_.push_back(Record("signing-pin-verified", at,
                              {{"credential_hmac", ToHex(authorization.pin->credential_hash)},
                               {"receipt_hmac", ToHex(authorization.pin->mac)}}));
  }
}

void SessionEvidence::Named(absl::Time at, const NamedSubject& named) {
  if (named.transliterated.empty()) return;
  records_.push_back(Record(
      "names-transliterated", at,
      {{"attributes", named.transliterated}, {"method", named.method}, {"reason", named.reason}}));
}

void SessionEvidence::KeyGenerated(absl::Time at, const hsm::OneTimeKey& key) {
  records_.push_back(Record("key-generated", at,
                            {{"key_id", key.key_id()},
                             {"algorithm", Text(KeyAlgorithmName(key.public_key().algorithm()))},
                             {"public_key_sha256", Sha256Hex(key.public_key().spki_der())},
                             {"generated_at", TimeText(key.generated_at())},
                             {"attributes", AttributeFacts(key.attributes())}}));
}

void SessionEvidence::CertificateIssued(absl::Time at, const ca::IssuedCertificate& certificate,
                                        ByteSpan tbs_sha256, absl::string_view profile,
                                        ByteSpan person_hash) {
  records_.push_back(Record("certificate-issued", at,
                            {{"profile", Text(profile)},
                             {"serial_number", certificate.serial_number},
                             {"tbs_sha256", ToHex(tbs_sha256)},
                             {"certificate_sha256", ToHex(certificate.fingerprint_sha256)},
                             {"not_before", TimeText(certificate.not_before)},
                             {"not_after", TimeText(certificate.not_after)},
                             {"subject_hmac", ToHex(person_hash)}}));
}

void SessionEvidence::DocumentsSigned(absl::Time at, const std::vector<Document>& documents,
                                      const std::vector<Bytes>& signature_values) {
  for (size_t begin = 0; begin < documents.size(); begin += kDocumentsPerRecord) {
    const size_t end = std::min(begin + kDocumentsPerRecord, documents.size());
    Json list = Json::array();
    for (size_t i = begin; i < end; ++i) {
      list.push_back({{"digest_algorithm", Text(DigestName(documents[i].digest_algorithm))},
                      {"digest", ToHex(documents[i].digest)},
                      {"signature_sha256", Sha256Hex(signature_values[i])}});
    }
    records_.push_back(Record("documents-signed", at, {{"first", begin}, {"documents", list}}));
  }
}

void SessionEvidence::KeyDestroyed(absl::Time at, const hsm::DestructionReceipt& receipt) {
  const bool by_object = receipt.method() == hsm::DestructionMethod::kDestroyObject;
  records_.push_back(Record("key-destroyed", at,
                            {{"key_id", receipt.key_id()},
                             {"public_key_sha256", ToHex(receipt.spki_sha256())},
                             {"generated_at", TimeText(receipt.generated_at())},
                             {"destroyed_at", TimeText(receipt.destroyed_at())},
                             {"method", by_object ? "C_DestroyObject" : "C_CloseSession"},
                             {"private_object_answer", receipt.private_object_answer()},
                             {"public_object_answer", receipt.public_object_answer()},
                             {"signatures", receipt.signatures()}}));
}

void SessionEvidence::PdfPrepared(absl::Time at, const Document& document,
                                  ByteSpan prepared_digest) {
  records_.push_back(Record("pdf-prepared", at,
                            {{"digest_algorithm", Text(DigestName(document.digest_algorithm))},
                             {"document_digest", ToHex(document.digest)},
                             {"prepared_digest", ToHex(prepared_digest)}}));
}

void SessionEvidence::Augmented(absl::Time at, const ValidationData& data,
                                const std::vector<tsa::IssuedTimestamp>& archive_timestamps) {
  records_.push_back(Record("validation-data-added", at,
                            {{"crls_sha256", Sha256HexList(data.crls_der)},
                             {"ocsp_responses_sha256", Sha256HexList(data.ocsp_responses_der)}}));
  RecordTimestamps("archive-timestamped", at, archive_timestamps);
}

void SessionEvidence::Timestamped(absl::Time at,
                                  const std::vector<tsa::IssuedTimestamp>& timestamps) {
  RecordTimestamps("timestamped", at, timestamps);
}

void SessionEvidence::RecordTimestamps(absl::string_view step, absl::Time at,
                                       const std::vector<tsa::IssuedTimestamp>& timestamps) {
  for (size_t begin = 0; begin < timestamps.size(); begin += kDocumentsPerRecord) {
    const size_t end = std::min(begin + kDocumentsPerRecord, timestamps.size());
    Json list = Json::array();
    for (size_t i = begin; i < end; ++i) {
      list.push_back({{"serial_number", timestamps[i].serial_number},
                      {"gen_time", TimeText(timestamps[i].gen_time)},
                      {"policy", timestamps[i].policy_oid},
                      {"token_sha256", Sha256Hex(timestamps[i].token_der)}});
    }
    records_.push_back(Record(step, at, {{"first", begin}, {"timestamps", list}}));
  }
}

void SessionEvidence::Completed(absl::Time at, ByteSpan result_digest) {
  records_.push_back(Record("completed", at, {{"result_sha256", ToHex(result_digest)}}));
}

void SessionEvidence::Failed(absl::Time at, const absl::Status& status) {
  // What did not become durable was not completed.
  if (!records_.empty() && records_.back().step == "completed") records_.pop_back();
  records_.push_back(Record(
      "failed", at,
      {{"reason", Text(ReasonName(ReasonOf(status)))}, {"message", Text(status.message())}}));
}

store::EvidenceRecord RejectedAssertion(absl::Time at, const RelyingParty& relying_party,
                                        const SigningRequest& request, const absl::Status& why,
                                        int64_t suppressed) {
  return Record(store::kRejectedAssertionStep, at,
                {{"relying_party", relying_party.id},
                 {"request_id", request.intent.request_id},
                 {"assertion_sha256", Sha256Hex(request.assertion)},
                 {"suppressed", suppressed},
                 {"reason", Text(ReasonName(ReasonOf(why)))},
                 {"message", Text(why.message())}});
}

}  // namespace enkrat::signer
