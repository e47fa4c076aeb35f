#include "pades/document_update.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/status_macros.h"

namespace enkrat::pades {

DictionaryText& DocumentUpdate::Edit(const QPDFObjectHandle& dictionary) {
  const int number = dictionary.getObjectID();
  const auto found = edited_.find(number);
  if (found != edited_.end()) return found->second.dictionary;
  return edited_
      .emplace(number, Edited{.generation = dictionary.getGeneration(),
                              .dictionary = DictionaryText::Of(dictionary)})
      .first->second.dictionary;
}

DictionaryText& DocumentUpdate::EditCatalog() { return Edit(document_.qpdf().getRoot()); }

bool DocumentUpdate::IsEdited(const QPDFObjectHandle& dictionary) const {
  return edited_.contains(dictionary.getObjectID());
}

void DocumentUpdate::Replace(const QPDFObjectHandle& object, std::string body) {
  objects_.Set(object.getObjectID(), std::move(body), object.getGeneration());
}

void DocumentUpdate::EditEntry(const QPDFObjectHandle& parent, const std::string& key,
                               Place if_absent, absl::FunctionRef<void(DictionaryText&)> change) {
  QPDFObjectHandle holder = parent;
  QPDFObjectHandle entry = holder.getKey(key);
  if (entry.isDictionary() && entry.isIndirect()) return change(Edit(entry));
  DictionaryText text = entry.isDictionary() ? DictionaryText::Of(entry) : DictionaryText();
  change(text);
  const bool own_object = !entry.isDictionary() && if_absent == Place::kOwnObject;
  Edit(parent).Set(key,
                   own_object ? ReferenceText(objects_.Add(text.ToString())) : text.ToString());
}

void DocumentUpdate::AppendToArray(const QPDFObjectHandle& array,
                                   absl::FunctionRef<void(std::string)> set_within,
                                   const std::string& element) {
  QPDFObjectHandle present = array;
  std::string body = absl::StrCat("[ ", ArrayElements(present), " ", element, " ]");
  if (present.isArray() && present.isIndirect()) {
    Replace(present, std::move(body));
  } else {
    set_within(std::move(body));
  }
}

std::string DocumentUpdate::NewIdentifiers(QPDFObjectHandle identifiers) const {
  std::string content;
  for (const auto& [number, object] : objects_.objects()) {
    absl::StrAppend(&content, number, " ", object.body, "\n");
  }
  const std::string previous = identifiers.getArrayItem(1).unparse();
  const auto digest = Sha256(AsSpan(absl::StrCat(previous, content)));
  return absl::StrCat("[ ", identifiers.getArrayItem(0).unparse(), " <",
                      ToHex(ByteSpan(digest.data(), 16)), "> ]");
}

absl::StatusOr<UpdateFile> DocumentUpdate::Lay() {
  for (auto& [number, edited] : edited_) {
    objects_.Set(number, edited.dictionary.ToString(), edited.generation);
  }
  QPDFObjectHandle last = document_.qpdf().getTrailer();
  DictionaryText trailer = DictionaryText::Of(last);
  // What was about the last section itself: place and form of its table or stream.
  for (const char* own : {"/Prev", "/XRefStm", "/Size", "/Type", "/W", "/Index", "/Length",
                          "/Filter", "/DecodeParms", "/DL", "/F", "/FFilter", "/FDecodeParms"}) {
    trailer.Remove(own);
  }
  QPDFObjectHandle identifiers = last.getKey("/ID");
  if (identifiers.isArray() && identifiers.getArrayNItems() == 2) {
    trailer.Set("/ID", NewIdentifiers(identifiers));
  }
  ENKRAT_RETURN_IF_ERROR(document_.CheckUndamaged());
  return LayUpdateFile(document_.end(), objects_, std::move(trailer));
}

}  // namespace enkrat::pades
