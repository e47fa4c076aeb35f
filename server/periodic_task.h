// Something that is done again and again on a thread of its own, until it is stopped.
#ifndef ENKRAT_SERVER_PERIODIC_TASK_H_
#define ENKRAT_SERVER_PERIODIC_TASK_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace enkrat::server {

class PeriodicTask {
 public:
  // Calls `run` after every interval while it answers true.
  PeriodicTask(absl::Duration interval, std::function<bool()> run);
  // Stops and joins; waits for a `run` that is running.
  ~PeriodicTask();

  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits one interval; true if the task is to stop.
  bool Stopped() ABSL_LOCKS_EXCLUDED(mutex_);

  const absl::Duration interval_;
  const std::function<bool()> run_;
  Mutex mutex_;
  CondVar stopping_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_PERIODIC_TASK_H_
