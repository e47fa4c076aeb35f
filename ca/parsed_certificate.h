// Certificates read back with OpenSSL's decoder, by a path that shares nothing with the writer.
//
// Not d2i_X509: OpenSSL 3.0 decodes the subject's key into an EVP_PKEY with it, which alone costs
// 80 us. The same decoder works here from a description of the structure that keeps the key as
// octets.
#ifndef ENKRAT_CA_PARSED_CERTIFICATE_H_
#define ENKRAT_CA_PARSED_CERTIFICATE_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "ca/sequence.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca {

// A view into a ParsedTbs.
struct ParsedExtension {
  ByteSpan type;  // content octets of the identifier
  bool critical = false;
  ByteSpan value;  // content of extnValue
};

// One TBSCertificate. Immutable; pointers and spans live as long as it does.
class ParsedTbs {
 public:
  // kLintFailed unless `tbs_der` is exactly one TBSCertificate with a version and extensions, and
  // DER to the last octet: encoded again it is the same.
  static absl::StatusOr<ParsedTbs> Parse(ByteSpan tbs_der);

  ParsedTbs(ParsedTbs&&) noexcept;
  ParsedTbs& operator=(ParsedTbs&&) noexcept;
  ~ParsedTbs();

  const ASN1_INTEGER* version() const;
  const ASN1_INTEGER* serial_number() const;
  ByteSpan signature_algorithm_der() const;
  ByteSpan issuer_der() const;
  const ASN1_TIME* not_before() const;
  const ASN1_TIME* not_after() const;
  const X509_NAME* subject() const;
  ByteSpan spki_der() const;
  const std::vector<ParsedExtension>& extensions() const { return extensions_; }
  // The first of the type; nullptr if there is none.
  const ParsedExtension* Find(ByteSpan extension_type) const;
  // The QCStatements, each as its members with the identifier first; nullopt if there is no such
  // extension or it cannot be read.
  const std::optional<std::vector<SequenceMembers>>& qc_statements() const {
    return qc_statements_;
  }
  // The first of that identifier; nullptr if there is none.
  const SequenceMembers* FindQcStatement(ByteSpan identifier) const;

 private:
  struct Shape;
  explicit ParsedTbs(std::unique_ptr<Shape> shape);

  std::unique_ptr<Shape> shape_;
  std::vector<ParsedExtension> extensions_;
  std::optional<std::vector<SequenceMembers>> qc_statements_;
};

// The three parts of a Certificate, copied.
struct CertificateParts {
  Bytes tbs_der;
  Bytes signature_algorithm_der;
  Bytes signature;
};

// kInternal unless `certificate_der` is exactly one Certificate.
absl::StatusOr<CertificateParts> SplitCertificate(ByteSpan certificate_der);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_PARSED_CERTIFICATE_H_
