// The YAML configuration file, read into enkrat.config.v1.Config: what is not in the message is an
// error that names its line.
#ifndef ENKRAT_SERVER_CONFIG_LOADER_H_
#define ENKRAT_SERVER_CONFIG_LOADER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace google::protobuf {
class Message;
}

namespace enkrat::server {

// Fills `message` from YAML text of at most 1 MiB, by field name. Scalars are converted by the
// field's type: durations are written 15m or 180s, enums by value name without the common prefix,
// in any case. kConfigurationInvalid with "line N: ..." for an unknown or repeated key, a value of
// the wrong type, an alias, or broken YAML.
absl::Status ReadYaml(const std::string& yaml, google::protobuf::Message& message);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CONFIG_LOADER_H_
