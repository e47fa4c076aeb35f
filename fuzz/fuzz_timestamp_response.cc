// Responses and tokens of outside TSAs: reading them does not crash, and what our reader of the
// self-check takes apart is what OpenSSL sees.
#include <cstdlib>
#include <optional>

#include "tsa/response.h"
#include "tsa/token.h"
#include "tsa/token_layout.h"
#include "tsa/tst_info.h"

namespace enkrat::tsa {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadToken(ByteSpan token_der) {
  const auto token = ParseToken(token_der);
  const std::optional<SignedParts> parts = ReadSignedParts(token_der);
  if (parts) (void)MessageDigestOf(parts->signed_attributes);
  if (!token.ok() || !parts) return;
  const std::optional<TstInfo> info = ParseTstInfo(parts->tst_info_der);
  if (!info) return;
  Require(info->gen_time == token->gen_time);
  Require(info->nonce == token->nonce);
}

}  // namespace
}  // namespace enkrat::tsa

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const enkrat::ByteSpan input(octets, size);
  if (const auto token_der = enkrat::tsa::TokenOfResponse(input)) {
    enkrat::tsa::ReadToken(*token_der);
  }
  enkrat::tsa::ReadToken(input);
  return 0;
}
