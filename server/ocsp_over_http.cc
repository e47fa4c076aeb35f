#include "server/ocsp_over_http.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/digest.h"

namespace enkrat::server {
namespace {

constexpr size_t kLongestPath = 8192;
constexpr absl::Duration kLongestAge = absl::Minutes(5);
constexpr absl::Duration kLongestCrlAge = absl::Minutes(1);

std::optional<std::string> PercentDecoded(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const std::optional<Bytes> octet = FromHex(text.substr(i + 1, 2));
    if (!octet.has_value() || octet->size() != 1) return std::nullopt;
    decoded.push_back(static_cast<char>(octet->front()));
    i += 2;
  }
  return decoded;
}

// RFC 9110 5.6.7.
std::string HttpDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

std::string ETag(ByteSpan body) { return absl::StrCat("\"", ToHex(Sha256(body)), "\""); }

std::string CacheFor(absl::Duration age) {
  return absl::StrCat("max-age=", absl::ToInt64Seconds(age),
                      ", public, no-transform, must-revalidate");
}

}  // namespace

bool IsOcspPath(absl::string_view path) {
  return path == kOcspPath || absl::ConsumePrefix(&path, "/ocsp/");
}

std::optional<Bytes> OcspRequestInPath(absl::string_view path) {
  if (path.size() > kLongestPath || !absl::ConsumePrefix(&path, "/ocsp/")) return std::nullopt;
  std::optional<std::string> text = PercentDecoded(path);
  if (!text.has_value()) return std::nullopt;
  // Some clients put the base64 behind a slash of their own.
  while (!text->empty() && text->front() == '/') text->erase(0, 1);
  while (!text->empty() && text->back() == '=') text->pop_back();
  std::replace(text->begin(), text->end(), '+', '-');
  std::replace(text->begin(), text->end(), '/', '_');
  return FromBase64Url(*text);
}

HttpHeaders OcspHeaders(const signer::OcspResponder::Reply& reply) {
  if (!reply.status.ok() || reply.next_update == absl::InfinitePast()) {
    return {{"Cache-Control", "no-store"}};
  }
  const absl::Duration age = std::min(kLongestAge, (reply.next_update - reply.produced_at) / 2);
  return {{"Cache-Control", CacheFor(age)},
          {"Last-Modified", HttpDate(reply.produced_at)},
          {"Expires", HttpDate(reply.next_update)},
          {"ETag", ETag(reply.response_der)}};
}

HttpHeaders CrlHeaders(const signer::PublishedCrl& crl) {
  return {{"Cache-Control", CacheFor(kLongestCrlAge)},
          {"Last-Modified", HttpDate(crl.facts.this_update)},
          {"ETag", ETag(crl.der)}};
}

}  // namespace enkrat::server
