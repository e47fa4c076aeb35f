#include "server/daemon.h"

#include <utility>

#include "common/status_macros.h"
#include "server/core.h"
#include "server/front.h"
#include "server/operator_service.h"

namespace enkrat::server {

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(Options options) {
  // What --check-config would have said, before anything is opened.
  ENKRAT_RETURN_IF_ERROR(CheckSettings(options.config, options.clock->Now()));
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(options)));
  ENKRAT_ASSIGN_OR_RETURN(
      daemon->core_, Core::Create({.config = &daemon->options_.config,
                                   .credentials_directory = daemon->options_.credentials_directory,
                                   .clock = daemon->options_.clock,
                                   .logger = daemon->options_.logger,
                                   .metrics = &daemon->metrics_}));
  daemon->front_ = std::make_unique<Front>(Front::Options{.config = &daemon->options_.config,
                                                          .core = daemon->core_.get(),
                                                          .metrics = &daemon->metrics_,
                                                          .clock = daemon->options_.clock,
                                                          .logger = daemon->options_.logger,
                                                          .deaf = daemon->options_.deaf});
  ENKRAT_RETURN_IF_ERROR(daemon->front_->Start());
  if (const std::string& socket = daemon->options_.config.server().operator_socket();
      !socket.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(daemon->operator_,
                            OperatorServer::Start({.socket = socket,
                                                   .desk = &daemon->core_->personal_data(),
                                                   .logger = daemon->options_.logger}));
  }
  return daemon;
}

Daemon::Daemon(Options options) : options_(std::move(options)) {}
Daemon::~Daemon() = default;

uint16_t Daemon::grpc_port() const { return front_->grpc_port(); }
uint16_t Daemon::http_port() const { return front_->http_port(); }

void Daemon::ReloadRelyingParties() { front_->ReloadRelyingParties(); }

void Daemon::Drain() {
  operator_.reset();
  front_->Stop(DurationFrom(options_.config.server().drain()));
  front_.reset();
  core_.reset();
}

}  // namespace enkrat::server
