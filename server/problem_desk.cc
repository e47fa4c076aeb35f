#include "server/problem_desk.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "signer/message_time.h"

namespace enkrat::server {
namespace {

constexpr size_t kMaxDescription = 2000;  // characters
constexpr size_t kMaxContact = 200;
constexpr size_t kLongestSerialNumber = 40;  // hex characters: 20 octets (RFC 5280 4.1.2.2)
constexpr size_t kLongestPageToken = 256;
constexpr uint32_t kDefaultPageSize = 100;
constexpr uint32_t kLargestPageSize = 1000;
constexpr size_t kReportIdBytes = 16;
constexpr size_t kSaltBytes = 32;
constexpr char kPrefix[] = "PROBLEM_KIND_";

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return WithField(MakeError(Reason::kRequestMalformed, what), field);
}

absl::Status CheckText(const std::string& text, size_t most, absl::string_view field) {
  if (text.empty()) return absl::OkStatus();
  const absl::Status status = CheckVisibleText(text, most);
  return status.ok() ? status : WithField(status, field);
}

absl::Status CheckRequest(const v1::ReportProblemRequest& request) {
  if (request.kind() == v1::PROBLEM_KIND_UNSPECIFIED || !v1::ProblemKind_IsValid(request.kind())) {
    return Malformed("kind", "is not one of the kinds");
  }
  if (request.kind() == v1::PROBLEM_KIND_OTHER && request.description().empty()) {
    return Malformed("description", "is required for OTHER");
  }
  ENKRAT_RETURN_IF_ERROR(CheckText(request.description(), kMaxDescription, "description"));
  return CheckText(request.contact(), kMaxContact, "contact");
}

absl::StatusOr<std::optional<store::CertificateRecord>> Find(
    store::Ledger& ledger, const v1::ReportProblemRequest& request) {
  switch (request.key_case()) {
    case v1::ReportProblemRequest::kSerialNumber: {
      const std::string serial_number = absl::AsciiStrToLower(request.serial_number());
      if (serial_number.empty() || serial_number.size() > kLongestSerialNumber ||
          !FromHex(serial_number).has_value()) {
        return Malformed("serial_number", "is not 1 to 20 octets in hexadecimal");
      }
      return ledger.FindCertificateBySerial(serial_number);
    }
    case v1::ReportProblemRequest::kFingerprintSha256:
      if (request.fingerprint_sha256().size() != 32) {
        return Malformed("fingerprint_sha256", "is not 32 octets");
      }
      return ledger.FindCertificateByFingerprint(AsSpan(request.fingerprint_sha256()));
    case v1::ReportProblemRequest::KEY_NOT_SET:
      break;
  }
  return Malformed("key", "neither serial_number nor fingerprint_sha256 is set");
}

void Fill(const store::ProblemReport& report, v1::Problem& message) {
  message.set_report_id(report.report_id);
  message.set_serial_number(report.serial_number);
  message.set_session_id(report.session_id);
  v1::ProblemKind kind = v1::PROBLEM_KIND_UNSPECIFIED;
  v1::ProblemKind_Parse(kPrefix + report.kind, &kind);
  message.set_kind(kind);
  signer::FillTime(report.reported_at, *message.mutable_reported_at());
}

// What is kept of what was written, encrypted and erasable; and what the evidence holds of it for
// good: SHA-256 over salt, description, a zero octet and contact. The salt goes with the text, so
// nobody can guess it back afterwards.
struct ReportText {
  std::string json;
  std::string salted_sha256;
};

ReportText TextOf(const v1::ReportProblemRequest& request) {
  const Bytes salt = RandomBytes(kSaltBytes);
  Bytes message = salt;
  Append(message, AsSpan(request.description()));
  message.push_back(0);
  Append(message, AsSpan(request.contact()));
  const nlohmann::ordered_json json = {{"salt", ToHex(salt)},
                                       {"description", request.description()},
                                       {"contact", request.contact()}};
  return {.json = json.dump(), .salted_sha256 = ToHex(Sha256(message))};
}

store::EvidenceRecord EvidenceOf(const store::ProblemReport& report, const std::string& text_digest,
                                 const v1::ReportProblemRequest& request) {
  const nlohmann::json facts = {{"report_id", report.report_id},
                                {"relying_party", report.relying_party},
                                {"session_id", report.session_id},
                                {"serial_number", report.serial_number},
                                {"kind", report.kind},
                                {"text_salted_sha256", text_digest},
                                {"text_octets", request.description().size()},
                                {"contact_given", !request.contact().empty()}};
  return {.step = "problem-reported",
          .at = report.reported_at,
          .facts_json = facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace

absl::Status ProblemDesk::Report(const signer::RelyingParty& caller,
                                 const v1::ReportProblemRequest& request,
                                 v1::ReportProblemResponse* response) {
  ENKRAT_RETURN_IF_ERROR(CheckRequest(request));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<store::CertificateRecord> certificate,
                          Find(*options_.ledger, request));
  if (!certificate.has_value()) return MakeError(Reason::kNotFound, "no such certificate");
  if (certificate->relying_party != caller.id) {
    return options_.access->Deny(caller, "serial_number", certificate->serial_number);
  }
  const std::string& kind = v1::ProblemKind_Name(request.kind());
  const ReportText text = TextOf(request);
  const store::ProblemReport report{
      .report_id = ToHex(RandomBytes(kReportIdBytes)),
      .relying_party = caller.id,
      .session_id = certificate->session_id,
      .serial_number = certificate->serial_number,
      .kind = std::string(absl::StripPrefix(kind, kPrefix)),
      // As the ledger keeps it.
      .reported_at = absl::FromUnixMicros(absl::ToUnixMicros(options_.clock->Now())),
      .text = text.json};
  ENKRAT_ASSIGN_OR_RETURN(
      const store::ProblemOutcome outcome,
      options_.reports->Record(report, EvidenceOf(report, text.salted_sha256, request),
                               options_.limits));
  if (outcome == store::ProblemOutcome::kTooMany) {
    return WithRetryDelay(MakeError(Reason::kRateLimited, "too many problem reports"),
                          options_.limits.window);
  }
  options_.logger->Warning("a problem with a certificate was reported",
                           {{"report_id", report.report_id},
                            {"serial_number", report.serial_number},
                            {"kind", report.kind}});
  Fill(report, *response->mutable_problem());
  response->set_revocable(false);  // RFC 9608: it says noRevAvail
  return absl::OkStatus();
}

absl::Status ProblemDesk::Get(const signer::RelyingParty& caller,
                              const v1::GetProblemRequest& request,
                              v1::GetProblemResponse* response) {
  const std::string report_id = absl::AsciiStrToLower(request.report_id());
  if (report_id.size() != 2 * kReportIdBytes || !FromHex(report_id).has_value()) {
    return Malformed("report_id", "is not 32 hexadecimal characters");
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<store::ProblemReport> report,
                          options_.reports->Find(report_id));
  if (!report.has_value()) return MakeError(Reason::kNotFound, "no such report");
  if (report->relying_party != caller.id) {
    return options_.access->Deny(caller, "report_id", report_id);
  }
  Fill(*report, *response->mutable_problem());
  return absl::OkStatus();
}

absl::Status ProblemDesk::List(const signer::RelyingParty& caller,
                               const v1::ListProblemsRequest& request,
                               v1::ListProblemsResponse* response) {
  const uint32_t size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  if (size > kLargestPageSize) {
    return WithField(MakeError(Reason::kLimitExceeded, "page_size over 1000"), "page_size");
  }
  if (request.page_token().size() > kLongestPageToken) {
    return Malformed("page_token", "is not one of ours");
  }
  const absl::StatusOr<store::ProblemPage> page =
      options_.reports->List(caller.id, size, request.page_token());
  if (!page.ok() && ReasonOf(page.status()) == Reason::kNotPermitted) {
    return options_.access->Deny(caller, "page_token_sha256",
                                 ToHex(Sha256(AsSpan(request.page_token()))));
  }
  ENKRAT_RETURN_IF_ERROR(page.status());
  for (const store::ProblemReport& report : page->reports) Fill(report, *response->add_problems());
  response->set_next_page_token(page->next_page_token);
  return absl::OkStatus();
}

}  // namespace enkrat::server
