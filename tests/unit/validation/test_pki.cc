#include "tests/unit/validation/test_pki.h"

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "common/der.h"

namespace enkrat::validation {
namespace {

using OcspBasicPtr = std::unique_ptr<OCSP_BASICRESP, OpenSslDeleter<OCSP_BASICRESP_free>>;
using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpenSslDeleter<OCSP_RESPONSE_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, OpenSslDeleter<OCSP_CERTID_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, OpenSslDeleter<X509_REVOKED_free>>;

void Require(bool holds) {
  if (!holds) std::abort();
}

Asn1TimePtr TimeOf(absl::Time time) {
  Asn1TimePtr value(ASN1_TIME_set(nullptr, absl::ToTimeT(time)));
  Require(value != nullptr);
  return value;
}
Asn1TimePtr GeneralizedOf(absl::Time time) {
  Asn1TimePtr value(ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(time)));
  Require(value != nullptr);
  return value;
}

X509ExtensionPtr MakeExtension(X509V3_CTX& context, const std::pair<std::string, std::string>& e) {
  X509ExtensionPtr extension(X509V3_EXT_conf(nullptr, &context, e.first.c_str(), e.second.c_str()));
  Require(extension != nullptr);
  return extension;
}

void SetName(X509_NAME* name, const std::string& common_name) {
  Require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.c_str()),
                                     -1, -1, 0) == 1);
}

// With a null issuer: self-signed.
Entity Make(const Entity* issuer, const CertificateSpec& spec) {
  static std::atomic<long> last_serial{1000};
  Entity entity{.key = spec.key ? spec.key : NewEcKey(),
                .certificate = std::shared_ptr<X509>(X509_new(), X509_free)};
  X509* certificate = entity.x509();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), spec.serial.value_or(++last_serial));
  SetName(X509_get_subject_name(certificate), spec.name);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer->x509() : certificate));
  X509_set1_notBefore(certificate, TimeOf(spec.not_before).get());
  X509_set1_notAfter(certificate, TimeOf(spec.not_after).get());
  X509_set_pubkey(certificate, entity.key.get());
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer ? issuer->x509() : certificate, certificate, nullptr, nullptr, 0);
  for (const auto& pair : spec.extensions) {
    if (pair.second.empty()) continue;
    X509_add_ext(certificate, MakeExtension(context, pair).get(), -1);
  }
  EVP_PKEY* signing_key = issuer ? issuer->key.get() : entity.key.get();
  Require(X509_sign(certificate, signing_key, spec.digest) > 0);
  return entity;
}

void AddEntry(X509_CRL* crl, const ASN1_INTEGER* serial, const RevokedEntry& spec) {
  RevokedPtr entry(X509_REVOKED_new());
  X509_REVOKED_set_serialNumber(entry.get(), const_cast<ASN1_INTEGER*>(serial));
  X509_REVOKED_set_revocationDate(entry.get(), TimeOf(spec.at).get());
  if (spec.reason) {
    ASN1_ENUMERATED* reason = ASN1_ENUMERATED_new();
    ASN1_ENUMERATED_set(reason, *spec.reason);
    X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason, 0, 0);
    ASN1_ENUMERATED_free(reason);
  }
  if (spec.invalid_since) {
    X509_REVOKED_add1_ext_i2d(entry.get(), NID_invalidity_date,
                              GeneralizedOf(*spec.invalid_since).get(), 0, 0);
  }
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, nullptr, crl, 0);
  for (const auto& pair : spec.extensions) {
    X509_REVOKED_add_ext(entry.get(), MakeExtension(context, pair).get(), -1);
  }
  X509_CRL_add0_revoked(crl, entry.release());
}

}  // namespace

KeyPtr NewEcKey(const char* curve) { return KeyPtr(EVP_EC_gen(curve), EVP_PKEY_free); }
KeyPtr NewRsaKey(unsigned int bits) { return KeyPtr(EVP_RSA_gen(bits), EVP_PKEY_free); }

Bytes Entity::der() const { return *EncodeDer<i2d_X509>(certificate.get()); }

Extensions CaExtensions(const std::string& constraints) {
  return {{"basicConstraints", constraints},
          {"keyUsage", "critical,keyCertSign,cRLSign"},
          {"subjectKeyIdentifier", "hash"}};
}
Extensions SignerExtensions() {
  return {{"keyUsage", "critical,nonRepudiation"}, {"authorityKeyIdentifier", "keyid"}};
}
Extensions TsuExtensions() {
  return {{"keyUsage", "critical,digitalSignature"},
          {"extendedKeyUsage", "critical,timeStamping"},
          {"authorityKeyIdentifier", "keyid"}};
}
Extensions ResponderExtensions() {
  return {{"keyUsage", "critical,digitalSignature"},
          {"extendedKeyUsage", "OCSPSigning"},
          {"noCheck", "ignored"},
          {"authorityKeyIdentifier", "keyid"}};
}

