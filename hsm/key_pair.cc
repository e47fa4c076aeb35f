#include "hsm/key_pair.h"

#include <openssl/crypto.h>

#include <array>

#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/attribute_list.h"
#include "hsm/ck_status.h"
#include "hsm/token_public_key.h"

namespace enkrat::hsm {
namespace {

CK_MECHANISM_TYPE GenerationMechanism(KeyAlgorithm algorithm) {
  return IsEcdsa(algorithm) ? CKM_EC_KEY_PAIR_GEN : CKM_RSA_PKCS_KEY_PAIR_GEN;
}

CK_MECHANISM_TYPE SignatureMechanism(KeyAlgorithm algorithm) {
  return IsEcdsa(algorithm) ? CKM_ECDSA : CKM_RSA_PKCS_PSS;
}

// The attribute that would give the private key away.
CK_ATTRIBUTE_TYPE SecretAttribute(KeyAlgorithm algorithm) {
  return IsEcdsa(algorithm) ? CKA_VALUE : CKA_PRIVATE_EXPONENT;
}

void AddPublicTemplate(AttributeList& list, const KeyPairSpec& spec) {
  static constexpr std::array<uint8_t, 3> kPublicExponent = {0x01, 0x00, 0x01};
  list.AddBool(CKA_TOKEN, spec.token);
  list.AddBool(CKA_PRIVATE, false);
  list.AddBool(CKA_VERIFY, true);
  list.AddBool(CKA_ENCRYPT, false);
  list.AddBool(CKA_WRAP, false);
  list.AddBool(CKA_VERIFY_RECOVER, false);
  list.AddBool(CKA_DERIVE, false);
  list.AddOctets(CKA_ID, spec.id);
  list.AddText(CKA_LABEL, spec.label);
  if (IsEcdsa(spec.algorithm)) {
    list.AddOctets(CKA_EC_PARAMS, CurveParameters(spec.algorithm));
  } else {
    list.AddNumber(CKA_MODULUS_BITS, ModulusBits(spec.algorithm));
    list.AddOctets(CKA_PUBLIC_EXPONENT, kPublicExponent);
  }
}

void AddPrivateTemplate(AttributeList& list, const KeyPairSpec& spec, const Quirks& quirks,
                        const CK_MECHANISM_TYPE& allowed_mechanism) {
  list.AddBool(CKA_TOKEN, spec.token);
  list.AddBool(CKA_PRIVATE, true);
  list.AddBool(CKA_SENSITIVE, true);
  list.AddBool(CKA_EXTRACTABLE, false);
  list.AddBool(CKA_SIGN, true);
  list.AddBool(CKA_DECRYPT, false);
  list.AddBool(CKA_UNWRAP, false);
  list.AddBool(CKA_SIGN_RECOVER, false);
  list.AddBool(CKA_DERIVE, false);
  list.AddBool(CKA_MODIFIABLE, false);
  if (quirks.copyable_in_template) list.AddBool(CKA_COPYABLE, false);
  if (quirks.allowed_mechanisms_in_template) {
    list.AddOctets(
        CKA_ALLOWED_MECHANISMS,
        ByteSpan(reinterpret_cast<const uint8_t*>(&allowed_mechanism), sizeof(allowed_mechanism)));
  }
  list.AddOctets(CKA_ID, spec.id);
  list.AddText(CKA_LABEL, spec.label);
}

// Where a token's answer about a private key lands. The secret value comes last: a module that
// stops at the first refusal has filled in everything else by then.
struct Reading {
  static constexpr std::array<CK_ATTRIBUTE_TYPE, 8> kFlags = {
      CKA_TOKEN,       CKA_PRIVATE,           CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE,
      CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL,     CKA_SIGN};
  static constexpr size_t kMechanism = kFlags.size();
  static constexpr size_t kSecret = kMechanism + 1;

  std::array<CK_BBOOL, kFlags.size()> flags{};
  CK_MECHANISM_TYPE mechanism = 0;
  std::array<uint8_t, 1024> secret{};
  std::array<CK_ATTRIBUTE, kSecret + 1> entries{};

