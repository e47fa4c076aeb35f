// The CK_FUNCTION_LIST over FakeToken, and what happens to every call before it gets there: it is
// counted, hooked, and failed as planned.
#include "tests/support/fake_cryptoki.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

#include "common/mutex.h"
#include "tests/support/fake_token.h"
#include "tests/support/pkcs11_fault_plan.h"

namespace enkrat::testing {

// What all calls share. One at a time in a process.
class FakeCryptoki::Desk {
 public:
  explicit Desk(Options options) : token(std::move(options)) {}

  static Desk* current;

  // Runs `act(token)` as `call`, unless the call is planned to fail or its session is unknown.
  template <typename Act>
  CK_RV Serve(const std::string& call, CK_SESSION_HANDLE session, Act act) {
    std::function<void(const std::string&)> hook_now;
    {
      const MutexLock lock(mutex);
      calls.push_back(call);
      if (session != CK_INVALID_HANDLE) {
        const auto [user, first] = users.try_emplace(session, std::this_thread::get_id());
        if (!first && user->second != std::this_thread::get_id()) shared_session = true;
      }
      hook_now = hook;
    }
    if (hook_now) hook_now(call);
    const MutexLock lock(mutex);
    users.erase(session);
    const bool starts_or_ends = call == "C_Initialize" || call == "C_Finalize";
    if (const CK_RV planned = plan.Next(call); planned != CKR_OK) return planned;
    if (!token.initialized() && call != "C_Initialize") return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (gone && !starts_or_ends) return CKR_DEVICE_REMOVED;
    if (session != CK_INVALID_HANDLE && token.FindSession(session) == nullptr) {
      return CKR_SESSION_HANDLE_INVALID;
    }
    return act(token);
  }
  template <typename Act>
  static CK_RV Call(const char* call, CK_SESSION_HANDLE session, Act act) {
    return current == nullptr ? CKR_GENERAL_ERROR : current->Serve(call, session, act);
  }

  mutable Mutex mutex;
  FakeToken token ABSL_GUARDED_BY(mutex);
  Pkcs11FaultPlan plan ABSL_GUARDED_BY(mutex);
  std::function<void(const std::string&)> hook ABSL_GUARDED_BY(mutex);
  std::vector<std::string> calls ABSL_GUARDED_BY(mutex);
  std::map<CK_SESSION_HANDLE, std::thread::id> users ABSL_GUARDED_BY(mutex);
  bool shared_session ABSL_GUARDED_BY(mutex) = false;
  bool gone ABSL_GUARDED_BY(mutex) = false;
};

FakeCryptoki::Desk* FakeCryptoki::Desk::current = nullptr;

// The function list; a struct for the sake of FakeCryptoki's private Desk.
struct FakeCryptoki::Functions {
  static std::string Text(const CK_BYTE* octets, CK_ULONG size) {
    return std::string(reinterpret_cast<const char*>(octets), size);
  }

