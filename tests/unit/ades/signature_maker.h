// Finished signatures for tests, by CadesSignature over a test PKI.
#ifndef ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_
#define ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "tests/unit/ades/certificate_maker.h"

namespace enkrat::ades::testing {

inline constexpr char kDocument[] = "A document that somebody signs.\n";

struct SignatureRequest {
  std::string document = kDocument;
  DigestAlgorithm digest = DigestAlgorithm::kSha256;
  absl::Time signing_time = TestNow();
  std::optional<absl::Time> timestamp_time = TestNow() + absl::Seconds(1);  // nullopt: B-B
  // Makes the token instead of the PKI's unit.
  std::function<Bytes(ByteSpan signature_value)> token_of = nullptr;
};

// Aborts when something fails that these tests are not about.
Bytes MakeSignature(const TestPki& pki, const SignatureRequest& request = {});

// A B-B signature whose signed attributes are these, in DER's order, right or wrong. It is made by
// the signer's key (ECDSA P-256) over them.
Bytes MakeSignatureOver(const TestPki& pki, const std::vector<Bytes>& attributes);
// DER of one Attribute; of those of a good signature, each.
Bytes AttributeOf(const char* oid_der_hex, const std::vector<Bytes>& values);
std::vector<Bytes> GoodAttributes(const TestPki& pki);

// A token over the octets, by the PKI's unit.
Bytes MakeToken(const TestPki& pki, ByteSpan stamped, absl::Time gen_time);

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_
