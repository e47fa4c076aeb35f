// An HttpFetcher without a network: tests say what each URL answers.
#ifndef ENKRAT_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_
#define ENKRAT_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/http_fetcher.h"
#include "common/mutex.h"
#include "common/reason.h"

namespace enkrat::testing {

// Thread-safe. A URL without an answer fails as an unreachable server does.
class FakeHttpFetcher final : public HttpFetcher {
 public:
  void Answer(const std::string& url, int status, absl::string_view body) {
    MutexLock lock(mutex_);
    answers_[url] =
        HttpResponse{.status = status, .content_type = "application/json", .body = ToBytes(body)};
  }
  void Answer(const std::string& url, absl::string_view body) { Answer(url, 200, body); }

  // While true, every request fails as if there were no network.
  void SetDown(bool down) {
    MutexLock lock(mutex_);
    down_ = down;
  }
  // Runs on the caller's thread, without locks, before the answer.
  void OnFetch(std::function<void(const HttpRequest&)> hook) {
    MutexLock lock(mutex_);
    hook_ = std::move(hook);
  }
  std::vector<HttpRequest> requests() const {
    MutexLock lock(mutex_);
    return requests_;
  }
  size_t CountOf(const std::string& url) const {
    MutexLock lock(mutex_);
    size_t count = 0;
    for (const HttpRequest& request : requests_) count += request.url == url ? 1 : 0;
    return count;
  }

  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override {
    std::function<void(const HttpRequest&)> hook;
    {
      MutexLock lock(mutex_);
      requests_.push_back(request);
      hook = hook_;
    }
    if (hook) hook(request);
    MutexLock lock(mutex_);
    const auto answer = answers_.find(request.url);
    if (down_ || answer == answers_.end()) return MakeError(Reason::kInternal, "unreachable");
    if (answer->second.body.size() > request.max_response_size) {
      return MakeError(Reason::kLimitExceeded, "the answer is too long");
    }
    return answer->second;
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, HttpResponse> answers_ ABSL_GUARDED_BY(mutex_);
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void(const HttpRequest&)> hook_ ABSL_GUARDED_BY(mutex_);
  std::vector<HttpRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_
