// One HTTP request and its answer, with bounds on time and size.
#ifndef ENKRAT_CLI_HTTP_CLIENT_H_
#define ENKRAT_CLI_HTTP_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::cli {

struct HttpReply {
  int status = 0;
  std::string content_type = {};  // lower case, without parameters
  Bytes body;
};

// Keeps its connection from one request to the next. Not thread-safe: one a thread.
class HttpClient {
 public:
  struct Options {
    absl::Duration timeout = absl::Seconds(30);  // of a whole request
    size_t max_reply_bytes = 16 * 1024 * 1024;   // of its body
  };
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(Options options);
  ~HttpClient();

  // http and https only, no redirects. An answer of any status is a reply; Unavailable (exit code
  // 2) if there is none.
  absl::StatusOr<HttpReply> Post(const std::string& url, absl::string_view content_type,
                                 ByteSpan body);

 private:
  class Session;  // keeps libcurl out of this header
  explicit HttpClient(std::unique_ptr<Session> session);

  std::unique_ptr<Session> session_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_HTTP_CLIENT_H_
