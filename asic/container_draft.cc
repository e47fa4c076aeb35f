// Making a container: the files are digested, the manifest laid, and all packed around the
// signature.
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "asic/container.h"
#include "asic/digested_file.h"
#include "asic/entry_name.h"
#include "asic/manifest.h"
#include "asic/media_types.h"
#include "asic/zip_writer.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::asic {
namespace {

constexpr size_t kMostFiles = 1000;
constexpr uint64_t kMostOctets = uint64_t{1} << 30;
constexpr size_t kMostMediaTypeCharacters = 127;
constexpr char kSimpleSignature[] = "META-INF/signature.p7s";
constexpr char kExtendedSignature[] = "META-INF/signature001.p7s";
constexpr char kExtendedManifest[] = "META-INF/ASiCManifest001.xml";

absl::Status CheckNames(const std::vector<DataFile>& files) {
  std::set<std::string> keys;
  for (const DataFile& file : files) {
    ENKRAT_RETURN_IF_ERROR(CheckDataFileName(file.name));
    ENKRAT_RETURN_IF_ERROR(CheckVisibleText(file.mime_type, kMostMediaTypeCharacters));
    ENKRAT_ASSIGN_OR_RETURN(std::string key, NameKey(file.name));
    if (!keys.insert(std::move(key)).second) {
      return MakeError(Reason::kRequestMalformed, "two files of the container have one name");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContainerDraft> ContainerDraft::Create(ContainerType type,
                                                      std::vector<DataFile> files,
                                                      DigestAlgorithm algorithm) {
  if (files.empty() || (type == ContainerType::kSimple && files.size() != 1)) {
    return MakeError(Reason::kRequestMalformed, "the number of files is not the container's");
  }
  if (files.size() > kMostFiles) {
    return MakeError(Reason::kLimitExceeded, "too many files for one container");
  }
  ENKRAT_RETURN_IF_ERROR(CheckNames(files));
  ContainerDraft draft;
  uint64_t octets_left = kMostOctets;
  Manifest manifest{.signature_uri = UriOfEntry(kExtendedSignature),
                    .signature_mime_type = kCmsSignatureType,
                    .references = {}};
  for (const DataFile& file : files) {
    ENKRAT_ASSIGN_OR_RETURN(FileDigest digest, DigestFile(file.path, algorithm, octets_left));
    octets_left -= digest.size;
    manifest.references.push_back({.uri = UriOfEntry(file.name),
                                   .mime_type = file.mime_type,
                                   .algorithm = algorithm,
                                   .digest = digest.digest});
    draft.file_digests_.push_back(std::move(digest.digest));
  }
  draft.type_ = type;
  draft.files_ = std::move(files);
  draft.digest_algorithm_ = algorithm;
  if (type == ContainerType::kSimple) {
    draft.digest_to_sign_ = draft.file_digests_.front();
    return draft;
  }
  draft.manifest_ = WriteManifest(manifest);
  draft.digest_to_sign_ = ComputeDigest(algorithm, draft.manifest_);
  return draft;
}

absl::Status ContainerDraft::Write(const std::string& path, ByteSpan cms_der) const {
  if (!OnlyElement(cms_der, der_tag::kSequence).has_value()) {
    return MakeError(Reason::kRequestMalformed, "the signature is not one DER value");
  }
  const bool simple = type_ == ContainerType::kSimple;
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<ZipWriter> writer, ZipWriter::Create(path));
  ENKRAT_RETURN_IF_ERROR(
      writer->AddStored(kMimetypeEntry, AsSpan(simple ? kSimpleType : kExtendedType)));
  for (size_t i = 0; i < files_.size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(writer->AddFile(
        files_[i].name,
        {.path = files_[i].path, .algorithm = digest_algorithm_, .digest = file_digests_[i]}));
  }
  if (!simple) ENKRAT_RETURN_IF_ERROR(writer->AddDeflated(kExtendedManifest, manifest_));
  ENKRAT_RETURN_IF_ERROR(
      writer->AddDeflated(simple ? kSimpleSignature : kExtendedSignature, cms_der));
  return writer->Publish();
}

}  // namespace enkrat::asic
