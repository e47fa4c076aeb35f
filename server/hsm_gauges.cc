#include "server/hsm_gauges.h"

namespace enkrat::server {

void AddHsmGauges(const hsm::SessionPool& pool, Metrics& metrics) {
  metrics.AddGauge("enkrat_hsm_keys_generated", "One-time keys generated since the start.",
                   [&pool] { return static_cast<double>(pool.statistics().keys_generated); });
  metrics.AddGauge("enkrat_hsm_keys_destroyed", "One-time keys confirmed destroyed.",
                   [&pool] { return static_cast<double>(pool.statistics().keys_destroyed); });
  metrics.AddGauge(
      "enkrat_hsm_one_time_keys_alive", "Generated, not yet confirmed destroyed.", [&pool] {
        const hsm::PoolStatistics hsm = pool.statistics();
        return static_cast<double>(hsm.keys_generated) - static_cast<double>(hsm.keys_destroyed);
      });
  metrics.AddGauge("enkrat_hsm_destructions_unconfirmed", "ALARM if not 0.", [&pool] {
    return static_cast<double>(pool.statistics().destructions_unconfirmed);
  });
  metrics.AddGauge("enkrat_hsm_sessions_quarantined", "HSM sessions replaced after a fault.",
                   [&pool] { return static_cast<double>(pool.statistics().sessions_quarantined); });
  metrics.AddGauge("enkrat_hsm_reconnects", "Connections to the token made anew.",
                   [&pool] { return static_cast<double>(pool.statistics().reconnects); });
  metrics.AddGauge("enkrat_hsm_callers_waiting", "Calls that wait for an HSM session.",
                   [&pool] { return static_cast<double>(pool.statistics().callers_waiting); });
  metrics.AddGauge("enkrat_hsm_signatures", "Signatures made in the HSM.",
                   [&pool] { return static_cast<double>(pool.statistics().signatures); });
  metrics.AddGauge("enkrat_hsm_reconnects_failed", "Connections to the token that failed.",
                   [&pool] { return static_cast<double>(pool.statistics().reconnects_failed); });
  metrics.AddGauge("enkrat_hsm_recycles", "Planned reloads of the module.",
                   [&pool] { return static_cast<double>(pool.statistics().recycles); });
  metrics.AddGauge("enkrat_hsm_sessions_leased", "HSM sessions that are at work.",
                   [&pool] { return static_cast<double>(pool.statistics().sessions_leased); });
  metrics.AddGauge("enkrat_hsm_available", "0 while the token is away or refused the PIN.",
                   [&pool] { return pool.statistics().available ? 1.0 : 0.0; });
}

}  // namespace enkrat::server
