#include "cli/interruption.h"

#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace enkrat::cli {
namespace {

// Calls only what signal-safety(7) allows.
void Say(int signal_number) {
  constexpr char kLine[] = "\nerror: interrupted before the end\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLine, sizeof(kLine) - 1);
  raise(signal_number);  // the default action by now: SA_RESETHAND
}

}  // namespace

void SayWhenInterrupted() {
  struct sigaction action {};
  action.sa_handler = Say;
  action.sa_flags = SA_RESETHAND | SA_NODEFER;
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    // Whoever started the program with the signal ignored (nohup) wants it so.
    struct sigaction before {};
    if (sigaction(signal_number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    sigaction(signal_number, &action, nullptr);
  }
}

}  // namespace enkrat::cli
