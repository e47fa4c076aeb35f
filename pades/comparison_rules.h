// What a difference means by where it is: which parts of a document belong to its form, its
// validation data or its notes, and which are what people see.
#ifndef ENKRAT_PADES_COMPARISON_RULES_H_
#define ENKRAT_PADES_COMPARISON_RULES_H_

#include <optional>
#include <string>

#include "pades/comparison.h"
#include "pades/document_change.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// The area of what a key leads to in a dictionary of an area; nullopt for what is not compared
// here: it has no meaning of its own, or is compared elsewhere (the form's fields).
std::optional<Area> AreaBelow(Area area, const std::string& key);

// A difference in an area. `out_of_place`: an object itself was swapped, hidden or made visible.
DocumentChange ChangeOf(Area area, bool out_of_place, const std::string& detail,
                        const std::string& field);

// /Type and /Subtype of a dictionary, which decide how it is read.
std::string KindOf(QPDFObjectHandle dictionary);
// Whether it is a cross-reference or object stream, which are no part of the document.
bool IsStructure(QPDFObjectHandle stream);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_COMPARISON_RULES_H_
