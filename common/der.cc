#include "common/der.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "common/status_macros.h"

namespace enkrat {

absl::StatusOr<X509Ptr> ParseCertificate(ByteSpan certificate_der) {
  return DecodeDer<X509Ptr, d2i_X509>(certificate_der);
}

std::string CertificateToPem(ByteSpan certificate_der) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), PEM_STRING_X509, "", certificate_der.data(),
                static_cast<long>(certificate_der.size()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

absl::StatusOr<std::vector<Bytes>> CertificatesFromPem(absl::string_view pem) {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Bytes> certificates;
  while (true) {
    X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    ENKRAT_ASSIGN_OR_RETURN(Bytes der, EncodeDer<i2d_X509>(certificate.get()));
    certificates.push_back(std::move(der));
  }
  const unsigned long last = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
  if (!at_end) return OpenSslError(Reason::kRequestMalformed, "broken certificate in PEM text");
  DrainOpenSslErrors();
  if (certificates.empty())
    return MakeError(Reason::kRequestMalformed, "no certificate in PEM text");
  return certificates;
}

}  // namespace enkrat
