#include "cli/http_exchange.h"

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/reason.h"

namespace enkrat::cli {

absl::StatusOr<HttpResponse> Exchange(HttpFetcher& fetcher, const HttpRequest& request) {
  absl::StatusOr<HttpResponse> response = fetcher.Fetch(request);
  if (response.ok() || ReasonOf(response.status()) == Reason::kLimitExceeded) return response;
  return UnavailableError(
      absl::StrCat("cannot reach ", request.url, ": ", response.status().message()));
}

}  // namespace enkrat::cli
