// Where two revisions of a document keep their objects, and which of them differ.
#ifndef ENKRAT_PADES_OBJECT_TABLE_H_
#define ENKRAT_PADES_OBJECT_TABLE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pades/object_id.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// Made once for a pair of revisions; immutable then.
class ObjectTables {
 public:
  ObjectTables(StrictDocument& before, StrictDocument& after);

  // Whether the object is kept elsewhere than it was: any other is the same octets.
  bool Moved(ObjectId id) const { return moved_.contains(id); }
  const std::set<ObjectId>& moved() const { return moved_; }
  bool ExistedBefore(ObjectId id) const { return before_.contains(id); }
  bool ExistsNow(ObjectId id) const { return now_.contains(id); }
  // One sentence for each entry of the later cross-references that leads back into the octets of
  // the earlier revision, or gives an object in use another generation: that is how objects are
  // hidden before a signature and shown after it.
  const std::vector<std::string>& out_of_place() const { return out_of_place_; }

 private:
  struct Place {
    int stream = 0;      // number of the object stream, 0: none
    int64_t offset = 0;  // in the document, or the index in the stream
    auto operator<=>(const Place&) const = default;
  };
  using Table = std::map<ObjectId, Place>;
  static Table Read(StrictDocument& document);
  void Look(ObjectId id, const Place& place, int64_t end);

  Table before_, now_;
  std::set<int> numbers_before_;
  std::set<ObjectId> moved_;
  std::vector<std::string> out_of_place_;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_OBJECT_TABLE_H_
