#include "common/thread_pool.h"

#include <utility>

namespace enkrat {

ThreadPool::ThreadPool(Options options) : queue_limit_(options.queue_limit) {
  workers_.reserve(options.threads);
  for (size_t i = 0; i < options.threads; ++i) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    worker.thread = std::jthread([this, &worker] { Work(worker); });
  }
}

ThreadPool::~ThreadPool() {
  std::vector<Worker*> idle;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    idle.swap(idle_);
  }
  for (Worker* worker : idle) worker->wake.Give();
  for (const auto& worker : workers_) worker->thread.join();
}

bool ThreadPool::TrySubmit(std::function<void()> job) {
  Worker* worker = nullptr;
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    if (idle_.empty()) {
      if (queue_.size() >= queue_limit_) return false;
      queue_.push_back(std::move(job));
      return true;
    }
    worker = idle_.back();
    idle_.pop_back();
  }
  worker->job = std::move(job);
  worker->wake.Give();
  return true;
}

size_t ThreadPool::waiting() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

std::function<void()> ThreadPool::Next(Worker& worker) {
  {
    MutexLock lock(mutex_);
    if (!queue_.empty()) {
      std::function<void()> job = std::move(queue_.front());
      queue_.pop_front();
      return job;
    }
    if (stopping_) return nullptr;
    idle_.push_back(&worker);
  }
  worker.wake.Wait();
  return std::exchange(worker.job, nullptr);
}

void ThreadPool::Work(Worker& worker) {
  while (const std::function<void()> job = Next(worker)) job();
}

}  // namespace enkrat
