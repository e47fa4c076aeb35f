// Certificates and responses for the tests of cli/: made at run time, signed by keys in software.
#ifndef ENKRAT_TESTS_UNIT_CLI_CERTIFICATES_H_
#define ENKRAT_TESTS_UNIT_CLI_CERTIFICATES_H_

#include <string>

#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "tests/support/software_signing_key.h"

namespace enkrat::cli {

// A self-signed certificate; `timestamping`: with the extended key usage of a TSA, critical.
inline X509Ptr SelfSigned(const testing::SoftwareSigningKey& key, const char* common_name,
                          bool timestamping = false) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 4711);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.evp_pkey());
  if (timestamping) {
    const X509ExtensionPtr usage(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_ext_key_usage, "critical,timeStamping"));
    X509_add_ext(certificate.get(), usage.get(), -1);
  }
  X509_sign(certificate.get(), key.evp_pkey(), EVP_sha256());
  return certificate;
}

inline Bytes DerOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  Bytes octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_CERTIFICATES_H_
