// Signatures from anybody, with a root to believe (fuzz_validator believes nobody): validating them
// does not crash, and what passes says what the signer of the seeds said. The seeds were made once,
// under the root below, whose key is gone.
#include "common/clock.h"
#include "common/digest.h"
#include "fuzz/scratch_file.h"
#include "validation/validator.h"

namespace enkrat::validation {
namespace {

constexpr char kDocument[] = "A document that somebody signs.\n";
constexpr char kSigner[] = "Test Signer";
constexpr int64_t kSigningTime = 1'800'000'000;
constexpr char kRootDerHex[] =
    "3082019230820137a003020102020101300a06082a8648ce3d0403023030310b3009060355040613025349310d"
    "300b060355040a0c04546573743112301006035504030c095465737420526f6f74301e170d3232303131363038"
    "303030305a170d3332303131343038303030305a3030310b3009060355040613025349310d300b060355040a0c"
    "04546573743112301006035504030c095465737420526f6f743059301306072a8648ce3d020106082a8648ce3d"
    "030107034200042ae07dba271e5281d17d4c90dd20bbe79caac5f64c2fa614d18e7bd26b6a97035c17500b65a9"
    "503fbafb20bb78595bcd91cb6be0210ce004b059bbd257249827a3423040300f0603551d130101ff0405300301"
    "01ff300e0603551d0f0101ff040403020106301d0603551d0e04160414444b35363d90d9ecbae7eab1d737932c"
    "a4b678a4300a06082a8648ce3d0403020349003046022100e114f7d8077328fa85287c7e60b81ef548247db5bf"
    "3368609b35436be8c30799022100f819747cc86fb453f11993bbba907826ba0d02397a455341aa215ff53a0d1d"
    "06";

class StandingClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(kSigningTime + 10); }
  absl::Duration SinceBoot() const override { return absl::ZeroDuration(); }
};

const Validator& ValidatorUnderTheRoot() {
  static const StandingClock& clock = *new StandingClock;
  static const TrustStore& trust =
      *TrustStore::Create({.anchors_der = {*FromHex(kRootDerHex)}})->release();
  return *Validator::Create({.trust = &trust,
                             .clock = &clock,
                             .revocation = RevocationRule::kSigningCertificate,
                             .limits = {.max_time = absl::Seconds(5)}})
              ->release();
}

void Judge(const uint8_t* octets, size_t size) {
  static fuzz::ScratchFile& file = *new fuzz::ScratchFile;
  static const Validator& validator = ValidatorUnderTheRoot();
  file.Fill(octets, size);
  Validator::Input input;
  input.path = file.path();
  for (const DigestAlgorithm algorithm : {DigestAlgorithm::kSha256, DigestAlgorithm::kSha512}) {
    input.detached_digests.push_back(ComputeDigest(algorithm, AsSpan(kDocument)));
  }
  const absl::StatusOr<Report> report = validator.Validate(input);
  if (!report.ok()) return;
  fuzz::Require(!ToText(*report, true).empty());
  for (const SignatureReport& signature : report->signatures) {
    if (!signature.conclusion.passed()) continue;
    fuzz::Require(signature.signer_name == kSigner);
    fuzz::Require(signature.claimed_signing_time == absl::FromUnixSeconds(kSigningTime));
  }
}

}  // namespace
}  // namespace enkrat::validation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::validation::Judge(octets, size);
  return 0;
}
