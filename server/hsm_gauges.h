// The HSM's figures at /metrics (docs/operations.md).
#ifndef ENKRAT_SERVER_HSM_GAUGES_H_
#define ENKRAT_SERVER_HSM_GAUGES_H_

#include "hsm/session_pool.h"
#include "server/metrics.h"

namespace enkrat::server {

// `pool` must outlive the gauges' use.
void AddHsmGauges(const hsm::SessionPool& pool, Metrics& metrics);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_HSM_GAUGES_H_
