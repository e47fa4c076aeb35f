#include "pades/object_table.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFXRefEntry.hh>

#include "absl/strings/str_cat.h"

namespace enkrat::pades {

ObjectTables::Table ObjectTables::Read(StrictDocument& document) {
  Table table;
  for (const auto& [id, entry] : document.pdf().getXRefTable()) {
    Place place;
    if (entry.getType() == 1) place.offset = entry.getOffset();
    if (entry.getType() == 2) {
      place.stream = entry.getObjStreamNumber();
      place.offset = entry.getObjStreamIndex();
    }
    if (entry.getType() != 0) table[{id.getObj(), id.getGen()}] = place;
  }
  return table;
}

ObjectTables::ObjectTables(StrictDocument& before, StrictDocument& after)
    : before_(Read(before)), now_(Read(after)) {
  for (const auto& [id, place] : before_) numbers_before_.insert(id.number);
  for (const auto& [id, place] : before_) {
    const auto entry = now_.find(id);
    if (entry == now_.end() || entry->second != place) moved_.insert(id);
  }
  for (const auto& [id, place] : now_) {
    const auto entry = before_.find(id);
    if (entry != before_.end() && entry->second == place) continue;
    moved_.insert(id);
    Look(id, place, static_cast<int64_t>(before.end()));
  }
  // An object stays where it is when the stream that holds it does not.
  for (const auto& [id, place] : now_) {
    if (place.stream != 0 && moved_.contains({place.stream, 0})) moved_.insert(id);
  }
}

void ObjectTables::Look(ObjectId id, const Place& place, int64_t end) {
  const std::string name = absl::StrCat("object ", id.number, " ", id.generation);
  if (place.stream == 0 ? place.offset < end
                        : before_.contains({place.stream, 0}) && !Moved({place.stream, 0})) {
    out_of_place_.push_back(name + ": now read from octets that were there before");
  }
  if (!before_.contains(id) && numbers_before_.contains(id.number)) {
    out_of_place_.push_back(name + ": another generation of an object that is in use");
  }
}

}  // namespace enkrat::pades
