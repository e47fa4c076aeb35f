// One HTTP exchange of the command line, whose failure is an exit code.
#ifndef ENKRAT_CLI_HTTP_EXCHANGE_H_
#define ENKRAT_CLI_HTTP_EXCHANGE_H_

#include "absl/status/statusor.h"
#include "common/http_fetcher.h"

namespace enkrat::cli {

// An answer of any HTTP status. kLimitExceeded for one that is too long; Unavailable (exit code 2)
// if there is none.
absl::StatusOr<HttpResponse> Exchange(HttpFetcher& fetcher, const HttpRequest& request);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_HTTP_EXCHANGE_H_
