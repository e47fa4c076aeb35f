#include "tests/support/test_authority.h"

#include <openssl/rsa.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/random.h"

namespace enkrat::testing {
namespace {

// A fixture that cannot be made is a broken test program.
void Require(bool made) {
  if (!made) std::abort();
}

void SetTime(ASN1_TIME* target, absl::Time time) {
  Require(ASN1_TIME_adj(target, absl::ToTimeT(time), 0, 0) != nullptr);
}

void SetName(X509_NAME* name, const std::string& common_name) {
  Require(X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>("XX"), -1, -1, 0) == 1);
  Require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.c_str()),
                                     -1, -1, 0) == 1);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void AddKeyUsagePeriod(X509* certificate, const CertificateOptions& options) {
  if (!options.key_not_before && !options.key_not_after) return;
  PKEY_USAGE_PERIOD* period = PKEY_USAGE_PERIOD_new();
  if (options.key_not_before) {
    period->notBefore = ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(*options.key_not_before));
  }
  if (options.key_not_after) {
    period->notAfter = ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(*options.key_not_after));
  }
  const int added =
      X509_add1_ext_i2d(certificate, NID_private_key_usage_period, period, 0, X509V3_ADD_DEFAULT);
  PKEY_USAGE_PERIOD_free(period);
  Require(added == 1);
}

std::string BasicConstraints(int path_length) {
  return path_length < 0 ? "critical,CA:TRUE"
                         : absl::StrCat("critical,CA:TRUE,pathlen:", path_length);
}

void AddExtensions(X509* certificate, X509* issuer, const CertificateOptions& options) {
  AddExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  if (options.ca_path_length) {
    AddExtension(certificate, issuer, NID_basic_constraints,
                 BasicConstraints(*options.ca_path_length));
  }
  if (!options.key_usage.empty()) {
    AddExtension(certificate, issuer, NID_key_usage, absl::StrCat("critical,", options.key_usage));
  }
  if (!options.extended_key_usage.empty()) {
    AddExtension(certificate, issuer, NID_ext_key_usage,
                 absl::StrCat(options.extended_key_usage_critical ? "critical," : "",
                              absl::StrJoin(options.extended_key_usage, ",")));
  }
  AddKeyUsagePeriod(certificate, options);
}

void Sign(X509* certificate, const SoftwareSigningKey& key) {
  const KeyAlgorithm algorithm = key.public_key().algorithm();
  EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  Require(EVP_DigestSignInit(context.get(), &key_context, DigestMethod(DefaultDigest(algorithm)),
                             nullptr, key.evp_pkey()) == 1);
  if (!IsEcdsa(algorithm)) {
    Require(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1);
    Require(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  Require(X509_sign_ctx(certificate, context.get()) > 0);
}

// `issuer_der` empty: self-signed, and `issuer_key` null.
TestCertificate Make(const CertificateOptions& options, absl::Time now, const Bytes& issuer_der,
                     const SoftwareSigningKey* issuer_key) {
  TestCertificate made;
  if (options.subject_key == nullptr) made.key = SoftwareSigningKey::Generate(options.algorithm);
  X509Ptr certificate(X509_new());
  X509Ptr issuer = issuer_der.empty() ? nullptr : ParseCertificate(issuer_der).value();
  Require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  Bytes serial = RandomBytes(16);
  serial[0] = static_cast<uint8_t>((serial[0] & 0x3f) | 0x40);
  BnPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  Require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr);
  SetTime(X509_getm_notBefore(certificate.get()),
          options.not_before.value_or(now - absl::Hours(24)));
  SetTime(X509_getm_notAfter(certificate.get()),
          options.not_after.value_or(now + absl::Hours(4 * 365 * 24)));
  SetName(X509_get_subject_name(certificate.get()), options.common_name);
  Require(X509_set_issuer_name(certificate.get(),
                               X509_get_subject_name(issuer ? issuer.get() : certificate.get())));
  EVP_PKEY* subject_key =
      options.subject_key != nullptr ? options.subject_key->evp_pkey() : made.key->evp_pkey();
  Require(X509_set_pubkey(certificate.get(), subject_key) == 1);
  AddExtensions(certificate.get(), issuer ? issuer.get() : certificate.get(), options);
  Sign(certificate.get(), issuer_key != nullptr ? *issuer_key : *made.key);
  made.der = EncodeDer<i2d_X509>(certificate.get()).value();
  return made;
}

CertificateOptions Authority(const TestAuthority::Options& options, absl::string_view role,
                             int path_length) {
  return {.common_name = absl::StrCat(options.name, " ", role),
          .algorithm = options.algorithm,
          .not_before = options.now - absl::Hours(365 * 24),
          .not_after = options.now + absl::Hours(10 * 365 * 24),
          .extended_key_usage = {},
          .key_usage = "keyCertSign,cRLSign",
          .ca_path_length = path_length};
}

}  // namespace

TestAuthority::TestAuthority(Options options)
    : options_(std::move(options)),
      root_(Make(Authority(options_, "root", -1), options_.now, {}, nullptr)),
      issuing_(
          Make(Authority(options_, "issuing CA", 0), options_.now, root_.der, root_.key.get())) {}

TestCertificate TestAuthority::Issue(const CertificateOptions& options) const {
  return Make(options, options_.now, issuing_.der, issuing_.key.get());
}

TestCertificate TestAuthority::IssueByRoot(const CertificateOptions& options) const {
  return Make(options, options_.now, root_.der, root_.key.get());
}

std::vector<Bytes> TestAuthority::ChainOf(const TestCertificate& certificate) const {
  return {certificate.der, issuing_.der, root_.der};
}

}  // namespace enkrat::testing
