// FakeToken's sessions, users and objects.
#include "tests/support/fake_token.h"

#include <algorithm>
#include <cstring>

namespace enkrat::testing {
namespace {

template <size_t kSize>
void Pad(const std::string& text, unsigned char (&field)[kSize]) {
  std::memset(field, ' ', kSize);
  std::memcpy(field, text.data(), std::min(text.size(), kSize));
}

// What a sensitive or unextractable key does not show (PKCS#11 v2.40 table 15).
bool IsSecret(CK_ATTRIBUTE_TYPE type) {
  return type == CKA_VALUE || type == CKA_PRIVATE_EXPONENT || type == CKA_PRIME_1 ||
         type == CKA_PRIME_2;
}

}  // namespace

Bytes AttributeNumber(CK_ULONG number) {
  Bytes octets(sizeof(number));
  std::memcpy(octets.data(), &number, sizeof(number));
  return octets;
}

Bytes AttributeFlag(bool flag) { return {static_cast<uint8_t>(flag ? CK_TRUE : CK_FALSE)}; }

std::map<CK_ATTRIBUTE_TYPE, Bytes> AttributesOf(const CK_ATTRIBUTE* entries, CK_ULONG count) {
  std::map<CK_ATTRIBUTE_TYPE, Bytes> attributes;
  for (CK_ULONG i = 0; i < count; ++i) {
    const auto* octets = static_cast<const uint8_t*>(entries[i].pValue);
    attributes[entries[i].type] = Bytes(octets, octets + entries[i].ulValueLen);
  }
  return attributes;
}

bool FakeObject::Flag(CK_ATTRIBUTE_TYPE type) const {
  const auto found = attributes.find(type);
  return found != attributes.end() && found->second == AttributeFlag(true);
}

CK_RV FakeToken::Initialize(const CK_C_INITIALIZE_ARGS* arguments) {
  if (initialized_) return CKR_CRYPTOKI_ALREADY_INITIALIZED;
  // Stricter than the standard: whoever is going to use threads must say so.
  if (arguments == nullptr || (arguments->flags & CKF_OS_LOCKING_OK) == 0) return CKR_CANT_LOCK;
  initialized_ = true;
  return CKR_OK;
}

CK_RV FakeToken::Finalize() {
  Disconnect();
  initialized_ = false;
  return CKR_OK;
}

CK_RV FakeToken::GetInfo(CK_INFO& info) const {
  info = {};
  info.cryptokiVersion = {2, 40};
  info.libraryVersion = {1, 0};
  Pad(options_.manufacturer, info.manufacturerID);
  Pad(options_.library_description, info.libraryDescription);
  return CKR_OK;
}

CK_RV FakeToken::GetTokenInfo(CK_TOKEN_INFO& info) const {
  info = {};
  Pad(options_.initialized ? options_.label : "", info.label);
  Pad(options_.manufacturer, info.manufacturerID);
  Pad("fake", info.model);
  Pad("0001", info.serialNumber);
  info.flags = CKF_LOGIN_REQUIRED | CKF_RNG;
  if (options_.initialized) info.flags |= CKF_TOKEN_INITIALIZED;
  if (user_pin_set_) info.flags |= CKF_USER_PIN_INITIALIZED;
  return CKR_OK;
}

CK_RV FakeToken::InitToken(const std::string& so_pin, const std::string& label) {
  if (!sessions_.empty()) return CKR_SESSION_EXISTS;
  if (options_.initialized && so_pin != options_.so_pin) return CKR_PIN_INCORRECT;
  objects_.clear();
  options_.initialized = true;
  options_.so_pin = so_pin;
  options_.label = label.substr(0, label.find_last_not_of(' ') + 1);
  user_pin_set_ = false;
  return CKR_OK;
}

CK_RV FakeToken::InitPin(const std::string& user_pin) {
  if (user_ != CKU_SO) return CKR_USER_NOT_LOGGED_IN;
  options_.user_pin = user_pin;
  user_pin_set_ = true;
  return CKR_OK;
}

FakeSession* FakeToken::FindSession(CK_SESSION_HANDLE handle) {
  const auto found = sessions_.find(handle);
  return found == sessions_.end() ? nullptr : &found->second;
}

CK_RV FakeToken::OpenSession(CK_FLAGS flags, CK_SESSION_HANDLE& handle) {
  if ((flags & CKF_SERIAL_SESSION) == 0) return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
  if (sessions_.size() >= options_.session_limit) return CKR_SESSION_COUNT;
  handle = next_handle_++;
  sessions_[handle].read_write = (flags & CKF_RW_SESSION) != 0;
  return CKR_OK;
}

CK_RV FakeToken::CloseSession(CK_SESSION_HANDLE handle) {
  DropSessionObjects(handle);
  sessions_.erase(handle);
  if (sessions_.empty()) LeaveUser();
  return CKR_OK;
}

CK_RV FakeToken::CloseAllSessions() {
  while (!sessions_.empty()) CloseSession(sessions_.begin()->first);
  return CKR_OK;
}

CK_RV FakeToken::GetSessionInfo(const FakeSession& session, CK_SESSION_INFO& info) const {
  info = {};
  info.flags = CKF_SERIAL_SESSION | (session.read_write ? CKF_RW_SESSION : 0UL);
  if (user_ == CKU_SO) {
    info.state = CKS_RW_SO_FUNCTIONS;
  } else if (user_ == CKU_USER) {
    info.state = session.read_write ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
  } else {
    info.state = session.read_write ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
  }
  return CKR_OK;
}

CK_RV FakeToken::Login(CK_USER_TYPE user, const std::string& pin) {
  if (user_ == user) return CKR_USER_ALREADY_LOGGED_IN;
  if (user_.has_value()) return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
  if (user == CKU_USER && !user_pin_set_) return CKR_USER_PIN_NOT_INITIALIZED;
  if (pin != (user == CKU_SO ? options_.so_pin : options_.user_pin)) return CKR_PIN_INCORRECT;
  user_ = user;
  return CKR_OK;
}

CK_RV FakeToken::Logout() {
  if (!user_.has_value()) return CKR_USER_NOT_LOGGED_IN;
  LeaveUser();
  return CKR_OK;
}

void FakeToken::LeaveUser() {
  user_.reset();
  std::erase_if(objects_, [](const auto& entry) {
    return entry.second.session != CK_INVALID_HANDLE && entry.second.Flag(CKA_PRIVATE);
  });
}

void FakeToken::DropSessionObjects(CK_SESSION_HANDLE session) {
  if (lies_.close_keeps_objects) return;
  std::erase_if(objects_, [&](const auto& entry) { return entry.second.session == session; });
}

void FakeToken::Disconnect() {
  sessions_.clear();
  user_.reset();
  std::erase_if(objects_,
                [](const auto& entry) { return entry.second.session != CK_INVALID_HANDLE; });
}

const FakeObject* FakeToken::Visible(CK_OBJECT_HANDLE object) const {
  const auto found = objects_.find(object);
  if (found == objects_.end()) return nullptr;
  if (found->second.Flag(CKA_PRIVATE) && user_ != CKU_USER) return nullptr;
  return &found->second;
}

CK_RV FakeToken::DestroyObject(CK_OBJECT_HANDLE object) {
  if (Visible(object) == nullptr) return CKR_OBJECT_HANDLE_INVALID;
  if (!lies_.destroy_keeps_objects) objects_.erase(object);
  return CKR_OK;
}

CK_RV FakeToken::GetAttributeValue(CK_OBJECT_HANDLE object, CK_ATTRIBUTE* entries,
                                   CK_ULONG count) const {
  const FakeObject* visible = Visible(object);
  if (visible == nullptr) return CKR_OBJECT_HANDLE_INVALID;
  const bool hidden = visible->Flag(CKA_SENSITIVE) || !visible->Flag(CKA_EXTRACTABLE);
  CK_RV answer = CKR_OK;
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_ATTRIBUTE& entry = entries[i];
    const auto found = visible->attributes.find(entry.type);
    const bool missing = found == visible->attributes.end();
    if (missing || (IsSecret(entry.type) && hidden)) {
      answer = missing ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_SENSITIVE;
      entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    } else if (entry.pValue != nullptr && entry.ulValueLen < found->second.size()) {
      answer = CKR_BUFFER_TOO_SMALL;
      entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    } else {
      if (entry.pValue != nullptr) {
        std::memcpy(entry.pValue, found->second.data(), found->second.size());
      }
      entry.ulValueLen = found->second.size();
    }
  }
  return answer;
}

