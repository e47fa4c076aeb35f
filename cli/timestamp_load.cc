#include "cli/timestamp_load.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/http_client.h"
#include "cli/outcome.h"
#include "cli/timestamp_query.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

constexpr uint64_t kCheckEvery = 50;

struct Checked {
  std::atomic<uint64_t> answers = 0;
  std::atomic<uint64_t> wrong = 0;
};

absl::Status AskOnce(HttpClient& http, const std::string& url, const TimestampQuery& query,
                     bool check, Checked& checked) {
  ENKRAT_ASSIGN_OR_RETURN(const HttpReply reply,
                          http.Post(url, "application/timestamp-query", query.der()));
  if (reply.status == 503) return MakeError(Reason::kOverloaded, "HTTP 503");
  if (reply.status != 200) return UnavailableError(absl::StrCat("HTTP ", reply.status));
  if (!check) return absl::OkStatus();
  ++checked.answers;
  if (!query.CheckResponse(reply.body).ok()) ++checked.wrong;
  return absl::OkStatus();
}

void AskUntil(absl::Time end, const TimestampLoadOptions& options, LoadRecorder& recorder,
              Checked& checked) {
  const auto http = HttpClient::Create({.timeout = options.timeout, .max_reply_bytes = 64 * 1024});
  if (!http.ok()) return;
  for (uint64_t i = 0; absl::Now() < end; ++i) {
    const auto query = TimestampQuery::Create(
        DigestAlgorithm::kSha256, Sha256(AsSpan(absl::StrCat("Enkrat load document ", i))));
    if (!query.ok()) return;
    const absl::Time start = absl::Now();
    const absl::Status status = AskOnce(**http, options.url, *query, i % kCheckEvery == 0, checked);
    const absl::Time now = absl::Now();
    recorder.Record(status, now, now - start);
    // A unit that is away would be asked thousands of times a second.
    if (!status.ok()) absl::SleepFor(absl::Milliseconds(10));
  }
}

}  // namespace

LoadReport RunTimestampLoad(const TimestampLoadOptions& options) {
  const absl::Time begin = absl::Now() + options.warm_up;
  const absl::Time end = begin + options.length;
  LoadRecorder recorder(begin, end);
  Checked checked;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < options.concurrency; ++i) {
      threads.emplace_back([&] { AskUntil(end, options, recorder, checked); });
    }
  }
  LoadReport report{.mode = "tsa", .elapsed = options.length, .signatures_per_operation = 1};
  recorder.AddTo(report);
  report.verified = checked.answers;
  report.verification_failures = checked.wrong;
  return report;
}

}  // namespace enkrat::cli
