#include "asic/entry_name.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::asic {
namespace {

constexpr size_t kMostCharacters = 255;

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("a name in the container ", why));
}

// RFC 3986 2.3, and what a path may hold besides (3.3) that no reader of XML or URIs stumbles over.
bool StandsForItself(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-._~/").find(c) != absl::string_view::npos;
}

// ASCII in lower case differs from the name, but is the name that means something here.
bool IsOtherWriting(absl::string_view part, absl::string_view name) {
  return part != name && absl::EqualsIgnoreCase(part, name);
}

}  // namespace

absl::Status CheckEntryName(absl::string_view name) {
  if (absl::Status visible = CheckVisibleText(name, kMostCharacters); !visible.ok()) {
    return WithContext(visible, "a name in the container");
  }
  if (name.find('\\') != absl::string_view::npos) return Refuse("has a backslash");
  if (name.find(':') != absl::string_view::npos) return Refuse("has a colon");
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  for (const absl::string_view part : parts) {
    if (part.empty()) return Refuse("is absolute or has an empty part");
    if (part == "." || part == "..") return Refuse("has a part that is \".\" or \"..\"");
  }
  if (IsOtherWriting(parts.front(), absl::StripSuffix(kMetaInf, "/")) ||
      (parts.size() == 1 && IsOtherWriting(parts.front(), kMimetypeEntry))) {
    return Refuse("differs from a reserved one only by case");
  }
  if (name == absl::StripSuffix(kMetaInf, "/")) return Refuse("is that of a folder");
  return absl::OkStatus();
}

bool IsDataFileName(absl::string_view name) {
  return name != kMimetypeEntry && !absl::StartsWith(name, kMetaInf);
}

absl::Status CheckDataFileName(absl::string_view name) {
  ENKRAT_RETURN_IF_ERROR(CheckEntryName(name));
  return IsDataFileName(name) ? absl::OkStatus() : Refuse("is reserved");
}

absl::StatusOr<std::string> NameKey(absl::string_view name) {
  ENKRAT_ASSIGN_OR_RETURN(std::string normal, NormaliseText(name));
  return absl::AsciiStrToLower(normal);
}

bool IsMetaInfName(absl::string_view name, absl::string_view prefix, absl::string_view suffix) {
  return absl::ConsumePrefix(&name, kMetaInf) && absl::ConsumePrefix(&name, prefix) &&
         absl::ConsumeSuffix(&name, suffix) && name.find('/') == absl::string_view::npos;
}

std::string UriOfEntry(absl::string_view name) {
  std::string uri;
  for (const char c : name) {
    if (StandsForItself(c)) {
      uri.push_back(c);
    } else {
      absl::StrAppend(&uri, "%",
                      absl::AsciiStrToUpper(absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return uri;
}

std::optional<std::string> EntryOfUri(absl::string_view uri) {
  if (uri.find_first_of("?#") != absl::string_view::npos) return std::nullopt;
  std::string name;
  while (!uri.empty()) {
    if (uri.front() != '%') {
      name.push_back(uri.front());
      uri.remove_prefix(1);
      continue;
    }
    const absl::string_view digits = uri.substr(1, 2);
    if (digits.size() < 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]))) {
      return std::nullopt;
    }
    name.append(absl::HexStringToBytes(digits));
    uri.remove_prefix(3);
  }
  if (!CheckEntryName(name).ok()) return std::nullopt;
  return name;
}

}  // namespace enkrat::asic
