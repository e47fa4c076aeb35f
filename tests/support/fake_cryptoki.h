// A PKCS#11 token in software, inside the test process, that fails when and how it is told to.
//
// It keeps the same promises as a real module (tests/contract runs one suite over it, SoftHSM and
// NSS) until a fault is asked for. EC P-256 and P-384, RSA-PSS, HMAC-SHA-256, AES-GCM; session and
// token objects; users and PINs.
//
//   FakeCryptoki token({.label = "test", .user_pin = "1234"});
//   auto module = Module::FromFunctionList(token.functions(), {}).value();
//   token.FailNth("C_Sign", 2, "CKR_DEVICE_ERROR");
#ifndef ENKRAT_TESTS_SUPPORT_FAKE_CRYPTOKI_H_
#define ENKRAT_TESTS_SUPPORT_FAKE_CRYPTOKI_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct _CK_FUNCTION_LIST;

namespace enkrat::testing {

// One at a time in a process: Cryptoki functions carry no context. Thread-safe, as a module
// initialised with CKF_OS_LOCKING_OK.
class FakeCryptoki {
 public:
  struct Options {
    std::string label = "fake token";
    std::string user_pin = "1234";
    std::string so_pin = "12345678";
    bool initialized = true;  // false: an empty slot for InitializeToken
    std::string manufacturer = "Enkrat tests";
    std::string library_description = "in-process fake";
    bool raw_ec_point = false;  // CKA_EC_POINT without its OCTET STRING
    size_t session_limit = 1000;
  };

  // Ways in which a token breaks its word; all false = an honest one.
  struct Lies {
    bool extractable = false;            // private keys come out CKA_EXTRACTABLE
    bool not_sensitive = false;          // and their value can be read
    bool not_local = false;              // CKA_LOCAL is false, as for an imported key
    bool were_extractable = false;       // CKA_NEVER_EXTRACTABLE is false
    bool stored_in_token = false;        // session keys come out as token objects
    bool destroy_keeps_objects = false;  // C_DestroyObject answers CKR_OK and does nothing
    bool close_keeps_objects = false;    // so does C_CloseSession for the objects of the session
    bool wrong_signatures = false;       // signatures of right length that do not verify
    bool hides_generation_mechanism = false;  // no CKA_KEY_GEN_MECHANISM (allowed by the service)
  };

  explicit FakeCryptoki(Options options);
  FakeCryptoki() : FakeCryptoki(Options{}) {}
  ~FakeCryptoki();

  FakeCryptoki(const FakeCryptoki&) = delete;
  FakeCryptoki& operator=(const FakeCryptoki&) = delete;

  _CK_FUNCTION_LIST* functions();

  // Fault plan, by Cryptoki function and CKR_ name. The nth call from now on (1 = the next) fails
  // once, without doing anything; or every call does until ClearFaults.
  void FailNth(const std::string& call, int nth, const std::string& return_value_name);
  void FailAlways(const std::string& call, const std::string& return_value_name);
  void ClearFaults();
  // Every call answers CKR_DEVICE_REMOVED, C_Initialize and C_Finalize excepted, until it is back.
  // Session objects do not survive it.
  void SetGone(bool gone);
  void SetLies(Lies lies);
  // Runs before the call does anything, on the caller's thread, without locks. For races.
  void OnCall(std::function<void(const std::string& call)> hook);
  // The PIN is another one from now on.
  void ChangePin(const std::string& user_pin);

  // How often a function was called (also when it failed), and all calls in order.
  int CallCount(const std::string& call) const;
  std::vector<std::string> Calls() const;
  void ForgetCalls();

  // What is in the token, whoever may see it.
  size_t SessionObjects() const;
  size_t SessionPrivateKeys() const;
  size_t TokenObjects() const;
  size_t OpenSessions() const;
  // Two threads were seen inside calls with one session handle.
  bool SessionSharedByThreads() const;

 private:
  class Desk;
  struct Functions;
  size_t CountObjects(bool session_objects, bool private_keys_only) const;

  std::unique_ptr<Desk> desk_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_FAKE_CRYPTOKI_H_
