// gRPC server reflection, by configuration only.
#ifndef ENKRAT_SERVER_REFLECTION_H_
#define ENKRAT_SERVER_REFLECTION_H_

namespace grpc {
class ServerBuilder;
}

namespace enkrat::server {

// Whether the server that `builder` makes lists its services to whoever asks. To be called once,
// before the server is built: linking gRPC's reflection library turns it on in every server.
void SetReflection(grpc::ServerBuilder& builder, bool offered);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_REFLECTION_H_
