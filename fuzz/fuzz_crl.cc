// CRLs of outside CAs, each behind the certificate that it is asked about and its issuer's: reading
// them does not crash, and nothing is believed that the issuer's key did not sign.
#include <cstdlib>

#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "validation/crl_check.h"

namespace enkrat::validation {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Judge(ByteSpan certificate_der, ByteSpan issuer_der, ByteSpan crl_der) {
  const auto crl = ParseCrl(crl_der);
  const auto certificate = ParseCertificate(certificate_der);
  const auto issuer = ParseCertificate(issuer_der);
  if (!crl.ok() || !certificate.ok() || !issuer.ok()) return;
  const StatusStatement statement = StatusFromCrl(crl->get(), certificate->get(), issuer->get());
  if (statement.says == StatusStatement::Says::kNothing) {
    Require(!statement.why_not.empty());
    return;
  }
  Require(statement.why_not.empty() && statement.concerns);
  Require(statement.signer == issuer->get());
  Require(X509_CRL_verify(crl->get(), X509_get0_pubkey(issuer->get())) == 1);
  Require(statement.revoked_at.has_value() == (statement.says == StatusStatement::Says::kRevoked));
}

}  // namespace
}  // namespace enkrat::validation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::DerReader input(enkrat::ByteSpan(octets, size));
  const auto certificate = input.Take(enkrat::der_tag::kSequence);
  const auto issuer = input.Take(enkrat::der_tag::kSequence);
  const auto crl = input.TakeAny();
  if (certificate && issuer && crl) {
    enkrat::validation::Judge(certificate->whole, issuer->whole, crl->whole);
  }
  return 0;
}
