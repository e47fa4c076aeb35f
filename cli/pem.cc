#include "cli/pem.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxCertificates = 64;

std::string Contents(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return std::string(text, static_cast<size_t>(size));
}

absl::StatusOr<X509Ptr> Parse(ByteSpan der) {
  const uint8_t* cursor = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate == nullptr || cursor != der.data() + der.size()) {
    return OpenSslError(Reason::kRequestMalformed, "reading a certificate");
  }
  return certificate;
}

// `der` was allocated by OpenSSL's i2d functions.
Bytes Taken(uint8_t* der, int size) {
  Bytes octets(der, der + (size > 0 ? size : 0));
  OPENSSL_free(der);
  return octets;
}

Bytes Encode(X509* certificate) {
  uint8_t* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  return Taken(der, size);
}

}  // namespace

absl::StatusOr<std::string> CertificatesToPem(const std::vector<Bytes>& certificates_der) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  for (const Bytes& der : certificates_der) {
    ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, Parse(der));
    if (PEM_write_bio_X509(bio.get(), certificate.get()) != 1) {
      return OpenSslError(Reason::kInternal, "writing a certificate as PEM");
    }
  }
  return Contents(bio.get());
}

absl::StatusOr<std::vector<Bytes>> CertificatesFromPem(ByteSpan pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Bytes> certificates;
  while (true) {
    const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    if (certificates.size() == kMaxCertificates) {
      return MakeError(Reason::kLimitExceeded, "more than 64 certificates in one file");
    }
    certificates.push_back(Encode(certificate.get()));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (certificates.empty() || !at_end) {
    return OpenSslError(Reason::kRequestMalformed, "reading PEM certificates");
  }
  DrainOpenSslErrors();
  return certificates;
}

absl::StatusOr<Bytes> CrlFrom(ByteSpan octets) {
  const uint8_t* cursor = octets.data();
  X509CrlPtr crl(d2i_X509_CRL(nullptr, &cursor, static_cast<long>(octets.size())));
  if (crl != nullptr) {
    if (cursor == octets.data() + octets.size()) return ToBytes(octets);
    return MakeError(Reason::kRequestMalformed, "more than a CRL");
  }
  DrainOpenSslErrors();
  const BioPtr bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  crl.reset(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (crl == nullptr) return OpenSslError(Reason::kRequestMalformed, "not a CRL, DER or PEM");
  uint8_t* der = nullptr;
  const int size = i2d_X509_CRL(crl.get(), &der);
  return Taken(der, size);
}

absl::StatusOr<Bytes> OcspResponseFrom(ByteSpan der) {
  const uint8_t* cursor = der.data();
  const std::unique_ptr<OCSP_RESPONSE, OpenSslDeleter<OCSP_RESPONSE_free>> response(
      d2i_OCSP_RESPONSE(nullptr, &cursor, static_cast<long>(der.size())));
  if (response == nullptr || cursor != der.data() + der.size()) {
    return OpenSslError(Reason::kRequestMalformed, "not an OCSP response in DER");
  }
  return ToBytes(der);
}

absl::StatusOr<std::string> SubjectOf(ByteSpan certificate_der) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, Parse(certificate_der));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate.get()), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return Contents(bio.get());
}

}  // namespace enkrat::cli
