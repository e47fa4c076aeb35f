#include "cli/options.h"

#include "CLI/CLI.hpp"

namespace enkrat::cli {

void AddGlobalOptions(CLI::App& app, Context& context) {
  Connection& connection = context.connection;
  app.add_option("--server", connection.server, "the service, HOST:PORT")->capture_default_str();
  app.add_option("--tls-ca", connection.tls_ca_file,
                 "PEM roots that the service's certificate must chain to");
  app.add_option("--tls-cert", connection.tls_cert_file,
                 "PEM certificate that says which relying party this is");
  app.add_option("--tls-key", connection.tls_key_file, "its private key; mode 0400 or 0600");
  app.add_flag("--plaintext", connection.plaintext, "no TLS: to a service on this machine only");
  app.add_option("--timeout", context.timeout_seconds, "seconds that a call may take")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  app.add_flag("--json", context.json, "print results and errors as JSON");
}

void AddIntentOptions(CLI::App& command, IntentArguments& arguments) {
  command.add_option("FILE", arguments.files, "documents; only their digests leave this machine")
      ->required();
  command.add_option("--request-id", arguments.request_id,
                     "UUID of this act of signing; default: a new one");
  command.add_option("--level", arguments.level, "advanced, advanced-qc or qualified")
      ->capture_default_str();
  command
      .add_option("--kind", arguments.kind, "signature (a person's) or seal (an organisation's)")
      ->capture_default_str();
  command.add_option("--organization", arguments.organization,
                     "with --kind seal: who seals, such as VATSI-12345678");
  command.add_option("--digest", arguments.digest,
                     "sha256 (default), sha384 or sha512; raw signatures with p384 need sha384");
  command
      .add_option("--label", arguments.labels,
                  "what the person is shown instead of a file's name; once for each FILE")
      ->allow_extra_args(false);
}

void AddPersonOptions(CLI::App& command, LoginArguments& arguments) {
  command.add_option("--sub", arguments.subject, "the person's id at the identity provider")
      ->capture_default_str();
  command.add_option("--given-name", arguments.given_name, "the person's given name")
      ->capture_default_str();
  command.add_option("--family-name", arguments.family_name, "the person's family name")
      ->capture_default_str();
  command.add_option("--country", arguments.country, "the person's country, two letters")
      ->capture_default_str();
  command.add_option("--acr", arguments.acr, "how the person authenticated")->capture_default_str();
  command.add_option("--mandate", arguments.mandate,
                     "an organisation that the person may seal for, such as VATSI-12345678");
  command.add_option("--amr", arguments.amr, "authentication method, such as hwk");
  command.add_option("--aud", arguments.audience, "whom the token is for: the service's client id")
      ->capture_default_str();
}

void AddOutputOptions(CLI::App& command, OutputArguments& outputs, const std::string& beside) {
  command.add_option("-o,--output-dir", outputs.folder,
                     "folder for the signatures, which must be there; default: " + beside);
  command.add_option("--session-out", outputs.session_file, "file for the session's facts, JSON");
  command.add_option("--chain-out", outputs.chain_file,
                     "file for the certificate and its chain, PEM");
  command.add_option("--certificate-out", outputs.certificate_file,
                     "file for the certificate alone, PEM");
  command.add_flag("--parts", outputs.parts,
                   "also write signature value (.sig) and timestamp (.tst) of each cades-b-t");
  command.add_flag("--force", outputs.force, "replace existing files");
}

}  // namespace enkrat::cli
