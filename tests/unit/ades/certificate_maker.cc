#include "tests/unit/ades/certificate_maker.h"

#include <cstdlib>

#include "common/der.h"

namespace enkrat::ades::testing {
namespace {

using enkrat::testing::SoftwareSigningKey;

void Require(bool condition) {
  if (!condition) std::abort();
}

void AddExtensions(X509* certificate, X509* issuer, const Extensions& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [name, value] : extensions) {
    X509ExtensionPtr extension(X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str()));
    Require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
  }
}

void SetName(X509_NAME* name, const std::string& common_name) {
  const auto add = [name](const char* field, const std::string& text) {
    Require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1);
  };
  add("C", "SI");
  add("O", "Test");
  add("CN", common_name);
}

}  // namespace

Extensions CaExtensions() {
  return {{"basicConstraints", "critical,CA:TRUE"},
          {"keyUsage", "critical,keyCertSign,cRLSign"},
          {"subjectKeyIdentifier", "hash"}};
}

Extensions OneTimeExtensions() {
  return {{"keyUsage", "critical,nonRepudiation"},
          {"2.5.29.56", "DER:0500"},
          {"0.4.0.194121.2.1", "DER:0500"}};
}

Extensions TimestampUnitExtensions() {
  return {{"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "critical,timeStamping"}};
}

X509Ptr Identity::Certificate() const { return ParseCertificate(certificate_der).value(); }

Identity MakeIdentity(const CertificateRequest& request, const Identity* issuer,
                      KeyAlgorithm algorithm) {
  Identity made{.key = SoftwareSigningKey::Generate(algorithm), .certificate_der = {}};
  X509Ptr certificate(X509_new());
  X509Ptr issuer_certificate = issuer == nullptr ? nullptr : issuer->Certificate();
  X509* above = issuer == nullptr ? certificate.get() : issuer_certificate.get();
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), request.serial_number);
  SetName(X509_get_subject_name(certificate.get()), request.common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(above));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(request.not_before));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(request.not_after));
  X509_set_pubkey(certificate.get(), made.key->evp_pkey());
  AddExtensions(certificate.get(), above, request.extensions);
  EVP_PKEY* signing_key = issuer == nullptr ? made.key->evp_pkey() : issuer->key->evp_pkey();
  Require(X509_sign(certificate.get(), signing_key, EVP_sha256()) > 0);
  made.certificate_der = EncodeDer<i2d_X509>(certificate.get()).value();
  return made;
}

TestPki TestPki::Make(KeyAlgorithm signer_algorithm) {
  const absl::Duration years = absl::Hours(24 * 365 * 5);
  TestPki pki;
  pki.root = MakeIdentity({.common_name = "Test Root",
                           .not_before = TestNow() - years,
                           .not_after = TestNow() + years,
                           .extensions = CaExtensions()},
                          nullptr);
  pki.issuing_ca = MakeIdentity({.common_name = "Test Issuing CA",
                                 .serial_number = 2,
                                 .not_before = TestNow() - years,
                                 .not_after = TestNow() + years,
                                 .extensions = CaExtensions()},
                                &pki.root);
  pki.signer = MakeIdentity({.common_name = "Test Signer",
                             .serial_number = 0x1234,
                             .not_before = TestNow() - absl::Minutes(1),
                             .not_after = TestNow() + absl::Minutes(15),
                             .extensions = OneTimeExtensions()},
                            &pki.issuing_ca, signer_algorithm);
  pki.timestamp_unit = MakeIdentity({.common_name = "Test TSU",
                                     .serial_number = 3,
                                     .not_before = TestNow() - years / 5,
                                     .not_after = TestNow() + years / 5,
                                     .extensions = TimestampUnitExtensions()},
                                    &pki.root);
  return pki;
}

}  // namespace enkrat::ades::testing
