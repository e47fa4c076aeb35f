#include "cli/typed_secret.h"

#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/bytes.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

constexpr size_t kLongest = 64;
constexpr char kInterrupt = 3;  // Ctrl-C, which reaches us as a character
constexpr char kEndOfInput = 4;
constexpr char kErase = 0x7f;
constexpr char kBackspace = 8;

// A terminal that shows nothing and sends no signals, which would leave it so, until this object
// goes.
class QuietTerminal {
 public:
  QuietTerminal() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    quiet_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (quiet_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool quiet() const { return quiet_; }

 private:
  termios before_{};
  bool quiet_ = false;
};

// The octets of one line; wiped when they go.
struct Line {
  ~Line() { OPENSSL_cleanse(octets.data(), octets.size()); }
  std::array<char, kLongest> octets{};
  size_t size = 0;

  void EraseCharacter() {
    while (size > 0 && (static_cast<uint8_t>(octets[--size]) & 0xC0) == 0x80) {
    }
  }
};

absl::StatusOr<Secret> ReadLine(const std::string& name) {
  const QuietTerminal terminal;
  if (!terminal.quiet()) return UsageError("the terminal cannot hide what is typed");
  Line line;
  while (true) {
    char octet = 0;
    const ssize_t got = read(STDIN_FILENO, &octet, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || octet == kInterrupt || octet == kEndOfInput) {
      return UsageError(absl::StrCat("no ", name, " was typed"));
    }
    if (octet == '\n' || octet == '\r') break;
    if (octet == kErase || octet == kBackspace) {
      line.EraseCharacter();
    } else if (line.size == kLongest) {
      return UsageError(absl::StrCat("the ", name, " is too long"));
    } else {
      line.octets[line.size++] = octet;
    }
  }
  if (line.size == 0) return UsageError(absl::StrCat("no ", name, " was typed"));
  return Secret(absl::string_view(line.octets.data(), line.size));
}

absl::StatusOr<Secret> Ask(const std::string& name, const char* words, std::ostream& prompt) {
  prompt << name << words << ": " << std::flush;
  absl::StatusOr<Secret> secret = ReadLine(name);
  prompt << "\n" << std::flush;
  return secret;
}

}  // namespace

absl::StatusOr<Secret> ReadPersonSecret(const SecretQuestion& question, std::ostream& prompt) {
  if (!question.file.empty()) return ReadSecretFile(question.file);
  if (isatty(STDIN_FILENO) == 0) {
    return UsageError(absl::StrCat("there is no terminal to type the ", question.name, " on: give ",
                                   question.option));
  }
  ENKRAT_ASSIGN_OR_RETURN(Secret secret, Ask(question.name, "", prompt));
  if (!question.twice) return secret;
  ENKRAT_ASSIGN_OR_RETURN(const Secret again, Ask(question.name, " again", prompt));
  if (secret.Reveal() != again.Reveal()) {
    return UsageError(absl::StrCat("two different ", question.name, "s were typed"));
  }
  return secret;
}

}  // namespace enkrat::cli
