// The octets of an incremental update: objects, cross-reference section, trailer (ISO 32000-1
// 7.5.6).
#ifndef ENKRAT_PADES_UPDATE_FILE_H_
#define ENKRAT_PADES_UPDATE_FILE_H_

#include <cstdint>
#include <map>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/dictionary_text.h"
#include "pades/source_document.h"
#include "pades/update_objects.h"

namespace enkrat::pades {

struct UpdateFile {
  Bytes octets;                       // to append to the document
  std::map<int, size_t> body_begins;  // object number -> where its body begins in `octets`
};

// `trailer` holds what the new trailer keeps of the last one; /Size and /Prev are set here. The
// same input gives the same octets. kLimitExceeded if offsets would pass ten digits or /Size
// kMaxObjects.
absl::StatusOr<UpdateFile> LayUpdateFile(const RevisionEnd& end, const UpdateObjects& objects,
                                         DictionaryText trailer);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_UPDATE_FILE_H_
