// A line of text cut where its direction or its script changes.
#ifndef ENKRAT_PADES_SCRIPT_RUNS_H_
#define ENKRAT_PADES_SCRIPT_RUNS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace enkrat::pades {

struct ScriptRun {
  size_t begin = 0;  // octets
  size_t end = 0;
  bool to_the_left = false;
};

// As they stand on paper, from left to right (Unicode Standard Annexes 9 and 24). The line is UTF-8
// of at most 1 MiB.
std::vector<ScriptRun> RunsFromLeftToRight(const std::string& line);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SCRIPT_RUNS_H_
