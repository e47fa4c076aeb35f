// What reporters of problems wrote, apart from the ledger: personal data may be in it, so it can be
// removed, file by file, while the evidence stays.
#ifndef ENKRAT_SERVER_PROBLEM_TEXTS_H_
#define ENKRAT_SERVER_PROBLEM_TEXTS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace enkrat::server {

struct ProblemText {
  std::string description;
  std::string contact;
};

// Where the texts lie: "problem-reports" beside the ledger.
std::string ProblemTextFolder(const std::string& ledger_path);

// Thread-safe. One file a report, <folder>/<report id>.json, readable by the service's user alone.
class ProblemTexts {
 public:
  // The folder is made, with mode 0700, when the first text is kept.
  explicit ProblemTexts(std::string folder) : folder_(std::move(folder)) {}

  // On disk when it returns. Answers what the evidence keeps: SHA-256 over a random salt, which is
  // in the file only, and the text; hex. Nobody can guess the text back. kStoreUnavailable.
  absl::StatusOr<std::string> Keep(const std::string& report_id, const ProblemText& text) const;
  // Of a report that was not recorded after all.
  void Remove(const std::string& report_id) const;

 private:
  std::string PathOf(const std::string& report_id) const;
  const std::string folder_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_PROBLEM_TEXTS_H_
