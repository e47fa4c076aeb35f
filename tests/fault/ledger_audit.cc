#include "tests/fault/ledger_audit.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "store/sqlite_ledger.h"

namespace enkrat::testing {
namespace {

constexpr const char* kSteps[] = {"admitted",           "assertion-verified", "key-generated",
                                  "certificate-issued", "documents-signed",   "key-destroyed",
                                  "timestamped",        "completed"};

absl::Status Broken(const std::string& session_id, absl::string_view what) {
  return MakeError(Reason::kInternal, absl::StrCat("session ", session_id, ": ", what));
}

// Of the one form in which results are stored (signer/stored_result.h).
Bytes DigestOfResult(v1::SignResponse reply) {
  reply.set_replayed(false);
  std::string octets;
  {
    google::protobuf::io::StringOutputStream stream(&octets);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    reply.SerializeToCodedStream(&coded);
  }
  return ToBytes(Sha256(AsSpan(octets)));
}

}  // namespace

bool SameResult(v1::SignResponse a, v1::SignResponse b) {
  a.set_replayed(false);
  b.set_replayed(false);
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

absl::StatusOr<LedgerAudit> LedgerAudit::Open(const std::string& path) {
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<store::Ledger> ledger,
                          store::SqliteLedger::Create({.path = path, .read_only = true}));
  return LedgerAudit(std::move(ledger));
}

absl::Status LedgerAudit::CheckReply(const v1::SignResponse& reply) const {
  const std::string& id = reply.session_id();
  ENKRAT_ASSIGN_OR_RETURN(const auto certificate,
                          ledger_->FindCertificateBySerial(reply.certificate().serial_number()));
  if (!certificate.has_value()) return Broken(id, "its certificate is not in the ledger");
  // What is personal is encrypted, and the audit has no HSM: it goes by the digests beside it.
  if (certificate->fingerprint_sha256 != ToBytes(Sha256(AsSpan(reply.certificate().der())))) {
    return Broken(id, "its certificate differs from the ledger's");
  }
  if (certificate->session_id != id) return Broken(id, "its certificate is another session's");

  ENKRAT_ASSIGN_OR_RETURN(const auto session, ledger_->FindSessionById(id));
  if (!session.has_value()) return Broken(id, "is not in the ledger");
  if (session->state != store::SessionState::kCompleted) return Broken(id, "is not completed");
  if (session->result_digest != DigestOfResult(reply)) {
    return Broken(id, "its stored result differs");
  }

  ENKRAT_ASSIGN_OR_RETURN(const auto evidence, ledger_->EvidenceOf(id));
  for (const char* step : kSteps) {
    const auto is_it = [step](const store::EvidenceRecord& record) { return record.step == step; };
    if (std::none_of(evidence.begin(), evidence.end(), is_it)) {
      return Broken(id, absl::StrCat("no evidence of step ", step));
    }
  }
  return absl::OkStatus();
}

absl::Status LedgerAudit::CheckNothingOpen() const {
  ENKRAT_ASSIGN_OR_RETURN(const store::LedgerStatistics statistics, ledger_->Statistics());
  if (statistics.sessions_open == 0) return absl::OkStatus();
  return MakeError(Reason::kInternal,
                   absl::StrCat(statistics.sessions_open, " intents have no end"));
}

absl::Status LedgerAudit::CheckOneCertificatePerSession(const std::string& relying_party) const {
  std::set<std::string> sessions;
  uint64_t completed = 0;
  std::string page_token;
  do {
    ENKRAT_ASSIGN_OR_RETURN(const store::CertificatePage page,
                            ledger_->ListCertificates(relying_party, 1000, page_token));
    for (const store::CertificateRecord& certificate : page.certificates) {
      if (!sessions.insert(certificate.session_id).second) {
        return Broken(certificate.session_id, "has two certificates");
      }
      ENKRAT_ASSIGN_OR_RETURN(const auto session, ledger_->FindSessionById(certificate.session_id));
      if (!session.has_value()) return Broken(certificate.session_id, "is not in the ledger");
      if (session->state == store::SessionState::kCompleted) ++completed;
    }
    page_token = page.next_page_token;
  } while (!page_token.empty());
  ENKRAT_ASSIGN_OR_RETURN(const store::LedgerStatistics statistics, ledger_->Statistics());
  if (completed == statistics.sessions_completed) return absl::OkStatus();
  return MakeError(Reason::kInternal,
                   absl::StrCat(statistics.sessions_completed, " sessions are completed, ",
                                completed, " of them have a certificate"));
}

absl::StatusOr<store::SessionState> LedgerAudit::StateOf(const std::string& relying_party,
                                                         const std::string& request_id) const {
  ENKRAT_ASSIGN_OR_RETURN(const auto session, ledger_->FindSession(relying_party, request_id));
  if (!session.has_value()) return MakeError(Reason::kNotFound, "no such intent");
  return session->state;
}

}  // namespace enkrat::testing
