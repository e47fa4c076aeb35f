// A disk under SQLite that is full, broken or read-only when it is told to be: a VFS that passes
// everything on to the system's own, but for the fault of the moment.
//
//   FaultyDisk disk;
//   auto ledger = store::SqliteLedger::Create({.path = path, .vfs_name = disk.vfs_name()}).value();
//   disk.Set(FaultyDisk::Fault::kFull);
#ifndef ENKRAT_TESTS_SUPPORT_FAULTY_DISK_H_
#define ENKRAT_TESTS_SUPPORT_FAULTY_DISK_H_

#include <functional>
#include <string>

namespace enkrat::testing {

// One at a time in a process (SQLite's VFS functions carry no context to the files); it must
// outlive the files that were opened through it. Thread-safe.
class FaultyDisk {
 public:
  enum class Fault {
    kNone,
    kFull,        // no write fits
    kWriteFails,  // EIO
    kSyncFails,   // writes go through, fsync fails
    kReadOnly,    // files opened from now on cannot be written
  };

  FaultyDisk();
  ~FaultyDisk();

  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  std::string vfs_name() const;
  void Set(Fault fault);
  // Runs before every fsync, on the thread that does it, without locks. For latches and counts.
  void OnSync(std::function<void()> hook);
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_FAULTY_DISK_H_
