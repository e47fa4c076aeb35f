// The catalog's word that the document uses what ETSI added to PDF 1.7 (ISO 32000-1 7.12, EN 319
// 142-1 5.6).
#ifndef ENKRAT_PADES_CATALOG_EXTENSION_H_
#define ENKRAT_PADES_CATALOG_EXTENSION_H_

#include "pades/document_update.h"

namespace enkrat::pades {

// Puts /ESIC into the catalog's /Extensions if the catalog is among what the update replaces and
// the document does not say so yet: it is not worth a change of its own. Throws QPDF's exceptions.
void DeclareExtension(DocumentUpdate& update);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_CATALOG_EXTENSION_H_
