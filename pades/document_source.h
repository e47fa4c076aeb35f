// Gives QPDF the first octets of a document as if nothing came after them.
#ifndef ENKRAT_PADES_DOCUMENT_SOURCE_H_
#define ENKRAT_PADES_DOCUMENT_SOURCE_H_

#include <cstdint>
#include <memory>

#include "pades/document_octets.h"

class InputSource;

namespace enkrat::pades {

// Not thread-safe; shares `octets`.
std::shared_ptr<InputSource> MakeDocumentSource(std::shared_ptr<const DocumentOctets> octets,
                                                uint64_t end);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DOCUMENT_SOURCE_H_
