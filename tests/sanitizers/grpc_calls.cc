// Shows ThreadSanitizer what gRPC, which is not instrumented, orders: what a call's thread did
// before it began an operation comes before what another does when the operation has ended, and the
// end of a server after the ends of its calls. Without it every reactor would seem to race with
// itself. Each function tells the sanitizer and calls the real one.
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>

namespace {

char ended_calls;  // only its address counts

template <typename Function>
Function Real(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) {
    std::fprintf(stderr, "gRPC has no %s\n", symbol);
    std::abort();
  }
  return reinterpret_cast<Function>(found);
}

}  // namespace

extern "C" {

// Each operation holds the call from its beginning (grpcpp/impl/codegen/call_op_set.h).
void grpc_call_ref(grpc_call* call) {
  static const auto real = Real<void (*)(grpc_call*)>("grpc_call_ref");
  __tsan_release(call);
  real(call);
}

// It lets the call go before OnReadDone and the like; the call itself is let go after OnDone
// (grpcpp/impl/codegen/server_callback_handlers.h).
void grpc_call_unref(grpc_call* call) {
  static const auto real = Real<void (*)(grpc_call*)>("grpc_call_unref");
  __tsan_acquire(call);
  __tsan_release(&ended_calls);
  real(call);
}

// What ~grpc::Server does last, after it has waited for all calls.
void grpc_server_destroy(grpc_server* server) {
  static const auto real = Real<void (*)(grpc_server*)>("grpc_server_destroy");
  __tsan_acquire(&ended_calls);
  real(server);
}
}
