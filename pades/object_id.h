// How indirect objects of a PDF are named (ISO 32000-1 7.3.10).
#ifndef ENKRAT_PADES_OBJECT_ID_H_
#define ENKRAT_PADES_OBJECT_ID_H_

#include <compare>

namespace enkrat::pades {

struct ObjectId {
  int number = 0;  // 0: a direct object
  int generation = 0;

  bool direct() const { return number == 0; }
  auto operator<=>(const ObjectId&) const = default;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_OBJECT_ID_H_