  static CK_RV Initialize(void* arguments) {
    return Desk::Call("C_Initialize", CK_INVALID_HANDLE, [=](FakeToken& token) {
      return token.Initialize(static_cast<const CK_C_INITIALIZE_ARGS*>(arguments));
    });
  }
  static CK_RV Finalize(void*) {
    return Desk::Call("C_Finalize", CK_INVALID_HANDLE,
                      [](FakeToken& token) { return token.Finalize(); });
  }
  static CK_RV GetInfo(CK_INFO* info) {
    return Desk::Call("C_GetInfo", CK_INVALID_HANDLE,
                      [=](FakeToken& token) { return token.GetInfo(*info); });
  }
  static CK_RV GetSlotList(CK_BBOOL, CK_SLOT_ID* slots, CK_ULONG* count) {
    return Desk::Call("C_GetSlotList", CK_INVALID_HANDLE, [=](FakeToken&) -> CK_RV {
      if (slots != nullptr && *count < 1) return CKR_BUFFER_TOO_SMALL;
      if (slots != nullptr) slots[0] = 0;
      *count = 1;
      return CKR_OK;
    });
  }
  static CK_RV GetTokenInfo(CK_SLOT_ID, CK_TOKEN_INFO* info) {
    return Desk::Call("C_GetTokenInfo", CK_INVALID_HANDLE,
                      [=](FakeToken& token) { return token.GetTokenInfo(*info); });
  }
  static CK_RV InitToken(CK_SLOT_ID, CK_BYTE* pin, CK_ULONG size, CK_BYTE* label) {
    return Desk::Call("C_InitToken", CK_INVALID_HANDLE, [=](FakeToken& token) {
      return token.InitToken(Text(pin, size), Text(label, 32));
    });
  }
  static CK_RV InitPin(CK_SESSION_HANDLE session, CK_BYTE* pin, CK_ULONG size) {
    return Desk::Call("C_InitPIN", session,
                      [=](FakeToken& token) { return token.InitPin(Text(pin, size)); });
  }
  static CK_RV OpenSession(CK_SLOT_ID, CK_FLAGS flags, void*, CK_NOTIFY, CK_SESSION_HANDLE* out) {
    return Desk::Call("C_OpenSession", CK_INVALID_HANDLE,
                      [=](FakeToken& token) { return token.OpenSession(flags, *out); });
  }
  static CK_RV CloseSession(CK_SESSION_HANDLE session) {
    return Desk::Call("C_CloseSession", session,
                      [=](FakeToken& token) { return token.CloseSession(session); });
  }
  static CK_RV CloseAllSessions(CK_SLOT_ID) {
    return Desk::Call("C_CloseAllSessions", CK_INVALID_HANDLE,
                      [](FakeToken& token) { return token.CloseAllSessions(); });
  }
  static CK_RV GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO* info) {
    return Desk::Call("C_GetSessionInfo", session, [=](FakeToken& token) {
      return token.GetSessionInfo(*token.FindSession(session), *info);
    });
  }
  static CK_RV Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE* pin, CK_ULONG size) {
    return Desk::Call("C_Login", session,
                      [=](FakeToken& token) { return token.Login(user, Text(pin, size)); });
  }
  static CK_RV Logout(CK_SESSION_HANDLE session) {
    return Desk::Call("C_Logout", session, [](FakeToken& token) { return token.Logout(); });
  }
  static CK_RV DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    return Desk::Call("C_DestroyObject", session,
                      [=](FakeToken& token) { return token.DestroyObject(object); });
  }
  static CK_RV GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                 CK_ATTRIBUTE* entries, CK_ULONG count) {
    return Desk::Call("C_GetAttributeValue", session, [=](FakeToken& token) {
      return token.GetAttributeValue(object, entries, count);
    });
  }
  static CK_RV FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE* entries, CK_ULONG count) {
    return Desk::Call("C_FindObjectsInit", session, [=](FakeToken& token) {
      return token.FindObjectsInit(*token.FindSession(session), entries, count);
    });
  }
  static CK_RV FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE* objects, CK_ULONG most,
                           CK_ULONG* count) {
    return Desk::Call("C_FindObjects", session, [=](FakeToken& token) {
      return token.FindObjects(*token.FindSession(session), objects, most, *count);
    });
  }
  static CK_RV FindObjectsFinal(CK_SESSION_HANDLE session) {
    return Desk::Call("C_FindObjectsFinal", session, [=](FakeToken& token) {
      return token.FindObjectsFinal(*token.FindSession(session));
    });
  }
  static CK_RV GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism,
                           CK_ATTRIBUTE* entries, CK_ULONG count, CK_OBJECT_HANDLE* key) {
    return Desk::Call("C_GenerateKey", session, [=](FakeToken& token) {
      return token.GenerateKey(session, mechanism->mechanism, entries, count, *key);
    });
  }
  static CK_RV GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism,
                               CK_ATTRIBUTE* public_entries, CK_ULONG public_count,
                               CK_ATTRIBUTE* private_entries, CK_ULONG private_count,
                               CK_OBJECT_HANDLE* public_key, CK_OBJECT_HANDLE* private_key) {
    return Desk::Call("C_GenerateKeyPair", session, [=](FakeToken& token) {
      return token.GenerateKeyPair(session, mechanism->mechanism, public_entries, public_count,
                                   private_entries, private_count, *public_key, *private_key);
    });
  }
  static CK_RV SignInit(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
    return Desk::Call("C_SignInit", session, [=](FakeToken& token) {
      return token.SignInit(*token.FindSession(session), *mechanism, key);
    });
  }
  static CK_RV Sign(CK_SESSION_HANDLE session, CK_BYTE* message, CK_ULONG message_size,
                    CK_BYTE* signature, CK_ULONG* size) {
    return Desk::Call("C_Sign", session, [=](FakeToken& token) {
      return token.Sign(*token.FindSession(session), ByteSpan(message, message_size), signature,
                        *size);
    });
  }

  static CK_RV EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism,
                           CK_OBJECT_HANDLE key) {
    return Desk::Call("C_EncryptInit", session, [=](FakeToken& token) {
      return token.EncryptInit(*token.FindSession(session), *mechanism, key);
    });
  }
  static CK_RV Encrypt(CK_SESSION_HANDLE session, CK_BYTE* plaintext, CK_ULONG plaintext_size,
                       CK_BYTE* text, CK_ULONG* size) {
    return Desk::Call("C_Encrypt", session, [=](FakeToken& token) {
      return token.Encrypt(*token.FindSession(session), ByteSpan(plaintext, plaintext_size), text,
                           *size);
    });
  }
  static CK_RV DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism,
                           CK_OBJECT_HANDLE key) {
    return Desk::Call("C_DecryptInit", session, [=](FakeToken& token) {
      return token.DecryptInit(*token.FindSession(session), *mechanism, key);
    });
  }
  static CK_RV Decrypt(CK_SESSION_HANDLE session, CK_BYTE* text, CK_ULONG text_size,
                       CK_BYTE* plaintext, CK_ULONG* size) {
    return Desk::Call("C_Decrypt", session, [=](FakeToken& token) {
      return token.Decrypt(*token.FindSession(session), ByteSpan(text, text_size), plaintext,
                           *size);
    });
  }

  // What the service does not use stays null: a call to it ends the test at once.
  static CK_FUNCTION_LIST Make() {
    CK_FUNCTION_LIST list = {};
    list.version = {2, 40};
    list.C_Initialize = Initialize;
    list.C_Finalize = Finalize;
    list.C_GetInfo = GetInfo;
    list.C_GetSlotList = GetSlotList;
    list.C_GetTokenInfo = GetTokenInfo;
    list.C_InitToken = InitToken;
    list.C_InitPIN = InitPin;
    list.C_OpenSession = OpenSession;
    list.C_CloseSession = CloseSession;
    list.C_CloseAllSessions = CloseAllSessions;
    list.C_GetSessionInfo = GetSessionInfo;
    list.C_Login = Login;
    list.C_Logout = Logout;
    list.C_DestroyObject = DestroyObject;
    list.C_GetAttributeValue = GetAttributeValue;
    list.C_FindObjectsInit = FindObjectsInit;
    list.C_FindObjects = FindObjects;
    list.C_FindObjectsFinal = FindObjectsFinal;
    list.C_GenerateKey = GenerateKey;
    list.C_GenerateKeyPair = GenerateKeyPair;
    list.C_SignInit = SignInit;
    list.C_Sign = Sign;
    list.C_EncryptInit = EncryptInit;
    list.C_Encrypt = Encrypt;
    list.C_DecryptInit = DecryptInit;
    list.C_Decrypt = Decrypt;
    return list;
  }
};

