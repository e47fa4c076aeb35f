// enkrat: the program.
#include <unistd.h>

#include <iostream>

#include "cli/interruption.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  enkrat::cli::SayWhenInterrupted();
  return enkrat::cli::RunProgram(argc, argv, std::cout, std::cerr, isatty(STDERR_FILENO) == 1);
}
