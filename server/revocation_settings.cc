#include "server/revocation_settings.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "ca/crl.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/ocsp_desks.h"
#include "server/settings_words.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr absl::Duration kLeastInterval = absl::Minutes(1);
constexpr absl::Duration kLongestInterval = absl::Hours(24);  // EN 319 411-1 CSS-6.3.9
constexpr absl::Duration kLongestCrl = absl::Hours(24 * 7);
constexpr absl::Duration kLeastOcsp = absl::Minutes(1);
constexpr absl::Duration kLongestOcsp = absl::Hours(24);  // REV-6.2.4-03A
constexpr uint32_t kMostSignatures = 10'000;

std::string Beside(const std::string& path, const char* name) {
  return (std::filesystem::path(path).parent_path() / name).string();
}

absl::Duration Or(bool has, const google::protobuf::Duration& given, absl::Duration otherwise) {
  return has ? DurationFrom(given) : otherwise;
}

absl::Status CheckTimes(const RevocationSettings& settings) {
  if (settings.crl_interval < kLeastInterval || settings.crl_interval > kLongestInterval) {
    return Invalid("revocation.crl_interval", "is not between 1m and 24h");
  }
  if (settings.crl_lifetime < 2 * settings.crl_interval || settings.crl_lifetime > kLongestCrl) {
    return Invalid("revocation.crl_lifetime",
                   "is not between twice crl_interval and 168h: one CRL may fail to be made");
  }
  if (settings.ocsp_lifetime < kLeastOcsp || settings.ocsp_lifetime > kLongestOcsp) {
    return Invalid("revocation.ocsp_lifetime", "is not between 1m and 24h");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RevocationSettings> RevocationFrom(const Config& config) {
  const v1::RevocationConfig& given = config.revocation();
  const std::string& chain_file = config.certificates().chain_file();
  RevocationSettings settings;
  settings.crl_interval = Or(given.has_crl_interval(), given.crl_interval(), absl::Hours(1));
  settings.crl_lifetime = Or(given.has_crl_lifetime(), given.crl_lifetime(), absl::Hours(24));
  settings.ocsp_lifetime = Or(given.has_ocsp_lifetime(), given.ocsp_lifetime(), absl::Hours(1));
  ENKRAT_RETURN_IF_ERROR(CheckTimes(settings));
  settings.crl_folder =
      given.crl_folder().empty() ? Beside(config.store().path(), "crl") : given.crl_folder();
  settings.ocsp_required = !given.ocsp_chain_file().empty();
  settings.ocsp_chain_file =
      settings.ocsp_required ? given.ocsp_chain_file() : Beside(chain_file, "ocsp.pem");
  settings.ocsp_responder_key =
      given.ocsp_responder_key().empty() ? "ocsp-responder" : given.ocsp_responder_key();
  settings.root_crl_files = {given.root_crl_files().begin(), given.root_crl_files().end()};
  if (settings.root_crl_files.empty()) {
    settings.root_crl_files.push_back(Beside(chain_file, "root.crl"));
  }
  const uint32_t rate = given.ocsp_signatures_per_second();
  if (rate > kMostSignatures) {
    return Invalid("revocation.ocsp_signatures_per_second", "is over 10000");
  }
  settings.ocsp_signatures_per_second = rate == 0 ? 50 : rate;
  return settings;
}

absl::Status CheckRevocationFiles(const Config& config) {
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSettings settings, RevocationFrom(config));
  ENKRAT_RETURN_IF_ERROR(RespondersFrom(settings, signer::CertificateRegister()).status());
  for (const std::string& file : config.revocation().root_crl_files()) {
    const absl::StatusOr<Bytes> content = ReadFile(file, ca::kMaxCrl);
    const absl::Status readable = content.ok() ? ca::CrlDerOf(*content).status() : content.status();
    if (!readable.ok()) return Invalid("revocation.root_crl_files", readable.message());
  }
  return absl::OkStatus();
}

}  // namespace enkrat::server
