// enkratd's configuration as a test changes it.
#include "tests/support/service_configuration.h"

#include "absl/strings/str_cat.h"

namespace enkrat::testing {

ServiceSettings PlaintextSettings(const std::string& hsm_module, const std::string& issuer) {
  return {
      {"server.grpc_listen", "127.0.0.1:0"},
      {"server.http_listen", "127.0.0.1:0"},
      {"server.plaintext_on_loopback", "true"},
      {"server.plaintext_relying_party", "demo"},
      {"server.port_file", "ports.json"},
      {"hsm.module", hsm_module},
      {"hsm.token_label", "enkrat"},
      {"hsm.pin", "{file: service/secrets/pin}"},
      {"certificates.chain_file", "service/chain.pem"},
      {"certificates.profiles",
       "[{name: natural-person, level: advanced, policy_oids: [0.4.0.2042.1.2], "
       "ca_issuers_url: \"http://127.0.0.1:7080/ca/issuing-ca.cer\"}]"},
      {"timestamping.own", "{chain_file: service/tsu-chain.pem}"},
      {"store.path", "ledger.db"},
      {"identity_providers",
       absl::StrCat("[{issuer: \"", issuer,
                    "\", audiences: [enkrat], allow_loopback_http: true, acr_levels: "
                    "{\"urn:enkrat:loa:high\": high, \"urn:enkrat:loa:substantial\": substantial, "
                    "\"urn:enkrat:loa:low\": low}, claims: {country: country, mandates: mandates}}]")},
      {"relying_parties", "[{id: demo, max_in_flight: 256, levels: [{level: advanced}]}]"},
  };
}

ServiceSettings MutualTlsSettings(const std::string& hsm_module, const std::string& issuer) {
  return Merge(
      PlaintextSettings(hsm_module, issuer),
      {{"server.plaintext_on_loopback", ""},
       {"server.plaintext_relying_party", ""},
       {"server.tls",
        "{certificate_file: tls/server.pem, private_key_file: tls/server.key, client_ca_file: "
        "tls/ca.pem}"},
       {"relying_parties",
        "[{id: alpha, certificate_sans: [\"DNS:alpha.example\"], levels: [{level: advanced}]}, "
        "{id: beta, certificate_sans: [\"DNS:beta.example\"], levels: [{level: advanced}]}]"}});
}

ServiceSettings Merge(ServiceSettings settings, const ServiceSettings& changes) {
  for (const auto& [name, value] : changes) settings[name] = value;
  return settings;
}

std::string ToYaml(const ServiceSettings& settings) {
  std::map<std::string, std::string> sections;
  for (const auto& [name, value] : settings) {
    if (value.empty()) continue;
    const size_t dot = name.find('.');
    std::string& section = sections[name.substr(0, dot)];
    if (dot == std::string::npos) {
      section = absl::StrCat(" ", value, "\n");
    } else {
      absl::StrAppend(&section, section.empty() ? "\n" : "", "  ", name.substr(dot + 1), ": ",
                      value, "\n");
    }
  }
  std::string yaml;
  for (const auto& [name, text] : sections) absl::StrAppend(&yaml, name, ":", text);
  return yaml;
}

}  // namespace enkrat::testing
