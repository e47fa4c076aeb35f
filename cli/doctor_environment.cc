// enkrat doctor: the machine's clock and disk.
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "cli/doctor_checks.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/time_text.h"
#include "server/settings.h"
#include "store/ledger_file.h"
#include "store/sqlite_ledger.h"
#include "tsa/gen_time_mark.h"
#include "tsa/kernel_clock.h"

namespace enkrat::cli {
namespace {

constexpr uint64_t kLeastFreeBytes = uint64_t{1} << 30;
constexpr char kClockMend[] = "run chrony or another NTP client (EN 319 421 TIS-7.7.2)";

bool Exists(const std::string& path) {
  struct stat facts {};
  return lstat(path.c_str(), &facts) == 0;
}

void CheckSpace(const std::string& folder, Findings& findings) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0) return;  // the folder's own check has said why
  const uint64_t free_bytes = uint64_t{facts.f_bavail} * facts.f_frsize;
  const std::string detail = absl::StrCat(free_bytes >> 20, " MiB free");
  if (free_bytes < kLeastFreeBytes) {
    findings.Warn("ledger disk", detail, "make room: a full disk stops the service");
  } else {
    findings.Ok("ledger disk", detail);
  }
}

void CheckContents(const std::string& path, Findings& findings) {
  const auto ledger = store::SqliteLedger::Create({.path = path, .read_only = true});
  if (!ledger.ok()) {
    // Another version's is whole.
    const bool whole = ReasonOf(ledger.status()) == Reason::kConfigurationInvalid;
    findings.Fail("ledger", ledger.status().message(),
                  whole ? "as it says; keep the file, and back it up before an upgrade"
                        : "restore it from a backup");
    return;
  }
  const auto statistics = (*ledger)->Statistics();
  findings.Expect("ledger", statistics.status(),
                  statistics.ok()
                      ? absl::StrCat(statistics->sessions_completed, " sessions completed, ",
                                     statistics->sessions_failed, " failed, ",
                                     statistics->sessions_abandoned, " abandoned")
                      : "",
                  "restore it from a backup");
}

// A clock that is behind it issues nothing; a service that runs keeps it a second ahead.
void CheckGenTimeMark(const std::string& path, Findings& findings) {
  constexpr absl::Duration kFarAhead = absl::Minutes(1);
  const absl::StatusOr<absl::Time> mark = tsa::ReadGenTimeMark(path);
  if (!mark.ok()) {
    findings.Fail("genTime mark", mark.status().message(), "restore it, or follow docs/tsa.md");
    return;
  }
  const absl::Duration ahead = *mark - SystemClock().Now();
  if (ahead <= kFarAhead) {
    findings.Ok("genTime mark", "not ahead of the clock");
    return;
  }
  findings.Fail(
      "genTime mark",
      absl::StrCat("timestamps up to ", TimeTextOfSecond(*mark),
                   " may have been issued; the clock is ", absl::FormatDuration(ahead),
                   " behind, and none are until then"),
      "set the clock right, if it is wrong now; if it was wrong then, follow docs/tsa.md");
}

}  // namespace

void CheckClock(const config::v1::Config& config, Findings& findings) {
  if (!config.timestamping().has_own()) return;
  const config::v1::OwnTimestampingUnit& own = config.timestamping().own();
  CheckGenTimeMark(own.gen_time_mark_file(), findings);
  const std::optional<tsa::KernelClock> kernel = tsa::SystemKernelClock()();
  std::optional<absl::Duration> error;
  if (kernel.has_value() && kernel->synchronised) {
    error = kernel->max_error + absl::AbsDuration(kernel->offset);
  }
  const absl::Duration accuracy = server::DurationFrom(own.accuracy());
  if (error.has_value() && *error <= accuracy) {
    findings.Ok("clock",
                absl::StrCat("synchronised, error at most ", absl::FormatDuration(*error)));
    return;
  }
  const std::string detail = error.has_value()
                                 ? absl::StrCat("its error may be ", absl::FormatDuration(*error),
                                                ", over ", absl::FormatDuration(accuracy))
                                 : "the kernel does not call it synchronised";
  if (own.require_synchronised_clock()) {
    findings.Fail("clock", detail, kClockMend);
  } else {
    findings.Warn("clock", detail, kClockMend);
  }
}

void CheckStore(const config::v1::Config& config, Findings& findings) {
  const std::string& path = config.store().path();
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!findings.Expect("ledger folder", store::CheckLedgerFolder(path), folder,
                       absl::StrCat("chmod 0700 ", folder, ", owned by the service's user"))) {
    return;
  }
  CheckSpace(folder, findings);
  if (!Exists(path)) {
    findings.Ok("ledger", absl::StrCat(path, " will be made at the first start"));
    return;
  }
  if (findings.Expect("ledger file", store::CheckLedgerFile(path), path,
                      absl::StrCat("chmod 0600 ", path, ", owned by the service's user"))) {
    CheckContents(path, findings);
  }
}

}  // namespace enkrat::cli
