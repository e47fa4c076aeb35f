#include "hsm/module.h"

#include <dlfcn.h>
#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/cryptoki.h"

namespace enkrat::hsm {
namespace {

// More slots than any module has in earnest.
constexpr CK_ULONG kMaxSlots = 4096;

// Counts how often this process's line of ancestors forked since the first module was made:
// pthread_atfork has no argument, so the count has to be global.
std::atomic<uint64_t> fork_generation{0};

void CountForks() {
  static std::once_flag once;
  std::call_once(once,
                 [] { pthread_atfork(nullptr, nullptr, [] { fork_generation.fetch_add(1); }); });
}

// Cryptoki's texts are padded with spaces, not ended with NUL.
template <size_t kSize>
std::string Unpad(const unsigned char (&text)[kSize]) {
  const absl::string_view padded(reinterpret_cast<const char*>(text), kSize);
  return std::string(absl::StripTrailingAsciiWhitespace(padded.substr(0, padded.find('\0'))));
}

std::string VersionText(const CK_VERSION& version) {
  return absl::StrCat(version.major, ".", version.minor);
}

// CK_C_INITIALIZE_ARGS as NSS declares it (nss/lib/util/pkcs11t.h): a member more than the
// standard's.
struct NssInitializeArguments {
  CK_CREATEMUTEX create_mutex;
  CK_DESTROYMUTEX destroy_mutex;
  CK_LOCKMUTEX lock_mutex;
  CK_UNLOCKMUTEX unlock_mutex;
  CK_FLAGS flags;
  char* library_parameters;
  void* reserved;
};

TokenInfo Describe(CK_SLOT_ID slot, const CK_TOKEN_INFO& info) {
  return {.slot = slot,
          .label = Unpad(info.label),
          .manufacturer = Unpad(info.manufacturerID),
          .model = Unpad(info.model),
          .serial = Unpad(info.serialNumber),
          .initialized = (info.flags & CKF_TOKEN_INITIALIZED) != 0,
          .user_pin_initialized = (info.flags & CKF_USER_PIN_INITIALIZED) != 0,
          .login_required = (info.flags & CKF_LOGIN_REQUIRED) != 0};
}

absl::Status CannotLoad(absl::string_view path, absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("cannot load the PKCS#11 module ", path, ": ", why));
}

}  // namespace

Module::Module(CK_FUNCTION_LIST* functions, Options options)
    : functions_(functions), options_(std::move(options)), fork_generation_(fork_generation) {}

absl::StatusOr<std::unique_ptr<Module>> Module::Load(Options options) {
  void* library = dlopen(options.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    return CannotLoad(options.path, why == nullptr ? "dlopen failed" : why);
  }
  const auto get_function_list =
      reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
  if (get_function_list == nullptr) {
    return CannotLoad(options.path, "it exports no C_GetFunctionList");
  }
  CK_FUNCTION_LIST* functions = nullptr;
  ENKRAT_RETURN_IF_ERROR(CkStatus(get_function_list(&functions), "C_GetFunctionList"));
  if (functions == nullptr) return CannotLoad(options.path, "it gives no function list");
  return Start(functions, std::move(options));
}

absl::StatusOr<std::unique_ptr<Module>> Module::FromFunctionList(CK_FUNCTION_LIST* functions,
                                                                 Options options) {
  return Start(functions, std::move(options));
}

absl::StatusOr<std::unique_ptr<Module>> Module::Start(CK_FUNCTION_LIST* functions,
                                                      Options options) {
  CountForks();
  std::unique_ptr<Module> module(new Module(functions, std::move(options)));
  ENKRAT_RETURN_IF_ERROR(module->Initialize());
  ENKRAT_RETURN_IF_ERROR(module->ReadInfo());
  return module;
}

Module::~Module() {
  if (fork_generation_ == fork_generation) Finalize().IgnoreError();
}