Extensions With(Extensions extensions, const Extensions& more) {
  for (const auto& pair : more) {
    std::erase_if(extensions, [&](const auto& old) { return old.first == pair.first; });
    extensions.push_back(pair);
  }
  return extensions;
}

Entity MakeRoot(const std::string& name) {
  return MakeSelfSigned({.name = name,
                         .not_before = kNow - absl::Hours(24 * 4000),
                         .not_after = kNow + absl::Hours(24 * 4000),
                         .extensions = CaExtensions()});
}
Entity MakeSelfSigned(const CertificateSpec& spec) { return Make(nullptr, spec); }
Entity Issue(const Entity& issuer, const CertificateSpec& spec) { return Make(&issuer, spec); }
Entity IssueCa(const Entity& issuer, const std::string& name) {
  return Issue(issuer, {.name = name,
                        .not_before = kNow - absl::Hours(24 * 2000),
                        .not_after = kNow + absl::Hours(24 * 2000),
                        .extensions = With(CaExtensions(), {{"authorityKeyIdentifier", "keyid"}})});
}

Bytes MakeCrl(const Entity& issuer, const CrlSpec& spec) {
  X509CrlPtr crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.x509()));
  X509_CRL_set1_lastUpdate(crl.get(), TimeOf(spec.this_update).get());
  if (spec.next_update) X509_CRL_set1_nextUpdate(crl.get(), TimeOf(*spec.next_update).get());
  for (const RevokedEntry& entry : spec.revoked) {
    AddEntry(crl.get(), X509_get0_serialNumber(entry.entity->x509()), entry);
  }
  for (int i = 0; i < spec.filler_entries; ++i) {
    const Asn1IntegerPtr serial(ASN1_INTEGER_new());
    ASN1_INTEGER_set(serial.get(), 100'000'000L + i);
    AddEntry(crl.get(), serial.get(), {});
  }
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer.x509(), nullptr, nullptr, crl.get(), 0);
  for (const auto& pair :
       With({{"authorityKeyIdentifier", "keyid"}, {"crlNumber", "DER:02010c"}}, spec.extensions)) {
    if (pair.second.empty()) continue;
    X509_CRL_add_ext(crl.get(), MakeExtension(context, pair).get(), -1);
  }
  X509_CRL_sort(crl.get());
  Require(X509_CRL_sign(crl.get(), issuer.key.get(), spec.digest) > 0);
  return *EncodeDer<i2d_X509_CRL>(crl.get());
}

Bytes MakeOcsp(const Entity& subject, const Entity& issuer, const OcspSpec& spec) {
  const OcspBasicPtr basic(OCSP_BASICRESP_new());
  const CertIdPtr id(OCSP_cert_to_id(spec.cert_id_digest, subject.x509(), issuer.x509()));
  const Asn1TimePtr this_update = GeneralizedOf(spec.this_update);
  const Asn1TimePtr next_update =
      spec.next_update ? GeneralizedOf(*spec.next_update) : Asn1TimePtr();
  const Asn1TimePtr revoked_at = GeneralizedOf(spec.revoked_at);
  OCSP_SINGLERESP* single =
      OCSP_basic_add1_status(basic.get(), id.get(), spec.status, spec.reason, revoked_at.get(),
                             this_update.get(), next_update.get());
  Require(single != nullptr);
  if (spec.archive_cutoff) {
    OCSP_SINGLERESP_add1_ext_i2d(single, NID_id_pkix_OCSP_archiveCutoff,
                                 GeneralizedOf(*spec.archive_cutoff).get(), 0, 0);
  }
  if (!spec.nonce.empty()) {
    Bytes nonce = spec.nonce;
    OCSP_basic_add1_nonce(basic.get(), nonce.data(), static_cast<int>(nonce.size()));
  }
  // OCSP_basic_sign would write the present time.
  ASN1_GENERALIZEDTIME_set(
      const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic.get())),
      absl::ToTimeT(spec.produced_at));
  const Entity& responder = spec.responder ? *spec.responder : issuer;
  unsigned long flags = OCSP_NOTIME;
  if (spec.by_key) flags |= OCSP_RESPID_KEY;
  if (!spec.embed_responder || spec.responder == nullptr) flags |= OCSP_NOCERTS;
  Require(OCSP_basic_sign(basic.get(), responder.x509(), responder.key.get(), spec.digest, nullptr,
                          flags) == 1);
  const OcspResponsePtr response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return *EncodeDer<i2d_OCSP_RESPONSE>(response.get());
}

}  // namespace enkrat::validation
