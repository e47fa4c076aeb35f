#include "server/reflection.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

namespace enkrat::server {
namespace {

constexpr char kPluginName[] = "proto_server_reflection";

// A static initialiser of libgrpc++_reflection adds its plugin to every builder of the process;
// gRPC 1.51 has no other way to be without it than to take it out again.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == kPluginName; });
  }
};

}  // namespace

void SetReflection(grpc::ServerBuilder& builder, bool offered) {
  if (offered) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  } else {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
}

}  // namespace enkrat::server
