// A program that is told to end while it works says so, instead of ending in silence.
#ifndef ENKRAT_CLI_INTERRUPTION_H_
#define ENKRAT_CLI_INTERRUPTION_H_

namespace enkrat::cli {

// From now on SIGINT, SIGTERM and SIGHUP write one line to stderr, then end the process as they
// always do. For main: it sets the process's signal handlers.
void SayWhenInterrupted();

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_INTERRUPTION_H_
