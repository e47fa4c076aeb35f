// What an update changes in a document: objects of it that are repeated with other entries, and new
// ones.
#ifndef ENKRAT_PADES_DOCUMENT_UPDATE_H_
#define ENKRAT_PADES_DOCUMENT_UPDATE_H_

#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "pades/dictionary_text.h"
#include "pades/source_document.h"
#include "pades/update_file.h"
#include "pades/update_objects.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// Not thread-safe; must not outlive the document. Its functions throw QPDF's exceptions: their
// callers stand inside CallQpdf.
class DocumentUpdate {
 public:
  explicit DocumentUpdate(const SourceDocument& document)
      : document_(document), objects_(document.first_free_object()) {}

  const SourceDocument& document() const { return document_; }
  UpdateObjects& objects() { return objects_; }

  // The dictionary that replaces this indirect one; the same at every call.
  DictionaryText& Edit(const QPDFObjectHandle& dictionary);
  DictionaryText& EditCatalog();
  // Whether Edit was called for it.
  bool IsEdited(const QPDFObjectHandle& dictionary) const;
  // Replaces an indirect object that is no dictionary.
  void Replace(const QPDFObjectHandle& object, std::string body);

  // Changes the dictionary under `key` of an indirect dictionary, where it is: an object of its
  // own, or within its parent. At most once for each. If there is none, one is made, as `if_absent`
  // says.
  enum class Place { kOwnObject, kWithinParent };
  void EditEntry(const QPDFObjectHandle& parent, const std::string& key, Place if_absent,
                 absl::FunctionRef<void(DictionaryText&)> change);
  // Adds to an array: replaces it if it is an indirect object, else gives its text to `set_within`.
  void AppendToArray(const QPDFObjectHandle& array, absl::FunctionRef<void(std::string)> set_within,
                     const std::string& element);

  // The finished octets. The trailer keeps what the last one had; the second half of /ID is made
  // anew from the update's content (ISO 32000-1 14.4). kPdfDamaged if anything that was read of the
  // document was not in order.
  absl::StatusOr<UpdateFile> Lay();

 private:
  std::string NewIdentifiers(QPDFObjectHandle identifiers) const;

  struct Edited {
    int generation = 0;
    DictionaryText dictionary;
  };
  const SourceDocument& document_;
  UpdateObjects objects_;
  std::map<int, Edited> edited_;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DOCUMENT_UPDATE_H_
