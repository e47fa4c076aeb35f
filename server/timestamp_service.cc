#include "server/timestamp_service.h"

#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/timestamp_service.grpc.pb.h"
#include "server/request_conversion.h"
#include "signer/message_time.h"
#include "tsa/timestamp_unit.h"

namespace enkrat::server {
namespace {

class TimestampService final : public v1::TimestampService::CallbackService {
 public:
  TimestampService(CallGate& gate, tsa::Timestamper& timestamper, TimestampQueries* queries)
      : gate_(gate), timestamper_(timestamper), queries_(queries) {}

  grpc::ServerUnaryReactor* Timestamp(grpc::CallbackServerContext* context,
                                      const v1::TimestampRequest* request,
                                      v1::TimestampResponse* response) override {
    const CallGate::Arrival arrival = {.method = "Timestamp"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const auto algorithm = DigestAlgorithmFrom(request->digest_algorithm(), "digest_algorithm");
    if (!algorithm.ok()) return gate_.End(*std::move(call), algorithm.status());
    const tsa::MessageImprint imprint = {.algorithm = *algorithm,
                                         .digest = ToBytes(request->digest())};
    const absl::Time deadline = call->deadline;
    return gate_.Run(
        *std::move(call), response,
        [this, imprint, deadline, response](Call&, const std::atomic<bool>&) -> absl::Status {
          ENKRAT_ASSIGN_OR_RETURN(const tsa::IssuedTimestamp issued,
                                  timestamper_.Timestamp(imprint, deadline));
          v1::Timestamp& message = *response->mutable_timestamp();
          message.set_token(ToString(issued.token_der));
          signer::FillTime(issued.gen_time, *message.mutable_gen_time());
          message.set_serial_number(issued.serial_number);
          message.set_policy(issued.policy_oid);
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* TimestampQuery(grpc::CallbackServerContext* context,
                                           const v1::TimestampQueryRequest* request,
                                           v1::TimestampQueryResponse* response) override {
    const CallGate::Arrival arrival = {.method = "TimestampQuery"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    if (queries_ == nullptr) {
      return gate_.End(*std::move(call),
                       MakeError(Reason::kNotPermitted, "there is no own timestamping unit"));
    }
    if (request->time_stamp_req().size() > tsa::kMaxRequestSize) {
      return gate_.End(*std::move(call), WithField(MakeError(Reason::kLimitExceeded, "over 4 KiB"),
                                                   "time_stamp_req"));
    }
    const absl::Time deadline = call->deadline;
    return gate_.Run(*std::move(call), response,
                     [this, request, deadline, response](Call&, const std::atomic<bool>&) {
                       response->set_time_stamp_resp(ToString(
                           queries_->Answer(AsSpan(request->time_stamp_req()), deadline, "grpc")));
                       return absl::OkStatus();
                     });
  }

 private:
  CallGate& gate_;
  tsa::Timestamper& timestamper_;
  TimestampQueries* queries_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTimestampService(CallGate& gate, tsa::Timestamper& timestamper,
                                                    TimestampQueries* queries) {
  return std::make_unique<TimestampService>(gate, timestamper, queries);
}

}  // namespace enkrat::server
