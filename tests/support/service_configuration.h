// enkratd's configuration as a test changes it: settings by their dotted names, written as YAML.
#ifndef ENKRAT_TESTS_SUPPORT_SERVICE_CONFIGURATION_H_
#define ENKRAT_TESTS_SUPPORT_SERVICE_CONFIGURATION_H_

#include <map>
#include <string>

namespace enkrat::testing {

// "section.key" or a whole section -> its value in YAML's flow style. An empty value leaves the
// setting out.
//   {{"server.reflection", "true"}, {"relying_parties", "[{id: demo, levels: [...]}]"}}
using ServiceSettings = std::map<std::string, std::string>;

// What a service in a scratch folder needs, by relative paths: level ADVANCED, own timestamping,
// ports that are free, one relying party "demo" on plaintext loopback.
ServiceSettings PlaintextSettings(const std::string& hsm_module, const std::string& issuer);

// The same with TLS: relying parties "alpha" and "beta", known by DNS:alpha.example and
// DNS:beta.example.
ServiceSettings MutualTlsSettings(const std::string& hsm_module, const std::string& issuer);

// `changes` replace and add.
ServiceSettings Merge(ServiceSettings settings, const ServiceSettings& changes);

std::string ToYaml(const ServiceSettings& settings);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SERVICE_CONFIGURATION_H_
