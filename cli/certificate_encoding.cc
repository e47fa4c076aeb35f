#include "cli/certificate_encoding.h"

#include <openssl/pkcs7.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

using Pkcs7Ptr = std::unique_ptr<PKCS7, OpenSslDeleter<PKCS7_free>>;

absl::StatusOr<Bytes> CertsOnly(const std::vector<Bytes>& chain_der) {
  const Pkcs7Ptr message(PKCS7_new());
  if (message == nullptr || PKCS7_set_type(message.get(), NID_pkcs7_signed) != 1 ||
      PKCS7_content_new(message.get(), NID_pkcs7_data) != 1 ||
      PKCS7_set_detached(message.get(), 1) < 0) {
    return OpenSslError(Reason::kInternal, "cannot make a PKCS#7 message");
  }
  for (const Bytes& der : chain_der) {
    ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificate(der));
    if (PKCS7_add_certificate(message.get(), certificate.get()) != 1) {
      return OpenSslError(Reason::kInternal, "cannot add a certificate to a PKCS#7 message");
    }
  }
  return EncodeDer<i2d_PKCS7>(message.get());
}

}  // namespace

absl::StatusOr<Bytes> EncodeCertificates(const std::vector<Bytes>& chain_der,
                                         const std::string& format) {
  if (chain_der.empty()) return MakeError(Reason::kRequestMalformed, "there is no certificate");
  if (format == "der") return chain_der.front();
  if (format == "p7c") return CertsOnly(chain_der);
  if (format != "pem" && format != "chain") {
    return UsageError(absl::StrCat("--format is pem, der, chain or p7c, not ", format));
  }
  ENKRAT_ASSIGN_OR_RETURN(
      const std::string pem,
      CertificatesToPem(format == "pem" ? std::vector<Bytes>{chain_der.front()} : chain_der));
  return ToBytes(pem);
}

}  // namespace enkrat::cli
