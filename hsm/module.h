// The PKCS#11 library of the process: loaded once, initialised with native locking, finalised by
// its owner.
//
// One Module a process, made in main, outliving every pool. The shared object is never dlclose'd:
// vendor libraries leave threads and static destructors behind. A forked child that touches the
// module is aborted (PKCS#11 v2.40 general usage 6.6.1: a child must not use its parent's
// Cryptoki; with SoftHSM it could even sign with the parent's keys).
#ifndef ENKRAT_HSM_MODULE_H_
#define ENKRAT_HSM_MODULE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hsm/quirks.h"

// The cryptoki header stays inside hsm/*.cc; this is its CK_FUNCTION_LIST.
struct _CK_FUNCTION_LIST;

namespace enkrat::hsm {

using SlotId = uint64_t;

// What C_GetInfo says, for reports. It is the library's own word.
struct ModuleInfo {
  std::string path;  // empty for an in-process function list
  std::string manufacturer;
  std::string description;
  std::string library_version;   // "2.6"
  std::string cryptoki_version;  // "2.40"
};

// What C_GetSlotInfo and C_GetTokenInfo say about a slot with a token in it.
struct TokenInfo {
  SlotId slot = 0;
  std::string label;
  std::string manufacturer;
  std::string model;
  std::string serial;
  bool initialized = false;
  bool user_pin_initialized = false;
  bool login_required = false;
};

class Module {
 public:
  struct Options {
    std::string path = {};  // of the shared object
    // Handed over as NSS's LibraryParameters, such as "configdir='sql:/var/lib/x'"; empty for all
    // others.
    std::string init_string = {};
    // Name of a Quirks entry; empty = detect.
    std::string quirks = {};
  };

  // Loads and initialises. kConfigurationInvalid if it is no PKCS#11 library, wants no native
  // locking, or is already initialised in this process; the CK_RV's reason otherwise.
  static absl::StatusOr<std::unique_ptr<Module>> Load(Options options);
  // The same over a library that is linked in (fakes in tests). `functions` outlives the module.
  static absl::StatusOr<std::unique_ptr<Module>> FromFunctionList(_CK_FUNCTION_LIST* functions,
                                                                  Options options);
  // Finalises unless that was done.
  ~Module();

  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // C_Finalize: every session object, one-time keys among them, is gone afterwards. No other
  // thread may be inside the module. Idempotent.
  absl::Status Finalize();
  // C_Finalize (whatever it answers) and C_Initialize again. No lease may be out.
  absl::Status Reinitialize();

  const ModuleInfo& info() const { return info_; }
  const Quirks& quirks() const { return *quirks_; }

  // Every slot that holds a token, initialised or not.
  absl::StatusOr<std::vector<TokenInfo>> Tokens() const;
  // The one initialised token of this label: kNotFound if there is none, kConfigurationInvalid if
  // there are several.
  absl::StatusOr<TokenInfo> FindToken(absl::string_view label) const;

  // For hsm/ only. Aborts in a forked child.
  const _CK_FUNCTION_LIST& functions() const;
  // Pools that share this module: with more than one, no pool may finalise it.
  std::atomic<int>& pools() { return pools_; }

 private:
  Module(_CK_FUNCTION_LIST* functions, Options options);
  static absl::StatusOr<std::unique_ptr<Module>> Start(_CK_FUNCTION_LIST* functions,
                                                       Options options);
  absl::Status Initialize();
  absl::Status ReadInfo();

  _CK_FUNCTION_LIST* const functions_;
  const Options options_;
  const uint64_t fork_generation_;
  const Quirks* quirks_ = nullptr;
  ModuleInfo info_;
  bool initialized_ = false;
  std::atomic<int> pools_ = 0;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_MODULE_H_
