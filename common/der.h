// DER in and out of OpenSSL's types: encode to Bytes, decode exactly one value with nothing behind
// it.
#ifndef ENKRAT_COMMON_DER_H_
#define ENKRAT_COMMON_DER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat {

// EncodeDer<i2d_X509>(certificate): kInternal if OpenSSL cannot encode it.
template <auto I2d, typename T>
absl::StatusOr<Bytes> EncodeDer(T* object) {
  const int size = I2d(object, nullptr);
  if (size <= 0) return OpenSslError(Reason::kInternal, "cannot encode as DER");
  Bytes der(static_cast<size_t>(size));
  unsigned char* cursor = der.data();
  if (I2d(object, &cursor) != size) return OpenSslError(Reason::kInternal, "cannot encode as DER");
  return der;
}

// DecodeDer<X509Ptr, d2i_X509>(der): kRequestMalformed unless `der` is exactly one value of the
// type.
template <typename Ptr, auto D2i>
absl::StatusOr<Ptr> DecodeDer(ByteSpan der) {
  const unsigned char* cursor = der.data();
  Ptr object(D2i(nullptr, &cursor, static_cast<long>(der.size())));
  if (object == nullptr)
    return OpenSslError(Reason::kRequestMalformed, "not the DER that was expected");
  if (cursor != der.data() + der.size()) {
    return MakeError(Reason::kRequestMalformed, "octets after the end of a DER value");
  }
  return object;
}

absl::StatusOr<X509Ptr> ParseCertificate(ByteSpan certificate_der);

// PEM text of one certificate, with its line endings.
std::string CertificateToPem(ByteSpan certificate_der);

// Every certificate of a PEM text, as DER, in order. kRequestMalformed if there is none or one is
// broken.
absl::StatusOr<std::vector<Bytes>> CertificatesFromPem(absl::string_view pem);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_DER_H_
