// What a configuration file leaves out, and what its paths count from (config.proto says both).
#ifndef ENKRAT_SERVER_SETTINGS_DEFAULTS_H_
#define ENKRAT_SERVER_SETTINGS_DEFAULTS_H_

#include <cstdint>
#include <filesystem>

#include "enkrat/config/v1/config.pb.h"

namespace enkrat::server {

inline constexpr uint32_t kMostThreads = 1024;
// Debian's fonts-dejavu-core.
inline constexpr char kDefaultFont[] = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

// Relative paths count from `folder`.
void ResolvePaths(const std::filesystem::path& folder, config::v1::Config& config);
void FillDefaults(config::v1::Config& config);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SETTINGS_DEFAULTS_H_
