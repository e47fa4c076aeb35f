// A ZIP written anew with other octets in some of its entries; all else of it stays as it is, octet
// for octet.
#ifndef ENKRAT_ASIC_ZIP_REWRITING_H_
#define ENKRAT_ASIC_ZIP_REWRITING_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "asic/zip_outline.h"
#include "common/bytes.h"

namespace enkrat::asic {

// `source` is an open file with this outline, not owned, whose offset is not touched; `others` goes
// by the place in `outline.entries`. Makes `path`, which nothing may stand at, with the permissions
// of the source, synced; the folder is not.
//
// What changes, and nothing else: of an entry with other octets its data (stored or deflated as
// before), sizes and CRC, and flags that tell how it was packed; of entries behind it, where they
// are. Order, names, times, attributes, extra fields and comments stay, of that entry too.
//
// kLimitExceeded for other octets of more than 16 MiB, or a file that ZIP64 would be needed for;
// kRequestMalformed if the source is not what the outline says; kConfigurationInvalid if the file
// cannot be written. Nothing is left at `path` then.
absl::Status RewriteZip(int source, const ZipOutline& outline,
                        const std::map<size_t, Bytes>& others, const std::string& path);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ZIP_REWRITING_H_
