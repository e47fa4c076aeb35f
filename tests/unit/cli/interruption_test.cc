#include "cli/interruption.h"

#include <gtest/gtest.h>

#include <csignal>

namespace enkrat::cli {
namespace {

TEST(InterruptionTest, SignalEndsTheProcessAfterOneLine) {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          signal(signal_number, SIG_DFL);
          SayWhenInterrupted();
          raise(signal_number);
        },
        ::testing::KilledBySignal(signal_number), "error: interrupted before the end");
  }
}

TEST(InterruptionTest, IgnoredSignalStaysIgnored) {
  EXPECT_EXIT(
      {
        signal(SIGHUP, SIG_IGN);
        SayWhenInterrupted();
        raise(SIGHUP);
        _exit(7);
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace enkrat::cli
