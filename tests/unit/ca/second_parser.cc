#include "tests/unit/ca/second_parser.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <memory>

#include "ca/issuer_chain.h"
#include "common/der.h"

namespace enkrat::testing {
namespace {

struct CrtDeleter {
  void operator()(gnutls_x509_crt_int* certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using CrtPtr = std::unique_ptr<gnutls_x509_crt_int, CrtDeleter>;

std::string ToText(const gnutls_datum_t& datum) {
  return std::string(reinterpret_cast<const char*>(datum.data), datum.size);
}

CrtPtr Import(ByteSpan der) {
  gnutls_x509_crt_t raw = nullptr;
  gnutls_x509_crt_init(&raw);
  CrtPtr certificate(raw);
  const gnutls_datum_t datum = {const_cast<unsigned char*>(der.data()),
                                static_cast<unsigned int>(der.size())};
  if (gnutls_x509_crt_import(raw, &datum, GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS) return nullptr;
  return certificate;
}

bool ReadSubject(gnutls_x509_crt_t certificate, ReadCertificate& read) {
  gnutls_x509_dn_t name = nullptr;
  if (gnutls_x509_crt_get_subject(certificate, &name) != GNUTLS_E_SUCCESS) return false;
  gnutls_x509_ava_st attribute;
  for (int i = 0; gnutls_x509_dn_get_rdn_ava(name, i, 0, &attribute) == GNUTLS_E_SUCCESS; ++i) {
    std::string type = ToText(attribute.oid);
    while (!type.empty() && type.back() == '\0') type.pop_back();
    read.subject.emplace_back(type, ToText(attribute.value));
    if (gnutls_x509_dn_get_rdn_ava(name, i, 1, &attribute) == GNUTLS_E_SUCCESS) return false;
  }
  return true;
}

bool ReadExtensions(gnutls_x509_crt_t certificate, ReadCertificate& read) {
  for (unsigned int i = 0;; ++i) {
    std::array<char, 256> type{};
    size_t size = type.size();
    unsigned int critical = 0;
    const int found =
        gnutls_x509_crt_get_extension_info(certificate, i, type.data(), &size, &critical);
    if (found == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return true;
    gnutls_datum_t value;
    if (found != GNUTLS_E_SUCCESS ||
        gnutls_x509_crt_get_extension_data2(certificate, i, &value) != GNUTLS_E_SUCCESS) {
      return false;
    }
    read.extensions.push_back(
        {.type = type.data(), .critical = critical != 0, .value = ToText(value)});
    gnutls_free(value.data);
  }
}

// Whole octets without leading zeros: one that keeps the sign is told by one parser alone.
std::string SerialNumber(ByteSpan octets) {
  while (octets.size() > 1 && octets.front() == 0) octets.remove_prefix(1);
  return ToHex(octets);
}

std::string Dotted(const ASN1_OBJECT* object) {
  std::array<char, 256> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, /*no_name=*/1);
  return text.data();
}

std::string ToText(const ASN1_STRING* string) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                     static_cast<size_t>(ASN1_STRING_length(string)));
}

}  // namespace

std::optional<ReadCertificate> ReadWithGnuTls(ByteSpan certificate_der) {
  const CrtPtr certificate = Import(certificate_der);
  if (certificate == nullptr) return std::nullopt;
  ReadCertificate read;
  std::array<unsigned char, 32> serial{};
  size_t size = serial.size();
  if (gnutls_x509_crt_get_serial(certificate.get(), serial.data(), &size) != GNUTLS_E_SUCCESS ||
      !ReadSubject(certificate.get(), read) || !ReadExtensions(certificate.get(), read)) {
    return std::nullopt;
  }
  read.serial_number = SerialNumber(ByteSpan(serial.data(), size));
  read.not_before = gnutls_x509_crt_get_activation_time(certificate.get());
  read.not_after = gnutls_x509_crt_get_expiration_time(certificate.get());
  return read;
}

std::optional<ReadCertificate> ReadWithOpenSsl(ByteSpan certificate_der) {
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_der);
  if (!certificate.ok()) return std::nullopt;
  ReadCertificate read;
  const X509_NAME* name = X509_get_subject_name(certificate->get());
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    read.subject.emplace_back(Dotted(X509_NAME_ENTRY_get_object(entry)),
                              ToText(X509_NAME_ENTRY_get_data(entry)));
  }
  for (int i = 0; i < X509_get_ext_count(certificate->get()); ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate->get(), i);
    read.extensions.push_back({.type = Dotted(X509_EXTENSION_get_object(extension)),
                               .critical = X509_EXTENSION_get_critical(extension) != 0,
                               .value = ToText(X509_EXTENSION_get_data(extension))});
  }
  read.serial_number = SerialNumber(ToBytes(ToText(X509_get0_serialNumber(certificate->get()))));
  read.not_before = absl::ToTimeT(ca::TimeOf(X509_get0_notBefore(certificate->get())).value());
  read.not_after = absl::ToTimeT(ca::TimeOf(X509_get0_notAfter(certificate->get())).value());
  return read;
}

bool GnuTlsVerifies(ByteSpan certificate_der, ByteSpan issuer_der) {
  const CrtPtr certificate = Import(certificate_der);
  const CrtPtr issuer = Import(issuer_der);
  if (certificate == nullptr || issuer == nullptr) return false;
  gnutls_x509_crt_t trusted = issuer.get();
  unsigned int status = 0;
  const int result = gnutls_x509_crt_verify(
      certificate.get(), &trusted, 1,
      GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS, &status);
  return result == GNUTLS_E_SUCCESS && status == 0;
}

std::optional<ReadCertificate> ReadWithBoth(ByteSpan certificate_der) {
  std::optional<ReadCertificate> read = ReadWithGnuTls(certificate_der);
  if (!read.has_value() || read != ReadWithOpenSsl(certificate_der)) return std::nullopt;
  return read;
}

}  // namespace enkrat::testing
