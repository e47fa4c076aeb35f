#include "validation/system_roots.h"

#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/der.h"
#include "common/file.h"

namespace enkrat::validation {
namespace {

constexpr size_t kMaxRoots = 4096;
constexpr size_t kMaxFileOctets = 8 << 20;

void AddFile(const std::string& path, std::vector<Bytes>& roots) {
  const auto pem = ReadFile(path, kMaxFileOctets);
  if (!pem.ok()) return;
  auto certificates = CertificatesFromPem(ToString(*pem));
  if (!certificates.ok()) return;
  for (Bytes& der : *certificates) {
    if (roots.size() < kMaxRoots) roots.push_back(std::move(der));
  }
}

// "3513523f.0", not the ".r0" of a CRL.
bool IsHashedName(const std::string& name) {
  return name.size() >= 10 && name.size() <= 12 && name[8] == '.' &&
         std::all_of(name.begin(), name.begin() + 8,
                     [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }) &&
         std::all_of(name.begin() + 9, name.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

}  // namespace

SystemRootPlaces DefaultSystemRootPlaces() {
  return {.file = X509_get_default_cert_file(), .folder = X509_get_default_cert_dir()};
}

std::vector<Bytes> ReadSystemRoots(const SystemRootPlaces& places) {
  std::vector<Bytes> roots;
  AddFile(places.file, roots);
  std::vector<std::string> paths;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(places.folder, error);
       !error && entry != std::filesystem::directory_iterator() && paths.size() < kMaxRoots;
       entry.increment(error)) {
    if (IsHashedName(entry->path().filename().string())) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) AddFile(path, roots);
  return roots;
}

}  // namespace enkrat::validation
