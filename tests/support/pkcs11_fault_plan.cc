#include "tests/support/pkcs11_fault_plan.h"

#include <cstdio>
#include <cstdlib>

#include "hsm/ck_status.h"

namespace enkrat::testing {
namespace {

uint64_t ValueOf(const std::string& name) {
  const std::optional<hsm::ReturnValue> rv = hsm::ReturnValueFromName(name);
  if (!rv.has_value()) {
    std::fprintf(stderr, "no PKCS#11 return value is called '%s'\n", name.c_str());
    std::abort();
  }
  return *rv;
}

}  // namespace

void Pkcs11FaultPlan::FailNth(const std::string& call, int nth,
                              const std::string& return_value_name) {
  faults_[call].push_back({.calls_left = nth, .return_value = ValueOf(return_value_name)});
}

void Pkcs11FaultPlan::FailAlways(const std::string& call, const std::string& return_value_name) {
  faults_[call].push_back({.calls_left = 0, .return_value = ValueOf(return_value_name)});
}

uint64_t Pkcs11FaultPlan::Next(const std::string& call) {
  const auto found = faults_.find(call);
  if (found == faults_.end()) return 0;
  uint64_t answer = 0;
  std::vector<Fault> left;
  for (Fault fault : found->second) {
    const bool always = fault.calls_left == 0;
    const bool now = always || --fault.calls_left == 0;
    if (now && answer == 0) answer = fault.return_value;
    if (always || !now) left.push_back(fault);
  }
  found->second = std::move(left);
  return answer;
}

}  // namespace enkrat::testing
