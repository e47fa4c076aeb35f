// The indirect objects that an incremental update adds to a PDF or replaces in it (ISO 32000-1
// 7.5.6).
#ifndef ENKRAT_PADES_UPDATE_OBJECTS_H_
#define ENKRAT_PADES_UPDATE_OBJECTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::pades {

// Not thread-safe.
class UpdateObjects {
 public:
  // `first_free` is the /Size of the document's trailer.
  explicit UpdateObjects(int first_free) : next_(first_free) {}

  // A number that no object has yet.
  int Reserve() { return next_++; }
  // The object between "n g obj" and "endobj", such as "<< /Type /Annot >>". Replaces an earlier
  // one.
  void Set(int number, std::string body, int generation = 0) {
    objects_[number] = {std::move(body), generation};
  }
  int Add(std::string body) {
    const int number = Reserve();
    Set(number, std::move(body));
    return number;
  }
  // A stream; `entries` is what its dictionary holds besides /Length, such as "/Type /XObject".
  int AddStream(absl::string_view entries, ByteSpan octets);

  struct Object {
    std::string body;
    int generation = 0;
  };
  const std::map<int, Object>& objects() const { return objects_; }
  int size() const { return next_; }  // /Size of the new trailer

 private:
  int next_;
  std::map<int, Object> objects_;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_UPDATE_OBJECTS_H_
