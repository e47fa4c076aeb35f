#include "tests/contract/hsm_backends.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "hsm/cryptoki.h"
#include "hsm/token_setup.h"

namespace enkrat::hsm {
namespace {

constexpr char kLabel[] = "contract";
// The token of NSS's key database; its name is part of the library.
constexpr char kNssLabel[] = "NSS Certificate DB";

std::string SetUp(Module& module) {
  return InitializeToken(module,
                         {.label = kLabel, .so_pin = Secret(kSoPin), .user_pin = Secret(kUserPin)})
      .value()
      .label;
}

std::string NssPath() {
  for (const char* path :
       {"/usr/lib/x86_64-linux-gnu/libsoftokn3.so", "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
        "/usr/lib/aarch64-linux-gnu/libsoftokn3.so", "/usr/lib64/libsoftokn3.so"}) {
    if (access(path, R_OK) == 0) return path;
  }
  std::fputs("these tests need NSS: apt-get install libnss3\n", stderr);
  std::abort();
}

void Demand(CK_RV rv, const char* call) {
  if (rv == CKR_OK) return;
  std::fprintf(stderr, "%s answered 0x%lx\n", call, rv);
  std::abort();
}

}  // namespace

std::unique_ptr<Module> FakeBackend::LoadModule() {
  return Module::FromFunctionList(token_.functions(), {}).value();
}
std::string FakeBackend::MakeToken(Module& module) { return SetUp(module); }

std::unique_ptr<Module> SoftHsmBackend::LoadModule() {
  return Module::Load({.path = testing::SoftHsmDirectory::ModulePath()}).value();
}
std::string SoftHsmBackend::MakeToken(Module& module) { return SetUp(module); }

NssBackend::NssBackend() {
  std::string pattern = (std::filesystem::temp_directory_path() / "enkrat-nss-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  directory_ = pattern;
}

NssBackend::~NssBackend() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::unique_ptr<Module> NssBackend::LoadModule() {
  return Module::Load({.path = NssPath(),
                       .init_string = "configdir='sql:" + directory_ +
                                      "' certPrefix='' keyPrefix='' secmod='secmod.db'"})
      .value();
}

// The database is there from the start and counts as initialised once it has a PIN: the security
// officer, whose own is empty until then, sets the user's.
std::string NssBackend::MakeToken(Module& module) {
  const std::vector<TokenInfo> tokens = module.Tokens().value();
  const auto token = std::find_if(tokens.begin(), tokens.end(),
                                  [](const TokenInfo& each) { return each.label == kNssLabel; });
  if (token == tokens.end()) {
    std::fputs("NSS softokn has no key database\n", stderr);
    std::abort();
  }
  const CK_FUNCTION_LIST& functions = module.functions();
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Demand(functions.C_OpenSession(token->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                 &session),
         "C_OpenSession");
  CK_BYTE nothing[] = "";
  Demand(functions.C_Login(session, CKU_SO, nothing, 0), "C_Login");
  const Secret pin(kUserPin);
  Demand(
      functions.C_InitPIN(session, const_cast<CK_BYTE*>(pin.Reveal().data()), pin.Reveal().size()),
      "C_InitPIN");
  functions.C_CloseSession(session);
  return kNssLabel;
}

}  // namespace enkrat::hsm
