// Whether an entry's deflated data are all that lies in its place: programs that read a ZIP from
// its front go on where the data end, and those that read its directory where it says that they do.
#ifndef ENKRAT_ASIC_DEFLATED_DATA_H_
#define ENKRAT_ASIC_DEFLATED_DATA_H_

#include <cstdint>
#include <cstdio>

#include "absl/status/status.h"

namespace enkrat::asic {

struct DeflatedData {
  uint64_t offset = 0;  // in the file
  uint64_t packed_octets = 0;
  uint64_t unpacked_octets = 0;
};

// kRequestMalformed unless exactly so many octets unpack to exactly so many (RFC 1951).
absl::Status CheckDeflatedData(std::FILE* file, const DeflatedData& data);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_DEFLATED_DATA_H_
