// Whether two XMP packets differ in more than the date and the identity of the file's last writing.
#ifndef ENKRAT_PADES_METADATA_COMPARISON_H_
#define ENKRAT_PADES_METADATA_COMPARISON_H_

#include <string>

#include "absl/strings/string_view.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// Two streams; those of more than a MiB, or that cannot be read, mean different things.
bool MetadataMeansTheSame(const QPDFObjectHandle& before, const QPDFObjectHandle& after);

// The packet without the values of xmp:ModifyDate, xmp:MetadataDate, xmpMM:InstanceID and
// pdf:Producer, which every program that writes the file sets anew.
std::string WithoutWritingFacts(absl::string_view packet);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_METADATA_COMPARISON_H_
