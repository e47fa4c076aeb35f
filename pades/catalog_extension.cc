#include "pades/catalog_extension.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>

namespace enkrat::pades {

void DeclareExtension(DocumentUpdate& update) {
  QPDFObjectHandle catalog = update.document().qpdf().getRoot();
  QPDFObjectHandle extensions = catalog.getKey("/Extensions");
  if (extensions.isDictionary() && extensions.hasKey("/ESIC")) return;
  if (!update.IsEdited(catalog)) return;
  // Direct, as the whole extensions dictionary has to be (7.12.1).
  update.EditEntry(catalog, "/Extensions", DocumentUpdate::Place::kWithinParent,
                   [](DictionaryText& entries) {
                     entries.Set("/ESIC", "<< /BaseVersion /1.7 /ExtensionLevel 1 >>");
                   });
}

}  // namespace enkrat::pades
