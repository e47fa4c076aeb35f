// enkrat doctor: what tells the world of revocations.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/crl.h"
#include "cli/doctor_checks.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "server/revocation_settings.h"
#include "signer/certificate_register_file.h"
#include "signer/root_crl.h"

namespace enkrat::cli {
namespace {

constexpr absl::Duration kRootNotice = absl::Hours(24 * 30);
constexpr char kNewRootCrl[] = "with the root's token, enkrat certificates crl --root";

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

// The first of the files with a CRL of that issuer; an error names the last.
absl::StatusOr<ca::ReadCrl> FindCrl(const std::vector<std::string>& files,
                                    const ca::StatusIssuer& issuer) {
  absl::StatusOr<ca::ReadCrl> found = absl::NotFoundError("there is none");
  for (const std::string& file : files) {
    const absl::StatusOr<Bytes> content = ReadFile(file, ca::kMaxCrl);
    const absl::StatusOr<Bytes> der = content.ok() ? ca::CrlDerOf(*content) : content;
    found = der.ok() ? ca::ParseCrl(*der, issuer) : der.status();
    if (found.ok()) return found;
  }
  return found;
}

void CheckUpperCrl(const server::RevocationSettings& settings, const ca::StatusIssuer& issuer,
                   const signer::CertificateRegister& all, absl::Time now, Findings& findings) {
  constexpr absl::string_view kCheck = "root CRL";
  const absl::StatusOr<ca::ReadCrl> crl = FindCrl(settings.root_crl_files, issuer);
  if (!crl.ok()) {
    findings.Warn(kCheck,
                  absl::StrCat(crl.status().message(), "; signatures of B-LT cannot be made"),
                  absl::StrCat(kNewRootCrl,
                               ", or have the outside CA's CRL put into "
                               "revocation.root_crl_files"));
  } else if (crl->next_update <= now) {
    findings.Fail(kCheck, absl::StrCat("ended on ", DayOf(crl->next_update)), kNewRootCrl);
  } else if (!signer::SaysAsRegistered(*crl, all, issuer)) {
    findings.Fail(kCheck, "does not list a CA that was revoked", kNewRootCrl);
  } else if (crl->next_update - now < kRootNotice) {
    findings.Warn(kCheck, absl::StrCat("ends on ", DayOf(crl->next_update)),
                  absl::StrCat("before then, ", kNewRootCrl));
  } else {
    findings.Ok(kCheck, absl::StrCat("lasts until ", DayOf(crl->next_update)));
  }
}

void CheckOwnCrl(const server::RevocationSettings& settings, const ca::StatusIssuer& issuer,
                 absl::Time now, Findings& findings) {
  constexpr absl::string_view kCheck = "issuing CA's CRL";
  const std::string file =
      absl::StrCat(settings.crl_folder, "/", ToHex(issuer.key_identifier), ".crl");
  if (!FileExists(file)) {
    findings.Ok(kCheck, "enkratd makes the first when it starts");
    return;
  }
  const absl::StatusOr<ca::ReadCrl> crl = FindCrl({file}, issuer);
  if (!findings.Expect(kCheck, crl.status(), file,
                       "move the file away: enkratd makes a new one, numbered by the clock")) {
    return;
  }
  if (crl->next_update <= now) {
    findings.Warn(kCheck, absl::StrCat("ended on ", DayOf(crl->next_update)),
                  "start enkratd; if it runs, its log says why it makes none");
  }
}

}  // namespace

void CheckRevocation(const config::v1::Config& config, absl::Time now, Findings& findings) {
  const auto settings = server::RevocationFrom(config);
  const auto chain = server::ChainFrom(config.certificates().chain_file());
  if (!settings.ok() || !chain.ok()) return;  // others have said so
  const std::string folder =
      std::filesystem::path(config.certificates().chain_file()).parent_path().string();
  const auto all = signer::CertificateRegisterFile(folder).Read();
  const signer::CertificateRegister registered =
      all.ok() ? all->value_or(signer::CertificateRegister()) : signer::CertificateRegister();
  const auto issuing = ca::ReadStatusIssuer(chain->front());
  if (issuing.ok()) CheckOwnCrl(*settings, *issuing, now, findings);
  for (size_t i = 1; i < chain->size(); ++i) {
    const auto upper = ca::ReadStatusIssuer((*chain)[i]);
    if (upper.ok()) CheckUpperCrl(*settings, *upper, registered, now, findings);
  }
  if (!settings->ocsp_required && !FileExists(settings->ocsp_chain_file)) {
    findings.Ok("OCSP responder", "there is none; CRLs tell of revocations");
    return;
  }
  const auto responder = server::ChainFrom(settings->ocsp_chain_file);
  findings.Expect(
      "OCSP responder",
      responder.ok()
          ? ca::ReadStatusIssuer(responder->front(), ca::StatusSigner::kOcspResponder).status()
          : responder.status(),
      settings->ocsp_chain_file, "correct revocation.ocsp_chain_file");
}

}  // namespace enkrat::cli
