// Certificates as GnuTLS reads them: a parser that shares nothing with OpenSSL's or the writer.
#ifndef ENKRAT_TESTS_UNIT_CA_SECOND_PARSER_H_
#define ENKRAT_TESTS_UNIT_CA_SECOND_PARSER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/bytes.h"

namespace enkrat::testing {

struct ReadExtension {
  std::string type;  // dotted decimal
  bool critical = false;
  std::string value;

  bool operator==(const ReadExtension&) const = default;
};

struct ReadCertificate {
  // Attributes in order: dotted decimal and the octets of the value.
  std::vector<std::pair<std::string, std::string>> subject;
  std::vector<ReadExtension> extensions;
  std::string serial_number;  // lower-case hex, without leading zero octets
  long not_before = 0;        // Unix time
  long not_after = 0;

  bool operator==(const ReadCertificate&) const = default;
};

// nullopt if the parser refuses the certificate.
std::optional<ReadCertificate> ReadWithGnuTls(ByteSpan certificate_der);
std::optional<ReadCertificate> ReadWithOpenSsl(ByteSpan certificate_der);

// GnuTLS finds the issuer's signature over the certificate good. Times are not looked at.
bool GnuTlsVerifies(ByteSpan certificate_der, ByteSpan issuer_der);

// Both parsers read the certificate, and the same; that.
std::optional<ReadCertificate> ReadWithBoth(ByteSpan certificate_der);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_CA_SECOND_PARSER_H_
