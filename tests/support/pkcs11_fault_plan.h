// Which call to a PKCS#11 module fails next, and with what: "on the nth C_X answer CKR_Y".
#ifndef ENKRAT_TESTS_SUPPORT_PKCS11_FAULT_PLAN_H_
#define ENKRAT_TESTS_SUPPORT_PKCS11_FAULT_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace enkrat::testing {

// Not thread-safe: its owner locks. Unknown CKR_ names end the process: a test that asks for them
// is wrong.
class Pkcs11FaultPlan {
 public:
  // The nth call from now on (1 = the next) fails, once.
  void FailNth(const std::string& call, int nth, const std::string& return_value_name);
  // Every call fails until Clear.
  void FailAlways(const std::string& call, const std::string& return_value_name);
  void Clear() { faults_.clear(); }

  // To be asked once for every call: what it answers instead of doing anything; 0 (CKR_OK) if it is
  // not to fail.
  uint64_t Next(const std::string& call);

 private:
  struct Fault {
    int calls_left = 0;  // 0 = every call
    uint64_t return_value = 0;
  };
  std::map<std::string, std::vector<Fault>> faults_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_PKCS11_FAULT_PLAN_H_
