#include "cli/timestamp_load.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/http_exchange.h"
#include "cli/outcome.h"
#include "cli/timestamp_query.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/curl_fetcher.h"

namespace enkrat::cli {
namespace {

constexpr uint64_t kCheckEvery = 50;

struct Checked {
  std::atomic<uint64_t> answers = 0;
  std::atomic<uint64_t> wrong = 0;
};

absl::Status AskOnce(HttpFetcher& fetcher, const TimestampLoadOptions& options,
                     const TimestampQuery& query, bool check, Checked& checked) {
  ENKRAT_ASSIGN_OR_RETURN(const HttpResponse response,
                          Exchange(fetcher, query.OverHttp(options.url, options.timeout)));
  if (response.status == 503) return MakeError(Reason::kOverloaded, "HTTP 503");
  if (response.status != 200) return UnavailableError(absl::StrCat("HTTP ", response.status));
  if (!check) return absl::OkStatus();
  ++checked.answers;
  if (!query.CheckResponse(response.body).ok()) ++checked.wrong;
  return absl::OkStatus();
}

void AskUntil(absl::Time end, const TimestampLoadOptions& options, HttpFetcher& fetcher,
              LoadRecorder& recorder, Checked& checked) {
  for (uint64_t i = 0; absl::Now() < end; ++i) {
    const auto query = TimestampQuery::Create(
        DigestAlgorithm::kSha256, Sha256(AsSpan(absl::StrCat("Enkrat load document ", i))));
    if (!query.ok()) return;
    const absl::Time start = absl::Now();
    const absl::Status status = AskOnce(fetcher, options, *query, i % kCheckEvery == 0, checked);
    const absl::Time now = absl::Now();
    recorder.Record(status, now, now - start);
    // A unit that is away would be asked thousands of times a second.
    if (!status.ok()) absl::SleepFor(absl::Milliseconds(10));
  }
}

}  // namespace

absl::StatusOr<LoadReport> RunTimestampLoad(const TimestampLoadOptions& options) {
  // A thread has a connection of its own, which stays open between its questions.
  ENKRAT_ASSIGN_OR_RETURN(const auto fetcher, http_client::CurlFetcher::Create(
                                                  {.most_idle_connections = options.concurrency}));
  const absl::Time begin = absl::Now() + options.warm_up;
  const absl::Time end = begin + options.length;
  LoadRecorder recorder(begin, end);
  Checked checked;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < options.concurrency; ++i) {
      threads.emplace_back([&] { AskUntil(end, options, *fetcher, recorder, checked); });
    }
  }
  LoadReport report{.mode = "tsa", .elapsed = options.length, .signatures_per_operation = 1};
  recorder.AddTo(report);
  report.verified = checked.answers;
  report.verification_failures = checked.wrong;
  return report;
}

}  // namespace enkrat::cli
