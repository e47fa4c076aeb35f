#include "idp_client/compact_jws.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/json_object.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr JsonBounds kHeaderBounds = {.size = 2048, .depth = 3, .values = 32};
constexpr size_t kMaxKidSize = 256;

// Keys come from the issuer's key set and from nowhere else; no extension is understood here
// (RFC 7515 4.1.11: `crit`, RFC 7797: `b64`); nothing is compressed, encrypted or nested.
constexpr absl::string_view kRefusedMembers[] = {"crit", "jku", "jwk", "x5u", "x5c",
                                                 "b64",  "zip", "enc", "epk", "cty"};

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

absl::Status ReadAlgorithm(const json& header, CompactJws& jws) {
  const auto alg = header.find("alg");
  if (alg == header.end() || !alg->is_string()) return Reject("header has no alg");
  jws.algorithm = FindSignatureAlgorithm(alg->get_ref<const std::string&>());
  return jws.algorithm != nullptr ? absl::OkStatus()
                                  : Reject("alg is not an asymmetric signature algorithm");
}

absl::Status ReadKid(const json& header, CompactJws& jws) {
  const auto kid = header.find("kid");
  if (kid == header.end()) return absl::OkStatus();
  if (!kid->is_string()) return Reject("kid is not a text");
  jws.kid = kid->get<std::string>();
  if (jws.kid.empty() || jws.kid.size() > kMaxKidSize) return Reject("length of kid");
  return absl::OkStatus();
}

absl::Status ReadHeader(absl::string_view text, CompactJws& jws) {
  const absl::StatusOr<json> header = ParseJsonObject(text, kHeaderBounds);
  if (!header.ok()) return Reject(absl::StrCat("header: ", header.status().message()));
  for (const absl::string_view name : kRefusedMembers) {
    if (header->contains(std::string(name))) {
      return Reject(absl::StrCat("header has the member ", name));
    }
  }
  if (const auto typ = header->find("typ"); typ != header->end()) {
    // A media type, so case does not matter (RFC 7515 4.1.9). Other types are other kinds of JWT.
    if (!typ->is_string() || !absl::EqualsIgnoreCase(typ->get_ref<const std::string&>(), "JWT")) {
      return Reject("typ is not JWT");
    }
  }
  ENKRAT_RETURN_IF_ERROR(ReadAlgorithm(*header, jws));
  return ReadKid(*header, jws);
}

}  // namespace

absl::StatusOr<CompactJws> ParseCompactJws(ByteSpan token) {
  if (token.empty() || token.size() > kMaxTokenSize) return Reject("token is empty or too long");
  const absl::string_view text(reinterpret_cast<const char*>(token.data()), token.size());
  const std::vector<absl::string_view> segments = absl::StrSplit(text, absl::MaxSplits('.', 3));
  if (segments.size() != 3) return Reject("token has not three segments");
  for (const absl::string_view segment : segments) {
    if (segment.empty()) return Reject("token has an empty segment");
  }
  std::optional<Bytes> header = FromBase64Url(segments[0]);
  std::optional<Bytes> payload = FromBase64Url(segments[1]);
  std::optional<Bytes> signature = FromBase64Url(segments[2]);
  if (!header || !payload || !signature) return Reject("a segment is not canonical base64url");
  CompactJws jws;
  ENKRAT_RETURN_IF_ERROR(ReadHeader(ToString(*header), jws));
  jws.signing_input = token.subspan(0, segments[0].size() + 1 + segments[1].size());
  jws.payload = *std::move(payload);
  jws.signature = *std::move(signature);
  return jws;
}

}  // namespace enkrat::idp_client
