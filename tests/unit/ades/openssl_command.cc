#include "tests/unit/ades/openssl_command.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/der.h"

namespace enkrat::ades::testing {
namespace {

// A directory that is gone when the test is.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "enkrat_ades_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string Write(const std::string& name, absl::string_view octets) const {
    const std::string path = path_ / name;
    std::ofstream(path, std::ios::binary).write(octets.data(), octets.size());
    return path;
  }

 private:
  std::filesystem::path path_;
};

absl::StatusOr<std::string> Run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return absl::InternalError("cannot start a shell");
  std::string output;
  std::array<char, 4096> chunk;
  size_t size;
  while ((size = fread(chunk.data(), 1, chunk.size(), pipe)) > 0) output.append(chunk.data(), size);
  if (pclose(pipe) != 0) return absl::InternalError(output);
  return output;
}

std::string VerifyCommand() {
  return absl::StrCat("openssl cms -verify -cades -binary -inform DER -purpose any -attime ",
                      absl::ToUnixSeconds(TestNow()));
}

}  // namespace

absl::Status OpenSslCmsVerify(const TestPki& pki, const Bytes& signature_der,
                              const std::string& document) {
  const ScratchDirectory directory;
  const std::string root = directory.Write("root.pem", CertificateToPem(pki.root.certificate_der));
  const std::string signature = directory.Write("document.p7s", ToString(signature_der));
  const std::string content = directory.Write("document", document);
  return Run(absl::StrCat(VerifyCommand(), " -CAfile '", root, "' -in '", signature, "' -content '",
                          content, "' -out /dev/null"))
      .status();
}

absl::Status OpenSslCmsVerifyEnveloping(const TestPki& pki, const Bytes& signature_der,
                                        std::string* content) {
  const ScratchDirectory directory;
  const std::string root = directory.Write("root.pem", CertificateToPem(pki.root.certificate_der));
  const std::string signature = directory.Write("document.p7m", ToString(signature_der));
  const std::string out = directory.Write("out", "");
  const absl::StatusOr<std::string> printed = Run(absl::StrCat(
      VerifyCommand(), " -CAfile '", root, "' -in '", signature, "' -out '", out, "'"));
  std::ifstream file(out, std::ios::binary);
  content->assign(std::istreambuf_iterator<char>(file), {});
  return printed.status();
}

absl::StatusOr<std::string> OpenSslCmsPrint(const Bytes& signature_der) {
  const ScratchDirectory directory;
  const std::string signature = directory.Write("document.p7s", ToString(signature_der));
  return Run(absl::StrCat("openssl cms -cmsout -print -noout -inform DER -in '", signature, "'"));
}

}  // namespace enkrat::ades::testing