CK_RV FakeToken::FindObjectsInit(FakeSession& session, const CK_ATTRIBUTE* entries,
                                 CK_ULONG count) const {
  if (session.search.has_value()) return CKR_OPERATION_ACTIVE;
  const std::map<CK_ATTRIBUTE_TYPE, Bytes> wanted = AttributesOf(entries, count);
  session.search.emplace();
  for (const auto& [handle, object] : objects_) {
    const auto matches = [&object = object](const auto& attribute) {
      const auto found = object.attributes.find(attribute.first);
      return found != object.attributes.end() && found->second == attribute.second;
    };
    if (Visible(handle) != nullptr && std::all_of(wanted.begin(), wanted.end(), matches)) {
      session.search->push_back(handle);
    }
  }
  return CKR_OK;
}

CK_RV FakeToken::FindObjects(FakeSession& session, CK_OBJECT_HANDLE* objects, CK_ULONG most,
                             CK_ULONG& count) const {
  if (!session.search.has_value()) return CKR_OPERATION_NOT_INITIALIZED;
  for (count = 0; count < most && !session.search->empty(); ++count) {
    objects[count] = session.search->back();
    session.search->pop_back();
  }
  return CKR_OK;
}

CK_RV FakeToken::FindObjectsFinal(FakeSession& session) const {
  if (!session.search.has_value()) return CKR_OPERATION_NOT_INITIALIZED;
  session.search.reset();
  return CKR_OK;
}

}  // namespace enkrat::testing