absl::Status Module::Initialize() {
  CK_RV rv = CKR_OK;
  if (options_.init_string.empty()) {
    CK_C_INITIALIZE_ARGS arguments = {};
    arguments.flags = CKF_OS_LOCKING_OK;
    rv = functions_->C_Initialize(&arguments);
  } else {
    std::string parameters = options_.init_string;
    NssInitializeArguments arguments = {};
    arguments.flags = CKF_OS_LOCKING_OK;
    arguments.library_parameters = parameters.data();
    rv = functions_->C_Initialize(&arguments);
  }
  if (rv == CKR_CANT_LOCK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    return WithContext(MakeError(Reason::kConfigurationInvalid, DescribeReturnValue(rv)),
                       rv == CKR_CANT_LOCK ? "the module cannot use the system's locks"
                                           : "something else in this process uses the module");
  }
  ENKRAT_RETURN_IF_ERROR(CkStatus(rv, "C_Initialize"));
  initialized_ = true;
  return absl::OkStatus();
}

absl::Status Module::ReadInfo() {
  CK_INFO info = {};
  ENKRAT_RETURN_IF_ERROR(CkStatus(functions().C_GetInfo(&info), "C_GetInfo"));
  info_ = {.path = options_.path,
           .manufacturer = Unpad(info.manufacturerID),
           .description = Unpad(info.libraryDescription),
           .library_version = VersionText(info.libraryVersion),
           .cryptoki_version = VersionText(info.cryptokiVersion)};
  if (options_.quirks.empty()) {
    quirks_ = &DetectQuirks(info_.manufacturer, info_.description);
    return absl::OkStatus();
  }
  ENKRAT_ASSIGN_OR_RETURN(quirks_, QuirksByName(options_.quirks));
  return absl::OkStatus();
}

absl::Status Module::Finalize() {
  if (!initialized_) return absl::OkStatus();
  const CK_RV rv = functions().C_Finalize(nullptr);
  // A library that refuses stays as it is and is asked again by the next attempt.
  initialized_ = rv != CKR_OK && rv != CKR_CRYPTOKI_NOT_INITIALIZED;
  return CkStatus(rv, "C_Finalize");
}

absl::Status Module::Reinitialize() {
  // A library that lost its token may answer anything to C_Finalize; what counts is whether it
  // starts again.
  Finalize().IgnoreError();
  return Initialize();
}

absl::StatusOr<std::vector<TokenInfo>> Module::Tokens() const {
  CK_ULONG count = 0;
  ENKRAT_RETURN_IF_ERROR(
      CkStatus(functions().C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList"));
  if (count > kMaxSlots) return MakeError(Reason::kInternal, "the module claims too many slots");
  count += 8;  // slots may come up in between
  std::vector<CK_SLOT_ID> slots(count);
  ENKRAT_RETURN_IF_ERROR(
      CkStatus(functions().C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList"));
  slots.resize(std::min<size_t>(count, slots.size()));
  std::vector<TokenInfo> tokens;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info = {};
    const CK_RV rv = functions().C_GetTokenInfo(slot, &info);
    if (rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_TOKEN_NOT_RECOGNIZED) continue;
    ENKRAT_RETURN_IF_ERROR(CkStatus(rv, "C_GetTokenInfo"));
    tokens.push_back(Describe(slot, info));
  }
  return tokens;
}

absl::StatusOr<TokenInfo> Module::FindToken(absl::string_view label) const {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<TokenInfo> tokens, Tokens());
  const TokenInfo* found = nullptr;
  for (const TokenInfo& token : tokens) {
    if (!token.initialized || token.label != label) continue;
    if (found != nullptr) {
      return MakeError(Reason::kConfigurationInvalid,
                       absl::StrCat("several tokens are labelled '", label, "'"));
    }
    found = &token;
  }
  if (found == nullptr) {
    return MakeError(Reason::kNotFound, absl::StrCat("no token is labelled '", label, "'"));
  }
  return *found;
}

const CK_FUNCTION_LIST& Module::functions() const {
  if (fork_generation_ != fork_generation) {
    std::fputs("enkrat: a forked child used its parent's PKCS#11 module; stopping it\n", stderr);
    std::abort();
  }
  return *functions_;
}

}  // namespace enkrat::hsm
