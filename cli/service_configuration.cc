#include "cli/service_configuration.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/connection.h"
#include "common/loopback.h"
#include "signer/key_ceremony.h"

namespace enkrat::cli {
namespace {

// A JSON string is a double-quoted YAML scalar: nothing that an operator types can leave it.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/true,
                                   nlohmann::json::error_handler_t::replace);
}

std::string ServerPart(const ServiceConfiguration& c) {
  return absl::StrCat("server:\n  grpc_listen: ", Quoted(c.grpc_listen),
                      "\n  http_listen: ", Quoted(c.http_listen),
                      "\n  # Callers on this machine only, all of them this relying party. For "
                      "others, set tls and\n"
                      "  # give each relying party its certificate_sans.\n"
                      "  plaintext_on_loopback: true\n  plaintext_relying_party: ",
                      Quoted(c.relying_party), "\n");
}

std::string HsmPart(const ServiceConfiguration& c) {
  return absl::StrCat("\nhsm:\n  module: ", Quoted(c.module),
                      "\n  token_label: ", Quoted(c.token_label),
                      "\n  pin:\n    file: ", Quoted(c.pin_file), "\n");
}

std::string CertificatesPart(const ServiceConfiguration& c) {
  const std::string warning = c.policy_oid == kExamplePolicyOid
                                  ? "        # An example OID (RFC 5612): put the one of your own "
                                    "certificate policy here.\n"
                                  : "";
  return absl::StrCat(
      "\ncertificates:\n  chain_file: ", signer::kChainFile,
      "\n  profiles:\n    - name: advanced\n      level: advanced\n"
      "      policy_oids:\n",
      warning, "        - ", Quoted(c.policy_oid), "\n      ca_issuers_url: ",
      Quoted(absl::StrCat(absl::StripSuffix(c.base_url, "/"), "/ca/", signer::kIssuingCaDerFile)),
      "\n");
}

std::string TimestampingPart() {
  return absl::StrCat("\ntimestamping:\n  own:\n    chain_file: ", signer::kTimestampingChainFile,
                      "\n\nstore:\n  path: ledger.db\n");
}

std::string IdentityPart(const ServiceConfiguration& c) {
  const bool loopback = absl::StartsWith(c.issuer, "http://") && IsLoopbackUrl(c.issuer);
  return absl::StrCat(
      "\n# Whom the service believes who a signer is.\nidentity_providers:\n  - issuer: ",
      Quoted(c.issuer), "\n    audiences:\n      - ", Quoted(c.audience),
      loopback ? "\n    allow_loopback_http: true" : "",
      "\n    acr_levels:\n      \"http://eidas.europa.eu/LoA/low\": low\n"
      "      \"http://eidas.europa.eu/LoA/substantial\": substantial\n"
      "      \"http://eidas.europa.eu/LoA/high\": high\n",
      loopback ? "      \"urn:enkrat:loa:low\": low\n"
                 "      \"urn:enkrat:loa:substantial\": substantial\n"
                 "      \"urn:enkrat:loa:high\": high\n"
               : "",
      "    claims:\n      fixed_country: ", Quoted(c.country), "\n");
}

std::string RelyingPartyPart(const ServiceConfiguration& c) {
  return absl::StrCat(
      "\n# Who may ask for signatures.\nrelying_parties:\n  - id: ", Quoted(c.relying_party),
      "\n    levels:\n      - level: advanced\n\n# Further ones, for enkrat rp: "
      "docs/relying_parties.md.\nrelying_parties_folder: ",
      kRelyingPartiesFolder, "\n");
}

}  // namespace

std::string ServiceConfigurationYaml(const ServiceConfiguration& configuration) {
  return absl::StrCat(
      "# Written by enkrat init. Every setting: proto/enkrat/config/v1/config.proto.\n"
      "# Check with: enkrat doctor --config FILE\n",
      ServerPart(configuration), HsmPart(configuration), CertificatesPart(configuration),
      TimestampingPart(), IdentityPart(configuration), RelyingPartyPart(configuration));
}

}  // namespace enkrat::cli
