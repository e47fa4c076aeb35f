#include "ca/object_identifiers.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/object_identifier.h"
#include "common/reason.h"

namespace enkrat::ca::oid {
namespace {

constexpr size_t kMaxDotted = 128;  // characters

}  // namespace

absl::StatusOr<Bytes> FromDotted(absl::string_view dotted) {
  std::optional<Bytes> content =
      dotted.size() <= kMaxDotted ? OidContent(dotted) : std::optional<Bytes>();
  if (content.has_value()) return *std::move(content);
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("not an object identifier in dotted decimal: \"",
                                dotted.substr(0, kMaxDotted), "\""));
}

}  // namespace enkrat::ca::oid
