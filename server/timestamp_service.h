// enkrat.v1.TimestampService over a timestamper.
#ifndef ENKRAT_SERVER_TIMESTAMP_SERVICE_H_
#define ENKRAT_SERVER_TIMESTAMP_SERVICE_H_

#include <memory>

#include "server/call_gate.h"
#include "server/timestamp_queries.h"
#include "tsa/timestamper.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

// `queries` answers TimestampQuery; null with an outside TSA: the call is then refused with
// kNotPermitted. Nothing is owned; all outlive the service.
std::unique_ptr<grpc::Service> MakeTimestampService(CallGate& gate, tsa::Timestamper& timestamper,
                                                    TimestampQueries* queries);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_TIMESTAMP_SERVICE_H_
