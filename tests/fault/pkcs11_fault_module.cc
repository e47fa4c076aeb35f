// A PKCS#11 module that stands between a program and a real one and fails when a file says so:
// libenkrat_fault_pkcs11.so.
//
//   ENKRAT_FAULT_MODULE   the real module's path
//   ENKRAT_FAULT_PLAN     the plan's path; no file or an empty one = no faults
//
// The plan is read anew at each call, so that a test can change it while the program runs. A line
// is `<function> <n> <answer>`:
//
//   C_Sign 2 CKR_DEVICE_ERROR               the second C_Sign since the line appeared fails, once
//   C_GenerateKeyPair * CKR_DEVICE_REMOVED  every one fails while the line is there
//   * * CKR_DEVICE_REMOVED                  every call to any function fails: the HSM is gone
//   C_DestroyObject * CKR_OK                pretends to have done it
//   C_Sign 1 KILL                           the process ends there, as by kill -9
//   C_Sign 1 HOLD                           the call waits while the line is there, and is made
//                                           then; the file <plan>.held says that it waits
//
// A call that fails does not reach the real module. A line is known by its text: one that stays
// keeps its count, one that goes and comes back counts anew; what follows a # makes a line another.
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>

#include "hsm/ck_status.h"
#include "hsm/cryptoki.h"

namespace enkrat::testing {
namespace {

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "enkrat_fault_pkcs11: %s\n", why.c_str());
  std::abort();
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One line of the plan.
struct Fault {
  std::string call;
  int calls_left = 0;  // 0 = every call; -1 = spent
  CK_RV answer = CKR_OK;
  bool kill = false;
  bool hold = false;

  static Fault Parse(const std::string& line) {
    std::istringstream words(line);
    std::string count;
    std::string answer;
    Fault fault;
    words >> fault.call >> count >> answer;
    fault.calls_left = count == "*" ? 0 : std::atoi(count.c_str());
    if (count != "*" && fault.calls_left < 1) Stop("not a line of a plan: " + line);
    fault.kill = answer == "KILL";
    fault.hold = answer == "HOLD";
    if (fault.kill || fault.hold) return fault;
    const std::optional<hsm::ReturnValue> rv = hsm::ReturnValueFromName(answer);
    if (!rv.has_value()) Stop("no such answer: " + line);
    fault.answer = *rv;
    return fault;
  }

  // Whether the call is the one that fails.
  bool Hits(const std::string& name) {
    if ((call != "*" && call != name) || calls_left < 0) return false;
    if (calls_left == 0) return true;
    if (--calls_left > 0) return false;
    calls_left = -1;
    return true;
  }
};

class Proxy {
 public:
  static Proxy& Get() {
    static Proxy& proxy = *new Proxy;  // never destroyed: calls may come at exit
    return proxy;
  }

  const CK_FUNCTION_LIST& real() const { return *real_; }

  // What the call answers instead of being made.
  std::optional<CK_RV> Planned(const char* call) {
    std::unique_lock lock(mutex_);
    ReadPlan();
    std::optional<CK_RV> answer;
    std::string held;
    for (auto& [line, fault] : faults_) {
      if (!fault.Hits(call)) continue;
      if (fault.kill) kill(getpid(), SIGKILL);
      if (fault.hold) {
        held = line;
      } else if (!answer.has_value()) {
        answer = fault.answer;
      }
    }
    if (!held.empty()) Hold(held, lock);
    return answer;
  }

 private:
  // Others go on meanwhile.
  void Hold(const std::string& line, std::unique_lock<std::mutex>& lock) {
    std::ofstream(plan_path_ + ".held") << line;
    while (faults_.count(line) > 0) {
      lock.unlock();
      usleep(1000);
      lock.lock();
      ReadPlan();
    }
  }

  Proxy() : plan_path_(Environment("ENKRAT_FAULT_PLAN")) {
    const std::string path = Environment("ENKRAT_FAULT_MODULE");
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) Stop("cannot load ENKRAT_FAULT_MODULE=" + path);
    const auto get_list =
        reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    if (get_list == nullptr || get_list(&real_) != CKR_OK) Stop("no PKCS#11 module: " + path);
  }

  void ReadPlan() {
    std::ifstream file(plan_path_);
    std::ostringstream octets;
    if (file) octets << file.rdbuf();
    if (octets.str() == plan_) return;
    plan_ = octets.str();
    std::map<std::string, Fault> faults;
    std::istringstream lines(plan_);
    for (std::string line; std::getline(lines, line);) {
      if (line.find_first_not_of(" \t") == std::string::npos || line[0] == '#') continue;
      const auto known = faults_.find(line);
      faults.emplace(line, known == faults_.end() ? Fault::Parse(line) : known->second);
    }
    faults_ = std::move(faults);
  }

  const std::string plan_path_;
  CK_FUNCTION_LIST* real_ = nullptr;
  std::mutex mutex_;
  std::string plan_;
  std::map<std::string, Fault> faults_;
};

// The function that stands before the member of the real list.
template <auto kMember, typename Type = decltype(kMember)>
struct Function;
template <auto kMember, typename... Args>
struct Function<kMember, CK_RV (*CK_FUNCTION_LIST::*)(Args...)> {
  static inline const char* name = nullptr;
  static CK_RV Call(Args... args) {
    const std::optional<CK_RV> planned = Proxy::Get().Planned(name);
    return planned.has_value() ? *planned : (Proxy::Get().real().*kMember)(args...);
  }
};

template <auto kMember>
void Stand(CK_FUNCTION_LIST& list, const char* name) {
  Function<kMember>::name = name;
  list.*kMember = Function<kMember>::Call;
}

CK_FUNCTION_LIST MakeList() {
  CK_FUNCTION_LIST list = Proxy::Get().real();
#define ENKRAT_STAND(name) Stand<&CK_FUNCTION_LIST::name>(list, #name)
  ENKRAT_STAND(C_Initialize);
  ENKRAT_STAND(C_Finalize);
  ENKRAT_STAND(C_GetInfo);
  ENKRAT_STAND(C_GetSlotList);
  ENKRAT_STAND(C_GetSlotInfo);
  ENKRAT_STAND(C_GetTokenInfo);
  ENKRAT_STAND(C_InitToken);
  ENKRAT_STAND(C_InitPIN);
  ENKRAT_STAND(C_OpenSession);
  ENKRAT_STAND(C_CloseSession);
  ENKRAT_STAND(C_CloseAllSessions);
  ENKRAT_STAND(C_GetSessionInfo);
  ENKRAT_STAND(C_Login);
  ENKRAT_STAND(C_Logout);
  ENKRAT_STAND(C_CreateObject);
  ENKRAT_STAND(C_DestroyObject);
  ENKRAT_STAND(C_GetAttributeValue);
  ENKRAT_STAND(C_FindObjectsInit);
  ENKRAT_STAND(C_FindObjects);
  ENKRAT_STAND(C_FindObjectsFinal);
  ENKRAT_STAND(C_SignInit);
  ENKRAT_STAND(C_Sign);
  ENKRAT_STAND(C_GenerateKey);
  ENKRAT_STAND(C_GenerateKeyPair);
  ENKRAT_STAND(C_GenerateRandom);
#undef ENKRAT_STAND
  list.C_GetFunctionList = C_GetFunctionList;
  return list;
}

}  // namespace
}  // namespace enkrat::testing

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** out) {
  static CK_FUNCTION_LIST list = enkrat::testing::MakeList();
  *out = &list;
  return CKR_OK;
}
