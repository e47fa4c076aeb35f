// enkrat doctor: the PKCS#11 module, the token and what lies in it.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/doctor_checks.h"
#include "common/reason.h"
#include "hsm/object_listing.h"
#include "hsm/self_test.h"
#include "hsm/session_pool.h"
#include "server/settings.h"
#include "signer/key_ceremony.h"

namespace enkrat::cli {
namespace {

constexpr absl::Duration kSelfTestTime = absl::Seconds(30);

// What the checks of one run share. The pool goes before the module.
struct Token {
  std::unique_ptr<hsm::Module> module;
  std::unique_ptr<hsm::SessionPool> pool;
};

bool OpenModule(const config::v1::HsmConfig& config, Token& token, Findings& findings) {
  auto module = hsm::Module::Load(
      {.path = config.module(), .init_string = config.init_string(), .quirks = config.quirks()});
  const std::string detail = module.ok() ? absl::StrCat((*module)->info().manufacturer, " ",
                                                        (*module)->info().library_version,
                                                        ", quirks ", (*module)->quirks().name)
                                         : "";
  if (!findings.Expect("PKCS#11 module", module.status(), detail,
                       "correct hsm.module; for SoftHSM check SOFTHSM2_CONF and its folder")) {
    return false;
  }
  token.module = *std::move(module);
  return true;
}

bool LogIn(const config::v1::HsmConfig& config, const std::string& credentials_directory,
           const Clock& clock, Token& token, Findings& findings) {
  const auto info = token.module->FindToken(config.token_label());
  if (!findings.Expect("token", info.status(),
                       info.ok() ? absl::StrCat("\"", info->label, "\", model ", info->model,
                                                ", serial ", info->serial)
                                 : "",
                       "correct hsm.token_label, or run enkrat init")) {
    return false;
  }
  auto pin = server::SecretFrom(config.pin(), credentials_directory);
  if (!findings.Expect("PIN", pin.status(), "readable by its owner only",
                       "hsm.pin names a file of mode 0400 that belongs to the service's user")) {
    return false;
  }
  hsm::SessionPool::Options options;
  options.token_label = config.token_label();
  options.pin = *std::move(pin);
  options.sessions = 1;
  options.clock = &clock;
  auto pool = hsm::SessionPool::Create(*token.module, std::move(options));
  if (!findings.Expect("login", pool.status(), "the token takes the PIN",
                       "put the token's user PIN into the file; it was tried once")) {
    return false;
  }
  token.pool = *std::move(pool);
  return true;
}

void CheckOneTimeKeyLife(Token& token, const Clock& clock, Findings& findings) {
  const hsm::SelfTestReport report =
      hsm::RunSelfTest(*token.pool, {.deadline = clock.Now() + kSelfTestTime});
  findings.Expect("one-time key", report.status(),
                  absl::StrCat("made, used and destroyed; ", report.checks.size(),
                               " promises of the token hold"),
                  "do not serve from this token: it does not protect or destroy keys");
}

void CheckKey(const std::string& label, const std::optional<PublicKey>& certified, Token& token,
              Findings& findings) {
  const std::string check = absl::StrCat("key ", label);
  const auto key = token.pool->FindKey(label);
  if (!key.ok()) {
    findings.Fail(check, key.status().message(), "run enkrat init with this token");
    return;
  }
  if (certified.has_value() && key->public_key().spki_der() != certified->spki_der()) {
    findings.Fail(check, "is not the key of its certificate",
                  "use the certificates that were made with this token");
    return;
  }
  findings.Ok(
      check, absl::StrCat(KeyAlgorithmName(key->public_key().algorithm()), ", id ", key->key_id()));
}

void CheckMacKey(const std::string& label, Token& token, Findings& findings) {
  findings.Expect(absl::StrCat("key ", label), token.pool->FindMacKey(label).status(),
                  "HMAC-SHA-256, not extractable", "run enkrat init with this token");
}

void CheckWrappingKey(const std::string& label, Token& token, Findings& findings) {
  findings.Expect(absl::StrCat("key ", label), token.pool->FindWrappingKey(label).status(),
                  "AES-256, not extractable",
                  "run enkrat init with this token: it makes what an older version did not");
}

void CheckLeftovers(const std::set<std::string>& certified_labels, Token& token,
                    Findings& findings) {
  auto lease = token.pool->Acquire(absl::InfiniteFuture());
  if (!lease.ok()) {
    findings.Fail("left-over keys", lease.status().message(), "see the token's log");
    return;
  }
  const auto keys = hsm::ListObjects(*lease, {.object_class = hsm::ObjectClass::kPrivateKey});
  if (!keys.ok()) {
    findings.Fail("left-over keys", keys.status().message(), "see the token's log");
    return;
  }
  std::set<std::string> known = certified_labels;
  known.insert({signer::kOcspResponderKey, signer::kAuditLogKey, signer::kRootCaKey});
  size_t session_keys = 0;
  std::vector<std::string> strangers;
  for (const hsm::ObjectInfo& key : *keys) {
    if (!key.token) ++session_keys;
    if (key.token && known.count(key.label) == 0) strangers.push_back(key.id);
  }
  if (session_keys > 0) {
    findings.Fail("left-over keys", absl::StrCat(session_keys, " one-time keys are still there"),
                  "do not serve from this token: C_DestroyObject does not destroy");
  } else if (!strangers.empty()) {
    findings.Warn("left-over keys",
                  absl::StrCat(strangers.size(), " private keys that are not Enkrat's, id ",
                               absl::StrJoin(strangers, ", ").substr(0, 200)),
                  "give the service a token of its own, and remove what nobody knows");
  } else {
    findings.Ok("left-over keys", "no private key but the long-lived ones");
  }
}

}  // namespace

void CheckHsm(const config::v1::Config& config, const std::string& credentials_directory,
              const CertifiedKeys& certified, const Clock& clock, Findings& findings) {
  Token token;
  if (!OpenModule(config.hsm(), token, findings)) return;
  if (!LogIn(config.hsm(), credentials_directory, clock, token, findings)) return;
  CheckOneTimeKeyLife(token, clock, findings);
  CheckKey(certified.issuing_ca_label, certified.issuing_ca, token, findings);
  if (config.timestamping().has_own()) {
    CheckKey(certified.timestamping_unit_label, certified.timestamping_unit, token, findings);
  }
  if (certified.ocsp_responder.has_value()) {
    CheckKey(certified.ocsp_responder_label, certified.ocsp_responder, token, findings);
  }
  CheckMacKey(config.hsm().evidence_mac_key(), token, findings);
  CheckWrappingKey(config.hsm().personal_data_key(), token, findings);
  if (config.signing_pins().enabled()) {
    CheckMacKey(config.hsm().pin_mac_key(), token, findings);
  }
  CheckLeftovers(certified.all_labels, token, findings);
}

}  // namespace enkrat::cli
