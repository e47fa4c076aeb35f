// Names of a container's entries: which are allowed, and how a manifest writes them as URIs.
#ifndef ENKRAT_ASIC_ENTRY_NAME_H_
#define ENKRAT_ASIC_ENTRY_NAME_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::asic {

inline constexpr char kMimetypeEntry[] = "mimetype";
inline constexpr char kMetaInf[] = "META-INF/";

// OK for a name that means the same file to everybody: visible UTF-8 of at most 255 characters,
// relative, with "/" between its parts, none of which is empty, "." or ".."; no backslash, no colon
// (drives and streams of Windows). META-INF and mimetype in this writing only. kRequestMalformed or
// kLimitExceeded.
absl::Status CheckEntryName(absl::string_view name);

// CheckEntryName, and neither `mimetype` nor below META-INF/.
absl::Status CheckDataFileName(absl::string_view name);
bool IsDataFileName(absl::string_view name);

// Equal for names that some file systems take for one: without regard to case, and to how accents
// are composed. kRequestMalformed if it is not UTF-8.
absl::StatusOr<std::string> NameKey(absl::string_view name);

// Of a name below META-INF/: "META-INF/" + prefix + anything + suffix.
bool IsMetaInfName(absl::string_view name, absl::string_view prefix, absl::string_view suffix);

// Relative URI reference of an entry (RFC 3986 4.2, 2.1), and the reverse; nullopt for what is no
// name: schemes, authorities, queries, fragments, broken escapes, names that are not allowed.
std::string UriOfEntry(absl::string_view name);
std::optional<std::string> EntryOfUri(absl::string_view uri);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ENTRY_NAME_H_
