// A program as a child of the test: run to its end, or watched by its lines while it runs.
//
//   const ProgramOutcome outcome = RunProgram({.argv = {"openssl", "version"}});
//
//   Subprocess daemon({.argv = {BinaryPath("bin/enkratd"), "--config", path}});
//   ASSERT_TRUE(daemon.WaitForLine("listening"));
//   daemon.Signal(SIGTERM);
//   EXPECT_EQ(daemon.WaitForExit(), 0);
#ifndef ENKRAT_TESTS_SUPPORT_SUBPROCESS_H_
#define ENKRAT_TESTS_SUPPORT_SUBPROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::testing {

// What a program needs on a machine that is busy with others, an RSA key included. It costs nothing
// where all is well.
constexpr absl::Duration kPatience = absl::Minutes(1);

struct ProgramCall {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH; no shell comes between
  std::map<std::string, std::string> environment = {};  // added to the test's own
  std::string input = {};                               // its standard input
  std::string folder = {};                              // working directory; empty: the test's
};

struct ProgramOutcome {
  int exit_code = -1;  // 128 + signal if one ended it; -1 if it was still running at the timeout
  std::string out;
  std::string err;
};

// In the words of a failed expectation (GoogleTest's own would be octets).
void PrintTo(const ProgramOutcome& outcome, std::ostream* stream);

// Thread-safe. The child is never left behind: the destructor kills it, and the kernel does if the
// thread that made it ends first (PR_SET_PDEATHSIG).
class Subprocess {
 public:
  // A program that cannot be started exits with 127.
  explicit Subprocess(ProgramCall call);
  ~Subprocess();

  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  // The first complete line, of either stream, that contains `text`: waits until it is written.
  // Nothing if the program ends or the time passes without it.
  std::optional<std::string> WaitForLine(absl::string_view text,
                                         absl::Duration timeout = kPatience);
  // Does nothing once the program has ended.
  void Signal(int signal);
  // The exit code as in ProgramOutcome, nothing at the timeout. All output is there afterwards.
  std::optional<int> WaitForExit(absl::Duration timeout = kPatience);

  pid_t pid() const { return pid_; }
  // What was written so far.
  std::string out() const;
  std::string err() const;

 private:
  struct Stream {
    int descriptor = -1;
    std::string text;
    size_t line_start = 0;  // of the line that has no end yet
  };
  void Watch();
  void Take(Stream& stream);
  void Reap();

  pid_t pid_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Stream out_;
  Stream err_;
  std::vector<std::string> lines_;  // of both streams, in the order of their arrival
  std::optional<int> exit_code_;
  std::thread watcher_;
};

// Runs it to its end; kills it at the timeout.
ProgramOutcome RunProgram(ProgramCall call, absl::Duration timeout = kPatience);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SUBPROCESS_H_
