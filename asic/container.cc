#include "asic/container.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "asic/entry_name.h"
#include "asic/manifest.h"
#include "asic/manifest_coverage.h"
#include "asic/media_types.h"
#include "asic/zip_contents.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr char kZipMagic[] = "PK\x03\x04";
constexpr uint64_t kMostSignatureOctets = uint64_t{4} << 20;
constexpr uint64_t kMostManifestOctets = uint64_t{1} << 20;
constexpr uint64_t kMostMimetypeOctets = 256;

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the container ", what));
}

// EN 319 162-1 4.3.3, 4.4.4.
bool IsCmsSignature(absl::string_view name) {
  return IsMetaInfName(name, "", ".p7s") && absl::StrContains(name, "signature");
}
bool IsTimestamp(absl::string_view name) {
  return IsMetaInfName(name, "", ".tst") && absl::StrContains(name, "timestamp");
}
bool IsManifest(absl::string_view name) {
  return IsMetaInfName(name, "ASiCManifest", ".xml") ||
         IsMetaInfName(name, "ASiCArchiveManifest", ".xml");
}
bool IsXades(absl::string_view name) {
  return IsMetaInfName(name, "", ".xml") && absl::StrContains(name, "signatures");
}

// With their manifests (4.3.3.2, 4.4.3.2): what they are over is not read.
bool IsEvidenceRecord(absl::string_view name) {
  return absl::StartsWith(name, kMetaInf) &&
         absl::StrContains(absl::AsciiStrToLower(name), "evidencerecord");
}

class OpenContainer final : public Container {
 public:
  OpenContainer(ZipContents contents, const Limits& limits)
      : contents_(std::move(contents)), limits_(limits) {}

