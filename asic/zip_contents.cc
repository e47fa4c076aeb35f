#include "asic/zip_contents.h"

#include <zip.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "asic/zip_rewriting.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr size_t kPiece = 64 * 1024;

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the ZIP ", what));
}

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void ZipContents::Discard::operator()(zip* archive) const { zip_discard(archive); }

absl::StatusOr<ZipContents> ZipContents::Open(const std::string& path, const ZipBounds& bounds) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) {
    return MakeError(errno == ENOENT ? Reason::kNotFound : Reason::kConfigurationInvalid,
                     "the container cannot be opened");
  }
  ENKRAT_ASSIGN_OR_RETURN(ZipOutline outline, ReadZipOutline(file.get(), bounds));
  const int descriptor = fileno(file.get());
  zip_source_t* const source = zip_source_filep_create(file.get(), 0, -1, nullptr);
  if (source == nullptr) return MakeError(Reason::kInternal, "no memory to read a ZIP");
  static_cast<void>(file.release());  // the source's now
  zip_t* const archive = zip_open_from_source(source, ZIP_RDONLY, nullptr);
  if (archive == nullptr) {
    zip_source_free(source);
    return Malformed("is not one for libzip");
  }
  ZipContents contents(std::move(outline), descriptor, archive);
  // One outline, two readers of it: they must agree.
  if (zip_get_num_entries(archive, 0) != static_cast<zip_int64_t>(contents.entries().size())) {
    return Malformed("is another one for libzip");
  }
  return contents;
}

std::optional<size_t> ZipContents::IndexOf(absl::string_view name) const {
  for (size_t i = 0; i < entries().size(); ++i) {
    if (!entries()[i].folder && entries()[i].name == name) return i;
  }
  return std::nullopt;
}

absl::Status ZipContents::Unpack(size_t index, absl::FunctionRef<void(ByteSpan)> take) const {
  const char* const name = zip_get_name(archive_.get(), index, ZIP_FL_ENC_RAW);
  if (name == nullptr || entries()[index].name != name)
    return Malformed("is another one for libzip");
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive_.get(), index, 0));
  if (entry == nullptr) return Malformed("has an entry that does not unpack");
  Bytes piece(kPiece);
  uint64_t rest = entries()[index].unpacked_octets;
  while (true) {
    const zip_int64_t got = zip_fread(entry.get(), piece.data(), piece.size());
    if (got < 0) return Malformed("has an entry that does not unpack");
    if (static_cast<uint64_t>(got) > rest) return Malformed("has an entry larger than it says");
    if (got == 0) break;
    rest -= static_cast<uint64_t>(got);
    take(ByteSpan(piece).subspan(0, static_cast<size_t>(got)));
  }
  return rest == 0 ? absl::OkStatus() : Malformed("has an entry smaller than it says");
}

absl::StatusOr<Bytes> ZipContents::Read(absl::string_view name, uint64_t most_octets) const {
  const std::optional<size_t> index = IndexOf(name);
  if (!index.has_value()) return MakeError(Reason::kNotFound, "no such entry in the container");
  if (entries()[*index].unpacked_octets > most_octets) {
    return MakeError(Reason::kLimitExceeded, "an entry of the container is too large");
  }
  Bytes content;
  ENKRAT_RETURN_IF_ERROR(Unpack(*index, [&](ByteSpan piece) { Append(content, piece); }));
  return content;
}

absl::StatusOr<Bytes> ZipContents::Digest(absl::string_view name, DigestAlgorithm algorithm) const {
  const std::optional<size_t> index = IndexOf(name);
  if (!index.has_value()) return MakeError(Reason::kNotFound, "no such entry in the container");
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  Bytes digest(DigestSize(algorithm));
  bool good = EVP_DigestInit_ex(context.get(), DigestMethod(algorithm), nullptr) == 1;
  ENKRAT_RETURN_IF_ERROR(Unpack(*index, [&](ByteSpan piece) {
    good = good && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  }));
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "cannot digest an entry of the container");
  }
  return digest;
}

absl::Status ZipContents::RewriteTo(const std::string& path,
                                    const std::map<std::string, Bytes>& others) const {
  std::map<size_t, Bytes> by_index;
  for (const auto& [name, octets] : others) {
    const std::optional<size_t> index = IndexOf(name);
    if (!index.has_value()) return MakeError(Reason::kNotFound, "no such entry in the container");
    by_index[*index] = octets;
  }
  return RewriteZip(descriptor_, outline_, by_index, path);
}

}  // namespace enkrat::asic