FakeCryptoki::FakeCryptoki(Options options) : desk_(std::make_unique<Desk>(std::move(options))) {
  if (Desk::current != nullptr) {
    std::fputs("one FakeCryptoki at a time\n", stderr);
    std::abort();
  }
  Desk::current = desk_.get();
}

FakeCryptoki::~FakeCryptoki() { Desk::current = nullptr; }

CK_FUNCTION_LIST* FakeCryptoki::functions() {
  static CK_FUNCTION_LIST list = Functions::Make();
  return &list;
}

void FakeCryptoki::FailNth(const std::string& call, int nth, const std::string& name) {
  const MutexLock lock(desk_->mutex);
  desk_->plan.FailNth(call, nth, name);
}

void FakeCryptoki::FailAlways(const std::string& call, const std::string& name) {
  const MutexLock lock(desk_->mutex);
  desk_->plan.FailAlways(call, name);
}

void FakeCryptoki::ClearFaults() {
  const MutexLock lock(desk_->mutex);
  desk_->plan.Clear();
}

void FakeCryptoki::SetGone(bool gone) {
  const MutexLock lock(desk_->mutex);
  desk_->gone = gone;
  desk_->token.Disconnect();
}

void FakeCryptoki::SetLies(Lies lies) {
  const MutexLock lock(desk_->mutex);
  desk_->token.lies() = lies;
}

void FakeCryptoki::OnCall(std::function<void(const std::string&)> hook) {
  const MutexLock lock(desk_->mutex);
  desk_->hook = std::move(hook);
}

void FakeCryptoki::ChangePin(const std::string& user_pin) {
  const MutexLock lock(desk_->mutex);
  desk_->token.options().user_pin = user_pin;
}

int FakeCryptoki::CallCount(const std::string& call) const {
  const MutexLock lock(desk_->mutex);
  return static_cast<int>(std::count(desk_->calls.begin(), desk_->calls.end(), call));
}

std::vector<std::string> FakeCryptoki::Calls() const {
  const MutexLock lock(desk_->mutex);
  return desk_->calls;
}

void FakeCryptoki::ForgetCalls() {
  const MutexLock lock(desk_->mutex);
  desk_->calls.clear();
}

size_t FakeCryptoki::CountObjects(bool session_objects, bool private_keys_only) const {
  const MutexLock lock(desk_->mutex);
  size_t count = 0;
  for (const auto& [handle, object] : desk_->token.objects()) {
    const bool wanted = (object.session != CK_INVALID_HANDLE) == session_objects;
    if (wanted && (!private_keys_only || object.key != nullptr)) ++count;
  }
  return count;
}

size_t FakeCryptoki::SessionObjects() const { return CountObjects(true, false); }
size_t FakeCryptoki::SessionPrivateKeys() const { return CountObjects(true, true); }
size_t FakeCryptoki::TokenObjects() const { return CountObjects(false, false); }

size_t FakeCryptoki::OpenSessions() const {
  const MutexLock lock(desk_->mutex);
  return desk_->token.sessions();
}

bool FakeCryptoki::SessionSharedByThreads() const {
  const MutexLock lock(desk_->mutex);
  return desk_->shared_session;
}

}  // namespace enkrat::testing
