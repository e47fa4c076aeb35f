// Tests of secrets that are typed, on a pseudo-terminal in place of standard input.
#include "cli/typed_secret.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/outcome.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

using enkrat::testing::IsOk;

// Counts the prompts, which end in ": " and a flush.
class Prompts final : public std::streambuf {
 public:
  int shown() const { return shown_; }
  const std::string& text() const { return text_; }

 private:
  int overflow(int c) override {
    text_.push_back(static_cast<char>(c));
    return c;
  }
  int sync() override {
    if (text_.size() > 1 && text_.substr(text_.size() - 2) == ": ") ++shown_;
    return 0;
  }

  std::string text_;
  std::atomic<int> shown_{0};
};

class TypedSecretTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(openpty(&master_, &slave_, nullptr, nullptr, nullptr), 0);
    saved_ = dup(STDIN_FILENO);
    ASSERT_EQ(dup2(slave_, STDIN_FILENO), STDIN_FILENO);
  }
  void TearDown() override {
    dup2(saved_, STDIN_FILENO);
    for (const int descriptor : {master_, slave_, saved_}) close(descriptor);
  }

  bool Echoes() const {
    termios state{};
    return tcgetattr(master_, &state) == 0 && (state.c_lflag & ECHO) != 0;
  }

  // Somebody types a line at each prompt, once nothing is shown any more.
  absl::StatusOr<std::string> Ask(const std::vector<std::string>& lines, bool twice = false) {
    Prompts prompts;
    std::ostream out(&prompts);
    std::thread person([&] {
      for (size_t n = 0; n < lines.size(); ++n) {
        while (prompts.shown() <= static_cast<int>(n) || Echoes()) std::this_thread::yield();
        ASSERT_EQ(write(master_, lines[n].data(), lines[n].size()),
                  static_cast<ssize_t>(lines[n].size()));
      }
    });
    auto secret = ReadPersonSecret({.name = "PIN", .option = "--pin-file", .twice = twice}, out);
    person.join();
    shown_ = prompts.text();
    if (!secret.ok()) return secret.status();
    return ToString(secret->Reveal());
  }

  int master_ = -1;
  int slave_ = -1;
  int saved_ = -1;
  std::string shown_;
};

MATCHER(IsUsageError, "is a usage error") {
  return !arg.ok() && ExitCodeFor(arg.status()) == kExitUsage;
}

TEST_F(TypedSecretTest, LineIsReadAndNotShown) {
  const auto secret = Ask({"739251\n"});
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(*secret, "739251");
  EXPECT_EQ(shown_, "PIN: \n");
  EXPECT_TRUE(Echoes());  // as before
  fcntl(master_, F_SETFL, O_NONBLOCK);
  char echoed = 0;
  EXPECT_LT(read(master_, &echoed, 1), 0) << "the terminal showed '" << echoed << "'";
}

TEST_F(TypedSecretTest, EraseTakesAWholeCharacter) {
  EXPECT_EQ(Ask({"73\xc5\xbe\x7f"
                 "9251\n"})
                .value(),
            "739251");
}

TEST_F(TypedSecretTest, NewOneIsTypedTwice) {
  EXPECT_EQ(Ask({"739251\n", "739251\r"}, /*twice=*/true).value(), "739251");
  const auto differs = Ask({"739251\n", "739252\n"}, /*twice=*/true);
  ASSERT_THAT(differs, IsUsageError());
  EXPECT_EQ(std::string(differs.status().message()).find("73925"), std::string::npos);
}

TEST_F(TypedSecretTest, InterruptEmptyAndEndlessLinesAreRefused) {
  EXPECT_THAT(Ask({"7392\x03"}), IsUsageError());
  EXPECT_THAT(Ask({"\x04"}), IsUsageError());
  EXPECT_THAT(Ask({"\n"}), IsUsageError());
  EXPECT_THAT(Ask({std::string(65, '7')}), IsUsageError());
  EXPECT_TRUE(Echoes());
}

TEST(TypedSecretWithoutTerminal, AsksForTheFile) {
  const int saved = dup(STDIN_FILENO);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  std::ostringstream out;
  const auto secret = ReadPersonSecret({.name = "PIN", .option = "--pin-file"}, out);
  dup2(saved, STDIN_FILENO);
  close(null);
  close(saved);
  ASSERT_THAT(secret, IsUsageError());
  EXPECT_NE(std::string(secret.status().message()).find("--pin-file"), std::string::npos);
}

TEST(TypedSecretInAFile, IsReadOnlyWhereNobodyElseCan) {
  enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("pin");
  std::ofstream(path) << "739251\n";
  chmod(path.c_str(), 0600);
  std::ostringstream out;
  EXPECT_EQ(ToString(ReadPersonSecret({.name = "PIN", .file = path}, out)->Reveal()), "739251");
  chmod(path.c_str(), 0640);
  EXPECT_FALSE(ReadPersonSecret({.name = "PIN", .file = path}, out).ok());
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace enkrat::cli
