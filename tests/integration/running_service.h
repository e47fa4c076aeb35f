// One running service for all cases of a suite, and the words in which they speak of it.
#ifndef ENKRAT_TESTS_INTEGRATION_RUNNING_SERVICE_H_
#define ENKRAT_TESTS_INTEGRATION_RUNNING_SERVICE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/service_environment.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"

namespace enkrat::testing {

MATCHER(Succeeds, "exits with 0") { return arg.exit_code == 0; }

MATCHER_P(ExitsWith, code, "exits with the code " + std::to_string(code)) {
  return arg.exit_code == code;
}

inline ProgramOutcome Execute(std::vector<std::string> argv, std::string input = {}) {
  return RunProgram({.argv = std::move(argv), .input = std::move(input)});
}

// Cases of one suite share the service and must not disturb each other: each has files of its own
// names, and none stops it.
class RunningService : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { service_.reset(); }

  // To be called from the suite's SetUpTestSuite.
  static void StartService(ServiceEnvironment::Options options = {}) {
    service_ = std::make_unique<ServiceEnvironment>(std::move(options));
    ASSERT_THAT(service_->Start(), IsOk());
  }

  static ServiceEnvironment& service() { return *service_; }

  // Makes a document of this name; its path.
  static std::string MakeDocument(const std::string& name) {
    WriteText(service().File(name), "The document " + name + ".\n");
    return service().File(name);
  }

  // `enkrat sign <words> <login>`.
  static ProgramOutcome Sign(std::vector<std::string> words) {
    words.insert(words.begin(), "sign");
    for (std::string& word : service().LoginOptions()) words.push_back(std::move(word));
    return service().Enkrat(std::move(words));
  }

 private:
  static inline std::unique_ptr<ServiceEnvironment> service_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_RUNNING_SERVICE_H_
