// About how many objects a parser makes of octets: each takes a hundred octets or more, and may
// have taken two in the document.
#ifndef ENKRAT_PADES_TOKEN_COUNT_H_
#define ENKRAT_PADES_TOKEN_COUNT_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace enkrat::pades {

// Counts numbers, names, strings, words, arrays and dictionaries as they begin; what stands in a
// string counts as well. Octets may come in pieces.
class TokenCount {
 public:
  void Add(absl::string_view octets) {
    for (const char octet : octets) {
      const bool opens = octet == '[' || octet == '<' || octet == '(' || octet == '/';
      const bool ends = octet == ']' || octet == '>' || octet == ')' || octet == ' ' ||
                        (octet >= '\t' && octet <= '\r') || octet == '\0';
      count_ += opens || (!ends && between_) ? 1 : 0;
      between_ = opens || ends;
    }
  }
  // What comes next does not follow on what came last.
  void Pause() { between_ = true; }
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
  bool between_ = true;
};

// Of one document at once, in its object streams and besides.
inline constexpr uint64_t kMostTokens = 2'000'000;

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_TOKEN_COUNT_H_
