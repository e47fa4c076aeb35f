// Finished signatures for tests, by CadesSignature over a test PKI.
#ifndef ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_
#define ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_

#include <optional>
#include <string>

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
  const Identity* timestamp_unit = nullptr;                                 // null: the PKI's
};

// Aborts when something fails that these tests are not about.
Bytes MakeSignature(const TestPki& pki, const SignatureRequest& request = {});

// A token over the octets, by the PKI's unit unless another is given.
Bytes MakeToken(const TestPki& pki, ByteSpan stamped, absl::Time gen_time,
                const Identity* unit = nullptr);

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_SIGNATURE_MAKER_H_
