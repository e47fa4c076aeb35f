// A disk under SQLite that is full, broken or read-only when it is told to be.
#include "tests/support/faulty_disk.h"

#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>

#include "common/mutex.h"

namespace enkrat::testing {
namespace {

constexpr char kVfsName[] = "enkrat-faulty-disk";

// The system's file methods, with two replaced. The system's functions find their state in the
// sqlite3_file itself, so a file works as before when only its table is exchanged.
struct Methods {
  sqlite3_io_methods table;  // first: a file's pMethods points to it
  const sqlite3_io_methods* system;
};

struct State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;
  std::atomic<FaultyDisk::Fault> fault{FaultyDisk::Fault::kNone};
  Mutex mutex;
  std::function<void()> hook ABSL_GUARDED_BY(mutex);
  std::map<const sqlite3_io_methods*, std::unique_ptr<Methods>> methods ABSL_GUARDED_BY(mutex);
};

State* state = nullptr;  // of the one disk

const sqlite3_io_methods* SystemOf(sqlite3_file* file) {
  return reinterpret_cast<const Methods*>(file->pMethods)->system;
}

int Write(sqlite3_file* file, const void* octets, int size, sqlite3_int64 offset) {
  if (state->fault == FaultyDisk::Fault::kFull) return SQLITE_FULL;
  if (state->fault == FaultyDisk::Fault::kWriteFails) return SQLITE_IOERR_WRITE;
  return SystemOf(file)->xWrite(file, octets, size, offset);
}

int Sync(sqlite3_file* file, int flags) {
  std::function<void()> hook;
  {
    MutexLock lock(state->mutex);
    hook = state->hook;
  }
  if (hook) hook();
  if (state->fault == FaultyDisk::Fault::kSyncFails) return SQLITE_IOERR_FSYNC;
  return SystemOf(file)->xSync(file, flags);
}

int Open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  // As the system's own does when the file system is read-only.
  if (state->fault == FaultyDisk::Fault::kReadOnly && (flags & SQLITE_OPEN_READWRITE) != 0) {
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  }
  const int code = state->system->xOpen(state->system, name, file, flags, out_flags);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  MutexLock lock(state->mutex);
  std::unique_ptr<Methods>& methods = state->methods[file->pMethods];
  if (methods == nullptr) {
    methods = std::make_unique<Methods>(Methods{*file->pMethods, file->pMethods});
    methods->table.xWrite = &Write;
    methods->table.xSync = &Sync;
  }
  file->pMethods = &methods->table;
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  if (state != nullptr) std::abort();  // one at a time
  state = new State;
  state->system = sqlite3_vfs_find(nullptr);
  state->vfs = *state->system;
  state->vfs.zName = kVfsName;
  state->vfs.pNext = nullptr;
  state->vfs.xOpen = &Open;
  if (sqlite3_vfs_register(&state->vfs, /*makeDflt=*/0) != SQLITE_OK) std::abort();
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&state->vfs);
  delete state;
  state = nullptr;
}

std::string FaultyDisk::vfs_name() const { return kVfsName; }

void FaultyDisk::Set(Fault fault) { state->fault = fault; }

void FaultyDisk::OnSync(std::function<void()> hook) {
  MutexLock lock(state->mutex);
  state->hook = std::move(hook);
}

}  // namespace enkrat::testing
