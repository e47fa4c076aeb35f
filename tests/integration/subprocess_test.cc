// What the other tests here rely on: programs are run as asked, watched, and never left behind.
#include "tests/support/subprocess.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <string>

namespace enkrat::testing {
namespace {

TEST(RunProgramTest, ReturnsExitCodeAndBothStreams) {
  const ProgramOutcome outcome =
      RunProgram({.argv = {"sh", "-c", "printf out; printf err >&2; exit 7"}});
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.out, "out");
  EXPECT_EQ(outcome.err, "err");
}

TEST(RunProgramTest, InputLargerThanAPipeArrivesWhole) {
  const std::string input(1'000'000, '\0');
  EXPECT_EQ(RunProgram({.argv = {"cat"}, .input = input}).out, input);
}

TEST(RunProgramTest, ArgumentsAreNotSeenByAShell) {
  EXPECT_EQ(RunProgram({.argv = {"printf", "%s", "$HOME; `id` *"}}).out, "$HOME; `id` *");
}

TEST(RunProgramTest, EnvironmentIsAddedAndReplaced) {
  EXPECT_EQ(RunProgram({.argv = {"sh", "-c", "printf $HOME$ENKRAT_X"},
                        .environment = {{"HOME", "/nowhere"}, {"ENKRAT_X", "1"}}})
                .out,
            "/nowhere1");
}

TEST(RunProgramTest, RunsInItsFolder) {
  EXPECT_EQ(RunProgram({.argv = {"pwd"}, .folder = "/usr"}).out, "/usr\n");
}

TEST(RunProgramTest, ProgramThatIsNotThereExitsWith127) {
  EXPECT_EQ(RunProgram({.argv = {"no-such-program-here"}}).exit_code, 127);
}

TEST(RunProgramTest, ProgramThatEndsBySignalSaysWhich) {
  EXPECT_EQ(RunProgram({.argv = {"sh", "-c", "kill -TERM $$"}}).exit_code, 128 + SIGTERM);
}

TEST(RunProgramTest, ProgramThatHangsIsKilledAtTheTimeout) {
  const ProgramOutcome outcome = RunProgram({.argv = {"sleep", "1000"}}, absl::Milliseconds(50));
  EXPECT_EQ(outcome.exit_code, -1);
}

TEST(SubprocessTest, WaitsForTheLineOfEitherStream) {
  Subprocess program({.argv = {"sh", "-c", "echo one; echo two three >&2; exec cat"}});
  EXPECT_EQ(program.WaitForLine("two"), "two three");
  EXPECT_EQ(program.WaitForLine("one"), "one");
}

TEST(SubprocessTest, WaitForALineEndsWithTheProgram) {
  Subprocess program({.argv = {"echo", "one"}});
  EXPECT_EQ(program.WaitForLine("two"), std::nullopt);
}

TEST(SubprocessTest, SignalReachesIt) {
  Subprocess program({.argv = {"sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do :; done"}});
  ASSERT_TRUE(program.WaitForLine("ready").has_value());
  program.Signal(SIGTERM);
  EXPECT_EQ(program.WaitForExit(), 5);
}

TEST(SubprocessTest, DestructorKillsIt) {
  pid_t pid = 0;
  {
    Subprocess program({.argv = {"sleep", "1000"}});
    pid = program.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

}  // namespace
}  // namespace enkrat::testing
