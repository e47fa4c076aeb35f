#include "ca/http_url.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxUrlSize = 512;

bool IsHostAndPath(absl::string_view rest) {
  const absl::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  return !authority.empty() && authority.front() != ':' &&
         authority.find('@') == absl::string_view::npos;
}

bool HasScheme(absl::string_view url, absl::string_view scheme) {
  if (url.size() > kMaxUrlSize || !absl::ConsumePrefix(&url, scheme)) return false;
  for (const char c : url) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c)) || c == '"' || c == '<' || c == '>') {
      return false;
    }
  }
  return IsHostAndPath(url);
}

}  // namespace

bool IsHttpsUrl(absl::string_view url) { return HasScheme(url, "https://"); }
bool IsHttpUrl(absl::string_view url) { return HasScheme(url, "http://") || IsHttpsUrl(url); }

}  // namespace enkrat::ca
