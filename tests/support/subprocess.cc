// A program as a child of the test.
#include "tests/support/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

extern char** environ;

namespace enkrat::testing {
namespace {

[[noreturn]] void Give(const char* what) {
  std::perror(what);
  std::abort();
}

// A file without a name: unlike a pipe it holds any input without somebody feeding it.
int InputDescriptor(const std::string& input) {
  const int descriptor = memfd_create("stdin", MFD_CLOEXEC);
  if (descriptor < 0) Give("memfd_create");
  size_t written = 0;
  while (written < input.size()) {
    const ssize_t size = write(descriptor, input.data() + written, input.size() - written);
    if (size <= 0) Give("write");
    written += static_cast<size_t>(size);
  }
  lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

std::vector<std::string> Environment(const std::map<std::string, std::string>& additions) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!additions.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : additions) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Child {
  int in;
  int out;
  int err;
  pid_t parent;
  const char* folder;
  char** argv;
  char** environment;
};

// Between fork and exec: system calls only, for other threads may have held locks.
[[noreturn]] void Become(const Child& child) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != child.parent) _exit(127);
  if (*child.folder != 0 && chdir(child.folder) != 0) _exit(127);
  dup2(child.in, STDIN_FILENO);
  dup2(child.out, STDOUT_FILENO);
  dup2(child.err, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execvpe(child.argv[0], child.argv, child.environment);
  _exit(127);
}

}  // namespace

Subprocess::Subprocess(ProgramCall call) {
  std::vector<std::string> environment = Environment(call.environment);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const std::vector<char*> argv_pointers = Pointers(call.argv);
  const int in = InputDescriptor(call.input);
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) Give("pipe2");
  const Child child{.in = in,
                    .out = out[1],
                    .err = err[1],
                    .parent = getpid(),
                    .folder = call.folder.c_str(),
                    .argv = const_cast<char**>(argv_pointers.data()),
                    .environment = const_cast<char**>(environment_pointers.data())};
  pid_ = fork();
  if (pid_ < 0) Give("fork");
  if (pid_ == 0) Become(child);
  close(in);
  close(out[1]);
  close(err[1]);
  out_.descriptor = out[0];
  err_.descriptor = err[0];
  watcher_ = std::thread([this] { Watch(); });
}

Subprocess::~Subprocess() {
  Signal(SIGKILL);
  watcher_.join();
}

void Subprocess::Watch() {
  while (out_.descriptor >= 0 || err_.descriptor >= 0) {
    // poll passes over negative descriptors.
    pollfd waiting[] = {{.fd = out_.descriptor, .events = POLLIN, .revents = 0},
                        {.fd = err_.descriptor, .events = POLLIN, .revents = 0}};
    if (poll(waiting, 2, -1) < 0) continue;
    if (waiting[0].revents != 0) Take(out_);
    if (waiting[1].revents != 0) Take(err_);
  }
  Reap();
}

void Subprocess::Take(Stream& stream) {
  char buffer[16384];
  const ssize_t size = read(stream.descriptor, buffer, sizeof(buffer));
  if (size < 0 && errno == EINTR) return;
  if (size <= 0) {
    close(stream.descriptor);
    stream.descriptor = -1;
    return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  stream.text.append(buffer, static_cast<size_t>(size));
  for (size_t end; (end = stream.text.find('\n', stream.line_start)) != std::string::npos;) {
    lines_.push_back(stream.text.substr(stream.line_start, end - stream.line_start));
    stream.line_start = end + 1;
  }
  changed_.notify_all();
}

void Subprocess::Reap() {
  siginfo_t info;
  // Leaves the process id taken until the lock is held: Signal must not hit a stranger.
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0) {
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  changed_.notify_all();
}

std::optional<std::string> Subprocess::WaitForLine(absl::string_view text, absl::Duration timeout) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(timeout);
  std::unique_lock<std::mutex> lock(mutex_);
  for (size_t next = 0;;) {
    for (; next < lines_.size(); ++next) {
      if (lines_[next].find(text.data(), 0, text.size()) != std::string::npos) return lines_[next];
    }
    if (exit_code_.has_value()) return std::nullopt;
    if (changed_.wait_until(lock, end) == std::cv_status::timeout && next == lines_.size()) {
      return std::nullopt;
    }
  }
}

void Subprocess::Signal(int signal) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!exit_code_.has_value()) kill(pid_, signal);
}

std::optional<int> Subprocess::WaitForExit(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMicroseconds(timeout),
                    [this] { return exit_code_.has_value(); });
  return exit_code_;
}

std::string Subprocess::out() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return out_.text;
}

std::string Subprocess::err() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return err_.text;
}

void PrintTo(const ProgramOutcome& outcome, std::ostream* stream) {
  *stream << "a program that exited with " << outcome.exit_code << "\n"
          << outcome.out << outcome.err;
}

ProgramOutcome RunProgram(ProgramCall call, absl::Duration timeout) {
  Subprocess program(std::move(call));
  const std::optional<int> exit_code = program.WaitForExit(timeout);
  return {.exit_code = exit_code.value_or(-1), .out = program.out(), .err = program.err()};
}

}  // namespace enkrat::testing
