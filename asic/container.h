// ASiC containers with CAdES: a ZIP with data files and their signatures (ETSI EN 319 162-1).
#ifndef ENKRAT_ASIC_CONTAINER_H_
#define ENKRAT_ASIC_CONTAINER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::asic {

enum class ContainerType {
  kSimple,    // ASiC-S: one data file, signed directly by META-INF/signature.p7s (4.3)
  kExtended,  // ASiC-E: META-INF/ASiCManifest*.xml names and digests the files; the CMS signs it
              // (4.4)
};

// A file on disk that goes into the container.
struct DataFile {
  std::string name;  // in the container: UTF-8, relative, no "..", not below META-INF/
  std::string path;  // on disk
  std::string mime_type = "application/octet-stream";
};

// A container in the making. What is signed: for ASiC-S the data file, for ASiC-E the manifest.
// Move-only value.
class ContainerDraft {
 public:
  // 1..1000 files (kSimple: one), 1 GiB together: kLimitExceeded; kRequestMalformed for names that
  // are not allowed or occur twice. Digests the files; the originals are read again by Write, which
  // checks that they have not changed. kNotFound or kConfigurationInvalid for what cannot be read.
  static absl::StatusOr<ContainerDraft> Create(ContainerType type, std::vector<DataFile> files,
                                               DigestAlgorithm algorithm);

  DigestAlgorithm digest_algorithm() const { return digest_algorithm_; }
  ByteSpan digest_to_sign() const { return digest_to_sign_; }

  // Writes the finished container to `path` (a new file beside it, renamed into place): `mimetype`
  // first and stored, then the data files, then META-INF/. Files go through in pieces.
  // kRequestMalformed if one has changed meanwhile or the signature is not one DER value;
  // kNotFound or kConfigurationInvalid for what cannot be read or written. What stood at `path`
  // stays then.
  absl::Status Write(const std::string& path, ByteSpan cms_der) const;

 private:
  ContainerDraft() = default;
  ContainerType type_ = ContainerType::kExtended;
  std::vector<DataFile> files_;
  std::vector<Bytes> file_digests_;
  DigestAlgorithm digest_algorithm_ = DigestAlgorithm::kSha256;
  Bytes manifest_;
  Bytes digest_to_sign_;
};

// One signature of a container, and what it is over.
struct ContainerSignature {
  std::string name;                        // entry, such as "META-INF/signature001.p7s"
  Bytes cms_der;                           // or a timestamp token, for `timestamp`
  bool timestamp = false;                  // META-INF/timestamp*.tst
  std::string signed_entry;                // the data file, or the manifest; "" if nothing says
  std::vector<std::string> covered_files;  // data files, by direct signature or by manifest, whose
                                           // digests are right
  // What is wrong with the manifest: a digest that differs, a reference to an entry that is not
  // there, a weak digest. Empty if nothing is. With any of these the signature is to be failed.
  std::vector<std::string> defects;
  // Entries that say what its octets are, or may: manifests of other signatures and of archive
  // timestamps that digest it (EN 319 162-1 A.7), evidence records. Raised, it would be another.
  std::vector<std::string> held_by;
};

// A container that somebody sent, opened for judgement. Not thread-safe.
class Container {
 public:
  struct Limits {
    uint64_t max_octets = uint64_t{100} << 20;         // of the file
    uint64_t max_unpacked_octets = uint64_t{1} << 30;  // of all entries together
    int max_entries = 1024;
    int max_signatures = 64;
  };
  // Whether the octets begin like one (a ZIP).
  static bool LooksLikeOne(ByteSpan first_octets);
  // kNotFound if there is no such file. kRequestMalformed: no container, one with XAdES in it,
  // names twice or outside, encrypted entries, manifests that are not well-formed or whose
  // signature is not there, an ASiC-S without exactly one data file, and whatever two programs
  // could unpack differently (asic/zip_outline.h). kLimitExceeded: bombs too.
  static absl::StatusOr<std::unique_ptr<Container>> Open(const std::string& path,
                                                         const Limits& limits);
  virtual ~Container() = default;

  virtual ContainerType type() const = 0;
  virtual const std::vector<ContainerSignature>& signatures() const = 0;
  // Data files that no signature covers (EN 319 162-1 4.4.1: all should be).
  virtual const std::vector<std::string>& unsigned_files() const = 0;
  // kNotFound if there is no such entry, kRequestMalformed if it does not unpack to what the
  // directory says.
  virtual absl::StatusOr<Bytes> DigestOf(absl::string_view entry,
                                         DigestAlgorithm algorithm) const = 0;
  // Writes the container anew to `path`, where nothing may stand, with other octets in these
  // signatures, by entry; all else stays octet for octet (asic/zip_rewriting.h). It is opened again
  // before it counts as written. kNotFound for a signature that is not there; kRequestMalformed for
  // a timestamp, a signature that is held, octets that are not one DER value, a container that has
  // changed since it was opened; kLimitExceeded if nobody could open the new one within the limits;
  // kConfigurationInvalid if it cannot be written. Nothing is left at `path` then.
  virtual absl::Status WriteWith(const std::map<std::string, Bytes>& signatures,
                                 const std::string& path) const = 0;
};

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_CONTAINER_H_
