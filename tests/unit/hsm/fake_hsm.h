// A fake token with the module and the pool over it: what most tests of hsm/ start from.
#ifndef ENKRAT_TESTS_UNIT_HSM_FAKE_HSM_H_
#define ENKRAT_TESTS_UNIT_HSM_FAKE_HSM_H_

#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "common/log.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {

class FakeHsm {
 public:
  explicit FakeHsm(testing::FakeCryptoki::Options options = {}, std::string quirks = "")
      : token(std::move(options)),
        module(Module::FromFunctionList(token.functions(), {.quirks = std::move(quirks)}).value()) {
  }

  SessionPool::Options PoolOptions() {
    return {.token_label = "fake token",
            .pin = Secret(absl::string_view("1234")),
            .sessions = 2,
            .clock = &clock,
            .logger = &logger};
  }
  void OpenPool(size_t sessions = 2) {
    SessionPool::Options options = PoolOptions();
    options.sessions = sessions;
    OpenPool(std::move(options));
  }
  void OpenPool(SessionPool::Options options) {
    pool = SessionPool::Create(*module, std::move(options)).value();
  }
  absl::StatusOr<SessionLease> Acquire() { return pool->Acquire(absl::InfiniteFuture()); }

  testing::FakeClock clock;
  std::ostringstream log;
  Logger logger{log, clock};
  testing::FakeCryptoki token;
  std::unique_ptr<Module> module;
  std::unique_ptr<SessionPool> pool;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_TESTS_UNIT_HSM_FAKE_HSM_H_
