// What FakeCryptoki's functions act on: slots, sessions, users, objects and keys of one token in
// software. See fake_cryptoki.h.
#ifndef ENKRAT_TESTS_SUPPORT_FAKE_TOKEN_H_
#define ENKRAT_TESTS_SUPPORT_FAKE_TOKEN_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "hsm/cryptoki.h"
#include "tests/support/fake_cryptoki.h"

namespace enkrat::testing {

struct FakeObject {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;  // CK_INVALID_HANDLE for a token object
  std::map<CK_ATTRIBUTE_TYPE, Bytes> attributes;
  EvpPkeyPtr key;  // of a private key

  bool Flag(CK_ATTRIBUTE_TYPE type) const;
};

struct FakeSession {
  bool read_write = false;
  // A C_FindObjects in progress, last first.
  std::optional<std::vector<CK_OBJECT_HANDLE>> search;
  // A C_Sign in progress.
  struct Signing {
    CK_OBJECT_HANDLE key;
    CK_MECHANISM_TYPE mechanism;
    CK_RSA_PKCS_PSS_PARAMS pss;
  };
  std::optional<Signing> signing;
  // A C_Encrypt or C_Decrypt in progress.
  struct Ciphering {
    CK_OBJECT_HANDLE key;
    Bytes nonce;
    Bytes associated;
  };
  std::optional<Ciphering> encrypting;
  std::optional<Ciphering> decrypting;
};

// Every member answers as the Cryptoki function of its name, of which it has the arguments that
// matter. Not thread-safe: FakeCryptoki locks.
class FakeToken {
 public:
  explicit FakeToken(FakeCryptoki::Options options) : options_(std::move(options)) {}

  CK_RV Initialize(const CK_C_INITIALIZE_ARGS* arguments);
  CK_RV Finalize();
  CK_RV GetInfo(CK_INFO& info) const;
  CK_RV GetTokenInfo(CK_TOKEN_INFO& info) const;
  CK_RV InitToken(const std::string& so_pin, const std::string& label);
  CK_RV InitPin(const std::string& user_pin);
  CK_RV OpenSession(CK_FLAGS flags, CK_SESSION_HANDLE& handle);
  CK_RV CloseSession(CK_SESSION_HANDLE handle);
  CK_RV CloseAllSessions();
  CK_RV GetSessionInfo(const FakeSession& session, CK_SESSION_INFO& info) const;
  CK_RV Login(CK_USER_TYPE user, const std::string& pin);
  CK_RV Logout();
  CK_RV DestroyObject(CK_OBJECT_HANDLE object);
  CK_RV GetAttributeValue(CK_OBJECT_HANDLE object, CK_ATTRIBUTE* entries, CK_ULONG count) const;
  CK_RV FindObjectsInit(FakeSession& session, const CK_ATTRIBUTE* entries, CK_ULONG count) const;
  CK_RV FindObjects(FakeSession& session, CK_OBJECT_HANDLE* objects, CK_ULONG most,
                    CK_ULONG& count) const;
  CK_RV FindObjectsFinal(FakeSession& session) const;
  CK_RV GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                    const CK_ATTRIBUTE* entries, CK_ULONG count, CK_OBJECT_HANDLE& key);
  CK_RV GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                        const CK_ATTRIBUTE* public_entries, CK_ULONG public_count,
                        const CK_ATTRIBUTE* private_entries, CK_ULONG private_count,
                        CK_OBJECT_HANDLE& public_key, CK_OBJECT_HANDLE& private_key);
  CK_RV SignInit(FakeSession& session, const CK_MECHANISM& mechanism, CK_OBJECT_HANDLE key) const;
  CK_RV Sign(FakeSession& session, ByteSpan message, CK_BYTE* signature, CK_ULONG& size) const;
  CK_RV EncryptInit(FakeSession& session, const CK_MECHANISM& mechanism,
                    CK_OBJECT_HANDLE key) const;
  CK_RV Encrypt(FakeSession& session, ByteSpan plaintext, CK_BYTE* text, CK_ULONG& size) const;
  CK_RV DecryptInit(FakeSession& session, const CK_MECHANISM& mechanism,
                    CK_OBJECT_HANDLE key) const;
  CK_RV Decrypt(FakeSession& session, ByteSpan text, CK_BYTE* plaintext, CK_ULONG& size) const;

  // The connection breaks: no session and no session object survives it.
  void Disconnect();
  FakeSession* FindSession(CK_SESSION_HANDLE handle);
  bool initialized() const { return initialized_; }
  const std::map<CK_OBJECT_HANDLE, FakeObject>& objects() const { return objects_; }
  size_t sessions() const { return sessions_.size(); }
  FakeCryptoki::Options& options() { return options_; }
  FakeCryptoki::Lies& lies() { return lies_; }

 private:
  const FakeObject* Visible(CK_OBJECT_HANDLE object) const;
  CK_RV CheckMayCreate(CK_SESSION_HANDLE session, const FakeObject& object);
  CK_OBJECT_HANDLE Store(CK_SESSION_HANDLE session, FakeObject object);
  void ApplyLies(FakeObject& private_key) const;
  void DropSessionObjects(CK_SESSION_HANDLE session);
  void LeaveUser();

  FakeCryptoki::Options options_;
  FakeCryptoki::Lies lies_;
  bool initialized_ = false;
  bool user_pin_set_ = options_.initialized;
  std::optional<CK_USER_TYPE> user_;
  std::map<CK_SESSION_HANDLE, FakeSession> sessions_;
  std::map<CK_OBJECT_HANDLE, FakeObject> objects_;
  CK_ULONG next_handle_ = 1;
};

// The octets of a number and of a flag as an attribute's value.
Bytes AttributeNumber(CK_ULONG number);
Bytes AttributeFlag(bool flag);
std::map<CK_ATTRIBUTE_TYPE, Bytes> AttributesOf(const CK_ATTRIBUTE* entries, CK_ULONG count);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_FAKE_TOKEN_H_