  explicit Reading(CK_ATTRIBUTE_TYPE secret_attribute) {
    for (size_t i = 0; i < kFlags.size(); ++i) entries[i] = {kFlags[i], &flags[i], 1};
    entries[kMechanism] = {CKA_KEY_GEN_MECHANISM, &mechanism, sizeof(mechanism)};
    entries[kSecret] = {secret_attribute, secret.data(), secret.size()};
  }
  ~Reading() { OPENSSL_cleanse(secret.data(), secret.size()); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool FlagsGiven() const {
    for (size_t i = 0; i < kFlags.size(); ++i) {
      if (entries[i].ulValueLen != 1) return false;
    }
    return true;
  }
  bool SecretWithheld() const { return entries[kSecret].ulValueLen == CK_UNAVAILABLE_INFORMATION; }

  // A flag the token did not give keeps the value that breaks the promise.
  void CopyFlagsTo(KeyAttributes& out) const {
    const std::array<bool*, kFlags.size()> targets = {
        &out.token,       &out.is_private,        &out.sensitive, &out.always_sensitive,
        &out.extractable, &out.never_extractable, &out.local,     &out.sign};
    for (size_t i = 0; i < kFlags.size(); ++i) {
      if (entries[i].ulValueLen == 1) *targets[i] = flags[i] != CK_FALSE;
    }
  }

  void CopyTo(KeyAttributes& out, KeyAlgorithm algorithm) const {
    CopyFlagsTo(out);
    const bool given = entries[kMechanism].ulValueLen == sizeof(mechanism);
    const bool as_asked = given && mechanism == GenerationMechanism(algorithm);
    out.generation_mechanism_acceptable = !given || as_asked;
    out.generation_mechanism = !given               ? "unknown"
                               : !as_asked          ? "another"
                               : IsEcdsa(algorithm) ? "CKM_EC_KEY_PAIR_GEN"
                                                    : "CKM_RSA_PKCS_KEY_PAIR_GEN";
  }
};

// Partial answers: the other entries of the template are filled in (PKCS#11 v2.40
// C_GetAttributeValue).
bool IsPartial(CK_RV rv) {
  return rv == CKR_OK || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID;
}

}  // namespace

absl::StatusOr<KeyPairHandles> GenerateKeyPair(Session& session, const KeyPairSpec& spec) {
  CK_MECHANISM mechanism = {GenerationMechanism(spec.algorithm), nullptr, 0};
  const CK_MECHANISM_TYPE allowed = SignatureMechanism(spec.algorithm);
  AttributeList public_list;
  AddPublicTemplate(public_list, spec);
  AttributeList private_list;
  AddPrivateTemplate(private_list, spec, session.quirks(), allowed);
  KeyPairHandles handles;
  ENKRAT_RETURN_IF_ERROR(session.Check(
      session.functions().C_GenerateKeyPair(
          session.handle(), &mechanism, public_list.entries(), public_list.size(),
          private_list.entries(), private_list.size(), &handles.public_key, &handles.private_key),
      "C_GenerateKeyPair"));
  return handles;
}

absl::StatusOr<KeyAttributes> ReadKeyAttributes(Session& session, CK_OBJECT_HANDLE private_key,
                                                KeyAlgorithm algorithm) {
  const auto get = [&](CK_ATTRIBUTE* entries, CK_ULONG count) {
    return session.functions().C_GetAttributeValue(session.handle(), private_key, entries, count);
  };
  Reading all(SecretAttribute(algorithm));
  CK_RV secret_rv = get(all.entries.data(), all.entries.size());
  if (!IsPartial(secret_rv)) return session.Check(secret_rv, "C_GetAttributeValue");
  KeyAttributes attributes;
  all.CopyTo(attributes, algorithm);
  if (!all.FlagsGiven()) {
    // A module that leaves the whole template empty at a refusal is asked for the flags alone.
    Reading flags(SecretAttribute(algorithm));
    const CK_RV rv = get(flags.entries.data(), Reading::kFlags.size());
    if (!IsPartial(rv)) return session.Check(rv, "C_GetAttributeValue");
    flags.CopyFlagsTo(attributes);
  }
  bool refused = secret_rv != CKR_OK && all.SecretWithheld();
  if (refused && secret_rv != CKR_ATTRIBUTE_SENSITIVE) {
    // Something else in the template was refused: ask for the secret alone to know what it answers.
    Reading secret(SecretAttribute(algorithm));
    secret_rv = get(&secret.entries[Reading::kSecret], 1);
    if (!IsPartial(secret_rv)) return session.Check(secret_rv, "C_GetAttributeValue");
    refused = secret_rv != CKR_OK;
  }
  attributes.value_read_refused = refused;
  attributes.value_read_result = std::string(ReturnValueName(secret_rv));
  return attributes;
}

absl::StatusOr<PublicKey> ReadPublicKey(Session& session, CK_OBJECT_HANDLE public_key,
                                        KeyAlgorithm algorithm) {
  std::array<uint8_t, 1024> first{};
  std::array<uint8_t, 16> exponent{};
  std::array<CK_ATTRIBUTE, 2> entries = {
      CK_ATTRIBUTE{IsEcdsa(algorithm) ? CKA_EC_POINT : CKA_MODULUS, first.data(), first.size()},
      CK_ATTRIBUTE{CKA_PUBLIC_EXPONENT, exponent.data(), exponent.size()}};
  const CK_ULONG count = IsEcdsa(algorithm) ? 1 : 2;
  ENKRAT_RETURN_IF_ERROR(session.Check(
      session.functions().C_GetAttributeValue(session.handle(), public_key, entries.data(), count),
      "C_GetAttributeValue"));
  if (entries[0].ulValueLen > first.size() || entries[1].ulValueLen > exponent.size()) {
    return MakeError(Reason::kInternal, "the token's public key is longer than any it can be");
  }
  const ByteSpan value(first.data(), entries[0].ulValueLen);
  if (IsEcdsa(algorithm)) return PublicKeyFromPoint(algorithm, value);
  return PublicKeyFromModulus(algorithm, value, ByteSpan(exponent.data(), entries[1].ulValueLen));
}

absl::StatusOr<KeyAlgorithm> ReadKeyAlgorithm(Session& session, CK_OBJECT_HANDLE public_key) {
  const auto get = [&](CK_ATTRIBUTE entry) -> absl::StatusOr<CK_ULONG> {
    ENKRAT_RETURN_IF_ERROR(session.Check(
        session.functions().C_GetAttributeValue(session.handle(), public_key, &entry, 1),
        "C_GetAttributeValue"));
    return entry.ulValueLen;
  };
  CK_KEY_TYPE type = 0;
  std::array<uint8_t, 1024> value{};
  ENKRAT_RETURN_IF_ERROR(get({CKA_KEY_TYPE, &type, sizeof(type)}).status());
  if (type == CKK_EC) {
    ENKRAT_ASSIGN_OR_RETURN(const CK_ULONG size, get({CKA_EC_PARAMS, value.data(), value.size()}));
    for (const KeyAlgorithm algorithm : {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384}) {
      if (ByteSpan(value.data(), size) == CurveParameters(algorithm)) return algorithm;
    }
  } else if (type == CKK_RSA) {
    ENKRAT_ASSIGN_OR_RETURN(const CK_ULONG size, get({CKA_MODULUS, value.data(), value.size()}));
    for (const KeyAlgorithm algorithm : {KeyAlgorithm::kRsaPss3072, KeyAlgorithm::kRsaPss4096}) {
      if (size == ModulusBits(algorithm) / 8) return algorithm;
    }
  }
  return MakeError(Reason::kConfigurationInvalid,
                   "a key of the token has an algorithm that the service does not use");
}

}  // namespace enkrat::hsm
