// What `enkrat doctor` found: one line a check, and how to mend what is not in order.
#ifndef ENKRAT_CLI_DOCTOR_FINDINGS_H_
#define ENKRAT_CLI_DOCTOR_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enkrat::cli {

enum class Verdict { kOk, kWarning, kFailure };

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string check;  // "token", "certificates.chain": what was looked at
  std::string detail;
  std::string mend;  // empty for kOk
};

// In the order of the checks. Not thread-safe.
class Findings {
 public:
  void Ok(absl::string_view check, absl::string_view detail);
  void Warn(absl::string_view check, absl::string_view detail, absl::string_view mend);
  void Fail(absl::string_view check, absl::string_view detail, absl::string_view mend);
  // Fails with the status' message unless it is OK. Whether it was OK.
  bool Expect(absl::string_view check, const absl::Status& status, absl::string_view detail_if_ok,
              absl::string_view mend);

  const std::vector<Finding>& all() const { return findings_; }
  bool failed() const;

  // "OK    token: ..." lines, and a last one that counts.
  std::string AsText() const;
  // {"ok":..., "checks":[{"check","verdict","detail","mend"}]}.
  std::string AsJson() const;

 private:
  std::vector<Finding> findings_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_DOCTOR_FINDINGS_H_
