// Shows ThreadSanitizer that the end of a gRPC server waits for the ends of its calls: they are
// counted in a library that is not instrumented. Without it every reactor's OnDone would seem to
// race with the end of what it uses. Each function tells the sanitizer and calls the real one.
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

// gRPC lets a call go after OnDone (grpcpp/impl/codegen/server_callback_handlers.h).
void grpc_call_unref(grpc_call* call) {
  static const auto real = Real<void (*)(grpc_call*)>("grpc_call_unref");
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
