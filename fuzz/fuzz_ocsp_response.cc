// OCSP responses of outside responders, each behind the certificate that it is asked about and its
// issuer's: reading them does not crash, and nothing is believed that nobody with a right signed.
#include <cstdlib>

#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "validation/ocsp_check.h"

namespace enkrat::validation {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Judge(ByteSpan certificate_der, ByteSpan issuer_der, ByteSpan response_der) {
  const auto response = ParseOcspResponse(response_der);
  const auto certificate = ParseCertificate(certificate_der);
  const auto issuer = ParseCertificate(issuer_der);
  if (!response.ok()) return;
  (void)NonceFits(response_der, response->get());
  if (!certificate.ok() || !issuer.ok()) return;
  const StatusStatement statement =
      StatusFromOcsp(response->get(), certificate->get(), issuer->get(), {certificate->get()});
  if (statement.says == StatusStatement::Says::kNothing) {
    Require(!statement.why_not.empty());
    return;
  }
  Require(statement.why_not.empty() && statement.concerns);
  // The issuer itself, or somebody whom its key certified.
  Require(statement.signer == issuer->get() ||
          X509_verify(statement.signer, X509_get0_pubkey(issuer->get())) == 1);
  Require(statement.revoked_at.has_value() == (statement.says == StatusStatement::Says::kRevoked));
}

}  // namespace
}  // namespace enkrat::validation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::DerReader input(enkrat::ByteSpan(octets, size));
  const auto certificate = input.Take(enkrat::der_tag::kSequence);
  const auto issuer = input.Take(enkrat::der_tag::kSequence);
  const auto response = input.TakeAny();
  if (certificate && issuer && response) {
    enkrat::validation::Judge(certificate->whole, issuer->whole, response->whole);
  }
  return 0;
}
