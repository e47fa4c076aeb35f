// The floor: what the token alone needs for one signing session, by raw PKCS#11 calls and nothing
// of ours. The service's speed is stated as a ratio to this (docs/performance.md).
//
// One thread per core, each with a session of its own: a P-256 pair as session objects, three
// CKM_ECDSA signatures, both objects destroyed. Prints {"floor_ops_s":..,"floor_cpu_us":..}.
#include <dlfcn.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "hsm/cryptoki.h"

namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "enkrat_bench_floor: %s\n", why.c_str());
  std::exit(1);
}

void Demand(CK_RV rv, const char* call) {
  if (rv == CKR_OK) return;
  char text[32];
  std::snprintf(text, sizeof(text), "0x%lx", rv);
  Fail(std::string(call) + " answered " + text);
}

CK_FUNCTION_LIST* LoadModule(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) Fail("cannot load the module");
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (get_list == nullptr || get_list(&functions) != CKR_OK) Fail("no PKCS#11 module");
  CK_C_INITIALIZE_ARGS arguments = {};
  arguments.flags = CKF_OS_LOCKING_OK;
  Demand(functions->C_Initialize(&arguments), "C_Initialize");
  return functions;
}

CK_SLOT_ID FindSlot(const CK_FUNCTION_LIST& functions, std::string label) {
  label.resize(32, ' ');
  CK_ULONG count = 64;
  std::vector<CK_SLOT_ID> slots(count);
  Demand(functions.C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
  slots.resize(count);
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info = {};
    Demand(functions.C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
    if (std::memcmp(info.label, label.data(), label.size()) == 0) return slot;
  }
  Fail("no token of that label");
}

CK_SESSION_HANDLE OpenSession(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot) {
  CK_SESSION_HANDLE session = 0;
  Demand(functions.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session),
         "C_OpenSession");
  return session;
}

// One signing session's worth of work.
void DoOne(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
  static CK_BBOOL yes = CK_TRUE;
  static CK_BBOOL no = CK_FALSE;
  static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  CK_ATTRIBUTE public_template[] = {
      {CKA_TOKEN, &no, 1}, {CKA_VERIFY, &yes, 1}, {CKA_EC_PARAMS, p256, sizeof(p256)}};
  CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &no, 1},
                                     {CKA_PRIVATE, &yes, 1},
                                     {CKA_SENSITIVE, &yes, 1},
                                     {CKA_EXTRACTABLE, &no, 1},
                                     {CKA_SIGN, &yes, 1}};
  CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  CK_OBJECT_HANDLE public_key = 0;
  CK_OBJECT_HANDLE private_key = 0;
  Demand(functions.C_GenerateKeyPair(session, &generate, public_template, 3, private_template, 5,
                                     &public_key, &private_key),
         "C_GenerateKeyPair");
  CK_BYTE digest[32] = {1, 2, 3};
  CK_MECHANISM ecdsa = {CKM_ECDSA, nullptr, 0};
  for (int i = 0; i < 3; ++i) {
    CK_BYTE signature[64];
    CK_ULONG size = sizeof(signature);
    Demand(functions.C_SignInit(session, &ecdsa, private_key), "C_SignInit");
    Demand(functions.C_Sign(session, digest, sizeof(digest), signature, &size), "C_Sign");
  }
  Demand(functions.C_DestroyObject(session, private_key), "C_DestroyObject");
  Demand(functions.C_DestroyObject(session, public_key), "C_DestroyObject");
}

double CpuMicroseconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) {
    return 1e6 * static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

std::map<std::string, std::string> ReadArguments(int argc, char** argv) {
  std::map<std::string, std::string> arguments = {{"--seconds", "5"}, {"--threads", "0"}};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--json") {
      arguments[name] = "yes";
    } else if (i + 1 < argc && (name == "--module" || name == "--token" || name == "--pin-file" ||
                                name == "--seconds" || name == "--threads")) {
      arguments[name] = argv[++i];
    } else {
      Fail(
          "usage: --module PATH --token LABEL --pin-file PATH [--seconds N] [--threads N] "
          "[--json]");
    }
  }
  for (const char* needed : {"--module", "--token", "--pin-file"}) {
    if (arguments[needed].empty()) Fail(std::string(needed) + " is missing");
  }
  return arguments;
}

std::string ReadPin(const std::string& path) {
  std::ifstream file(path);
  std::string pin;
  if (!std::getline(file, pin)) Fail("cannot read the PIN file");
  return pin;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> arguments = ReadArguments(argc, argv);
  const CK_FUNCTION_LIST& functions = *LoadModule(arguments["--module"]);
  const CK_SLOT_ID slot = FindSlot(functions, arguments["--token"]);
  const CK_SESSION_HANDLE root = OpenSession(functions, slot);
  std::string pin = ReadPin(arguments["--pin-file"]);
  Demand(functions.C_Login(root, CKU_USER, reinterpret_cast<CK_BYTE*>(pin.data()), pin.size()),
         "C_Login");
  const int wanted = std::atoi(arguments["--threads"].c_str());
  const unsigned threads = wanted > 0 ? static_cast<unsigned>(wanted)
                                      : std::max(1u, std::thread::hardware_concurrency());
  const auto length = std::chrono::duration<double>(std::atof(arguments["--seconds"].c_str()));

  std::vector<CK_SESSION_HANDLE> sessions;
  for (unsigned i = 0; i < threads; ++i) sessions.push_back(OpenSession(functions, slot));
  std::atomic<uint64_t> done = 0;
  const double cpu_before = CpuMicroseconds();
  const auto start = SteadyClock::now();
  std::vector<std::thread> workers;
  for (const CK_SESSION_HANDLE session : sessions) {
    workers.emplace_back([&, session] {
      uint64_t mine = 0;
      for (; SteadyClock::now() - start < length; ++mine) DoOne(functions, session);
      done += mine;
    });
  }
  for (std::thread& worker : workers) worker.join();
  const double elapsed = std::chrono::duration<double>(SteadyClock::now() - start).count();
  const double cpu = CpuMicroseconds() - cpu_before;
  functions.C_Finalize(nullptr);

  const auto operations = static_cast<double>(std::max<uint64_t>(done, 1));
  const char* format = arguments.count("--json") != 0
                           ? "{\"floor_ops_s\":%.1f,\"floor_cpu_us\":%.1f,\"threads\":%u}\n"
                           : "floor: %.1f sessions/s, %.1f us of CPU each, %u threads\n";
  std::printf(format, operations / elapsed, cpu / operations, threads);
  return 0;
}
