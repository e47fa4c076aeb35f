#include "server/validation_answer.h"

#include <string>

#include "common/reason.h"
#include "enkrat/v1/validation_service.pb.h"
#include "signer/message_time.h"

namespace enkrat::server {
namespace {

constexpr int64_t kLeastSeconds = -62135596800;  // year 1
constexpr int64_t kMostSeconds = 253402300799;   // year 9999

v1::Indication IndicationFrom(validation::Indication indication) {
  switch (indication) {
    case validation::Indication::kTotalPassed:
      return v1::INDICATION_TOTAL_PASSED;
    case validation::Indication::kTotalFailed:
      return v1::INDICATION_TOTAL_FAILED;
    case validation::Indication::kIndeterminate:
      return v1::INDICATION_INDETERMINATE;
  }
  return v1::INDICATION_INDETERMINATE;
}

void Fill(const validation::SignatureReport& signature, v1::SignatureSummary& summary) {
  summary.set_id(signature.id);
  summary.set_format(signature.format);
  summary.set_level(signature.level);
  summary.set_indication(IndicationFrom(signature.conclusion.indication));
  summary.set_sub_indication(std::string(SubIndicationName(signature.conclusion.sub_indication)));
  summary.set_signer_name(signature.signer_name);
  if (signature.proven_at != absl::Time()) {
    signer::FillTime(signature.proven_at, *summary.mutable_proven_at());
  }
  summary.set_qualification(signature.qualification.determination);
}

}  // namespace

absl::Status FillAnswer(const validation::Report& report, v1::ValidateResponse& response) {
  response.set_indication(IndicationFrom(report.conclusion.indication));
  response.set_sub_indication(std::string(SubIndicationName(report.conclusion.sub_indication)));
  for (const validation::SignatureReport& signature : report.signatures) {
    Fill(signature, *response.add_signatures());
  }
  response.set_report_json(ToJson(report));
  response.set_report_text(ToText(report, /*verbose=*/false));
  if (response.ByteSizeLong() > kMostAnswerOctets) {
    return MakeError(Reason::kLimitExceeded, "the report is too long for one answer");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> TimeFrom(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kLeastSeconds || timestamp.seconds() > kMostSeconds ||
      timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
    return WithField(MakeError(Reason::kRequestMalformed, "is no time"), "header.at");
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace enkrat::server