  absl::Status Judge() {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder) continue;
      if (IsXades(entry.name)) return Malformed("is signed with XAdES, which is not known here");
      if (IsDataFileName(entry.name)) unsigned_files_.push_back(entry.name);
      if (IsEvidenceRecord(entry.name)) evidence_records_.push_back(entry.name);
    }
    ENKRAT_RETURN_IF_ERROR(FindType());
    ENKRAT_RETURN_IF_ERROR(ReadManifests());
    ENKRAT_RETURN_IF_ERROR(ReadUnreferencedSignatures());
    if (signatures_.empty()) return Malformed("has no signature");
    for (ContainerSignature& signature : signatures_) {
      if (!signature.timestamp) CountAsSigned(signature.covered_files);
      signature.held_by = manifests_naming_[signature.name];
      signature.held_by.insert(signature.held_by.end(), evidence_records_.begin(),
                               evidence_records_.end());
    }
    return absl::OkStatus();
  }

  ContainerType type() const override { return type_; }
  const std::vector<ContainerSignature>& signatures() const override { return signatures_; }
  const std::vector<std::string>& unsigned_files() const override { return unsigned_files_; }
  absl::StatusOr<Bytes> DigestOf(absl::string_view entry,
                                 DigestAlgorithm algorithm) const override {
    return digests_.Of(entry, algorithm);
  }

  absl::Status WriteWith(const std::map<std::string, Bytes>& signatures,
                         const std::string& path) const override {
    for (const auto& [name, cms_der] : signatures) {
      ENKRAT_RETURN_IF_ERROR(CheckReplacement(name, cms_der));
    }
    ENKRAT_RETURN_IF_ERROR(contents_.RewriteTo(path, signatures));
    const absl::Status status = CheckWritten(signatures, path);
    if (!status.ok()) ::unlink(path.c_str());
    return status;
  }

 private:
  absl::Status CheckReplacement(const std::string& name, const Bytes& cms_der) const {
    const auto signature = std::find_if(signatures_.begin(), signatures_.end(),
                                        [&](const auto& each) { return each.name == name; });
    if (signature == signatures_.end()) {
      return MakeError(Reason::kNotFound, absl::StrCat("the container has no signature ", name));
    }
    if (signature->timestamp) return Malformed(absl::StrCat("has a timestamp at ", name));
    if (!signature->held_by.empty()) {
      return Malformed(absl::StrCat("has an entry ", signature->held_by.front(),
                                    " that says what the octets of ", name, " are"));
    }
    if (cms_der.size() > kMostSignatureOctets) {
      return MakeError(Reason::kLimitExceeded, "the signature is too large for a container");
    }
    return OnlyElement(cms_der, der_tag::kSequence).has_value()
               ? absl::OkStatus()
               : MakeError(Reason::kRequestMalformed, "the signature is not one DER value");
  }

  // That everybody will find in it what was found here, and the new signatures.
  absl::Status CheckWritten(const std::map<std::string, Bytes>& others,
                            const std::string& path) const {
    ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<Container> written, Open(path, limits_));
    const auto same = [&](const ContainerSignature& was, const ContainerSignature& is) {
      const auto other = others.find(was.name);
      return was.name == is.name && was.defects == is.defects &&
             was.covered_files == is.covered_files &&
             is.cms_der == (other == others.end() ? was.cms_der : other->second);
    };
    const bool good = written->type() == type_ && written->unsigned_files() == unsigned_files_ &&
                      std::equal(signatures_.begin(), signatures_.end(),
                                 written->signatures().begin(), written->signatures().end(), same);
    return good ? absl::OkStatus() : Malformed("has changed meanwhile");
  }

  bool HasEntryThat(bool (*is)(absl::string_view)) const {
    return std::any_of(contents_.entries().begin(), contents_.entries().end(),
                       [is](const ZipEntry& entry) { return !entry.folder && is(entry.name); });
  }

  // By `mimetype`; without one (4.3.3.1 lets ASiC-S do without) by what is in it.
  absl::Status FindType() {
    if (contents_.Has(kMimetypeEntry)) {
      ENKRAT_ASSIGN_OR_RETURN(const Bytes text,
                              contents_.Read(kMimetypeEntry, kMostMimetypeOctets));
      if (ByteSpan(text) == AsSpan(kExtendedType)) return absl::OkStatus();
      if (ByteSpan(text) != AsSpan(kSimpleType)) return Malformed("is a ZIP of another kind");
      type_ = ContainerType::kSimple;
    } else {
      type_ = HasEntryThat(IsManifest) ? ContainerType::kExtended : ContainerType::kSimple;
    }
    // 4.3.3.2: else it would be open which of them was signed.
    if (type_ == ContainerType::kSimple && unsigned_files_.size() != 1) {
      return Malformed("should hold one data file and does not");
    }
    return absl::OkStatus();
  }

  absl::Status ReadManifests() {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder || !IsManifest(entry.name)) continue;
      ENKRAT_ASSIGN_OR_RETURN(const Bytes xml, contents_.Read(entry.name, kMostManifestOctets));
      ENKRAT_ASSIGN_OR_RETURN(const Manifest manifest,
                              ParseManifest(xml, static_cast<size_t>(limits_.max_entries)));
      ENKRAT_ASSIGN_OR_RETURN(ManifestCoverage coverage,
                              JudgeManifest(manifest, contents_, digests_));
      if (!IsCmsSignature(coverage.signature_entry) && !IsTimestamp(coverage.signature_entry)) {
        return Malformed("has a manifest whose signature is not there");
      }
      ENKRAT_RETURN_IF_ERROR(AddSignature({.name = std::move(coverage.signature_entry),
                                           .cms_der = {},
                                           .signed_entry = entry.name,
                                           .covered_files = std::move(coverage.covered_files),
                                           .defects = std::move(coverage.defects),
                                           .held_by = {}}));
      for (const std::string& named : coverage.named_entries) {
        manifests_naming_[named].push_back(entry.name);
      }
    }
    return absl::OkStatus();
  }

  // In ASiC-S they are over the data file; in ASiC-E nothing says what they are over.
  absl::Status ReadUnreferencedSignatures() {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder || referenced_.contains(entry.name)) continue;
      if (!IsCmsSignature(entry.name) && !IsTimestamp(entry.name)) continue;
      ContainerSignature signature{.name = entry.name,
                                   .cms_der = {},
                                   .signed_entry = "",
                                   .covered_files = {},
                                   .defects = {},
                                   .held_by = {}};
      if (type_ == ContainerType::kSimple) {
        signature.signed_entry = unsigned_files_.front();
        signature.covered_files = unsigned_files_;
      } else {
        signature.defects.push_back("no manifest refers to this signature");
      }
      ENKRAT_RETURN_IF_ERROR(AddSignature(std::move(signature)));
    }
    return absl::OkStatus();
  }

  absl::Status AddSignature(ContainerSignature signature) {
    if (signatures_.size() >= static_cast<size_t>(std::max(limits_.max_signatures, 0))) {
      return MakeError(Reason::kLimitExceeded, "the container has too many signatures");
    }
    if (!referenced_.insert(signature.name).second) {
      return Malformed("has two manifests with one signature");
    }
    signature.timestamp = IsTimestamp(signature.name);
    ENKRAT_ASSIGN_OR_RETURN(signature.cms_der,
                            contents_.Read(signature.name, kMostSignatureOctets));
    signatures_.push_back(std::move(signature));
    return absl::OkStatus();
  }

  void CountAsSigned(const std::vector<std::string>& files) {
    const std::set<std::string> covered(files.begin(), files.end());
    std::erase_if(unsigned_files_, [&](const std::string& file) { return covered.contains(file); });
  }

  const ZipContents contents_;
  const Limits limits_;
  mutable EntryDigests digests_{&contents_};
  ContainerType type_ = ContainerType::kExtended;
  std::vector<ContainerSignature> signatures_;
  std::set<std::string> referenced_;
  std::map<std::string, std::vector<std::string>> manifests_naming_;  // by entry
  std::vector<std::string> evidence_records_;
  std::vector<std::string> unsigned_files_;  // until Judge is through: all data files
};

}  // namespace

bool Container::LooksLikeOne(ByteSpan first_octets) {
  return absl::StartsWith(ToString(first_octets.subspan(0, 4)), kZipMagic);
}

absl::StatusOr<std::unique_ptr<Container>> Container::Open(const std::string& path,
                                                           const Limits& limits) {
  ENKRAT_ASSIGN_OR_RETURN(
      ZipContents contents,
      ZipContents::Open(path, {.file_octets = limits.max_octets,
                               .unpacked_octets = limits.max_unpacked_octets,
                               .entries = static_cast<size_t>(std::max(limits.max_entries, 0))}));
  auto container = std::make_unique<OpenContainer>(std::move(contents), limits);
  ENKRAT_RETURN_IF_ERROR(container->Judge());
  return container;
}

}  // namespace enkrat::asic
