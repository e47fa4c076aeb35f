// What no timestamp was ever later than, on disk: so that genTime does not go back across restarts,
// whatever the clock says then (invariant 7).
//
// Each time is covered before it is issued, by a mark that lies ahead of it: one write serves all
// timestamps of the next moment. After a crash the mark may lie ahead of the last timestamp by that
// moment, which the next process waits for.
#ifndef ENKRAT_TSA_GEN_TIME_MARK_H_
#define ENKRAT_TSA_GEN_TIME_MARK_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace enkrat::tsa {

// Not thread-safe: the clock guard that has it holds its lock.
class GenTimeMark {
 public:
  struct Options {
    std::string path;
    absl::Duration ahead = absl::Seconds(1);  // more than zero, at most 1 min
  };

  // Reads the mark. No file is no mark: nothing was issued yet. kConfigurationInvalid for a file
  // that is not a mark: what it said is lost, and only a person can say what to do.
  static absl::StatusOr<std::unique_ptr<GenTimeMark>> Open(Options options);

  // Nothing later was issued before this process; InfinitePast for no mark.
  absl::Time floor() const { return floor_; }
  absl::Duration ahead() const { return options_.ahead; }

  // On disk when it returns: nothing later than `gen_time` + ahead was issued. Costs nothing while
  // the last write covers it. kTimestampUnavailable if it cannot be written: then nothing may be
  // issued.
  absl::Status Cover(absl::Time gen_time);

  // Nothing later than `latest` was issued, and nothing more will be: the next process needs not
  // wait. Does nothing if nothing was covered.
  absl::Status Settle(absl::Time latest);

 private:
  GenTimeMark(Options options, absl::Time floor)
      : options_(std::move(options)), floor_(floor), covered_(floor) {}
  absl::Status Write(absl::Time mark);

  const Options options_;
  const absl::Time floor_;
  absl::Time covered_;
};

// The mark in the file; InfinitePast if there is none. For `enkrat doctor`.
absl::StatusOr<absl::Time> ReadGenTimeMark(const std::string& path);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_GEN_TIME_MARK_H_
