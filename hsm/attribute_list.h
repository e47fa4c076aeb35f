// A CK_ATTRIBUTE template under construction, without allocations. Internal to hsm/.
#ifndef ENKRAT_HSM_ATTRIBUTE_LIST_H_
#define ENKRAT_HSM_ATTRIBUTE_LIST_H_

#include <array>
#include <cstddef>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "hsm/cryptoki.h"

namespace enkrat::hsm {

// Octets that are added stay the caller's and outlive the list. Not copyable: entries point into
// it.
class AttributeList {
 public:
  AttributeList() = default;
  AttributeList(const AttributeList&) = delete;
  AttributeList& operator=(const AttributeList&) = delete;

  void AddBool(CK_ATTRIBUTE_TYPE type, bool flag) {
    static constexpr CK_BBOOL kTrue = CK_TRUE;
    static constexpr CK_BBOOL kFalse = CK_FALSE;
    Add(type, flag ? &kTrue : &kFalse, sizeof(CK_BBOOL));
  }
  void AddNumber(CK_ATTRIBUTE_TYPE type, CK_ULONG number) {
    numbers_[size_] = number;
    Add(type, &numbers_[size_], sizeof(CK_ULONG));
  }
  void AddOctets(CK_ATTRIBUTE_TYPE type, ByteSpan octets) {
    Add(type, octets.data(), octets.size());
  }
  void AddText(CK_ATTRIBUTE_TYPE type, absl::string_view text) {
    Add(type, text.data(), text.size());
  }

  CK_ATTRIBUTE* entries() { return entries_.data(); }
  CK_ULONG size() const { return size_; }

 private:
  void Add(CK_ATTRIBUTE_TYPE type, const void* octets, size_t size) {
    if (size_ == kCapacity) std::abort();  // a template of ours is longer than any we know
    // Cryptoki's type is not const, but a template is input only (PKCS#11 v2.40 section 2).
    entries_[size_++] = {type, const_cast<void*>(octets), size};
  }

  static constexpr size_t kCapacity = 24;
  std::array<CK_ATTRIBUTE, kCapacity> entries_{};
  std::array<CK_ULONG, kCapacity> numbers_{};
  size_t size_ = 0;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_ATTRIBUTE_LIST_H_
