// Makes the octets of an update out of its objects, with the digest that is to be signed.
#ifndef ENKRAT_PADES_SIGNATURE_UPDATE_MAKER_H_
#define ENKRAT_PADES_SIGNATURE_UPDATE_MAKER_H_

#include <string>

#include "absl/status/statusor.h"
#include "pades/document_update.h"
#include "pades/pdf_signing.h"
#include "pades/signature_dictionary.h"

namespace enkrat::pades {

class SignatureUpdateMaker {
 public:
  struct Options {
    int signature = 0;  // the object number that was reserved for it
    SignatureDictionary dictionary;
    DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
    std::string field_name;
  };
  // Lays the update, sets /ByteRange and reads the document once for the digest. Errors of
  // DocumentUpdate::Lay; kInternal if the file cannot be read.
  static absl::StatusOr<SignatureUpdate> Make(DocumentUpdate& update, Options options);
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNATURE_UPDATE_MAKER_H_
