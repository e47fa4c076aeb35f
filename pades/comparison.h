// What the parts of the comparison of two revisions share: the questions they ask of both
// documents, and where they tell what they found.
#ifndef ENKRAT_PADES_COMPARISON_H_
#define ENKRAT_PADES_COMPARISON_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "pades/document_change.h"
#include "pades/form_outline.h"
#include "pades/object_id.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// What an object is there for: decides what a change of it means.
enum class Area {
  kTrailer,
  kCatalog,
  kInformation,    // /Info
  kMetadata,       // XMP
  kStore,          // /DSS
  kForm,           // /AcroForm
  kResources,      // /DR of the form
  kResourceNames,  // a dictionary in it: may be added to
  kResource,       // a font or the like in that
  kField,          // a field or widget that was there before
  kFieldValue,     // /V and /AP of a field
  kSignatureLook,  // /AP and the like of a field that is being signed
  kPage,
  kAnnotation,  // that was there before
  kNote,        // what is written in one, not how it looks
  kLayers,      // /OCProperties: what is shown at all
  kShown,       // everything else: part of what people see, or of what the document does
};

class Comparison {
 public:
  virtual ~Comparison() = default;

  // The pair is compared later. `field` is the name of the form field it belongs to, if any.
  virtual void Compare(const QPDFObjectHandle& before, const QPDFObjectHandle& after, Area area,
                       const std::string& where, const std::string& field) = 0;
  void Compare(const QPDFObjectHandle& before, const QPDFObjectHandle& after, Area area,
               const std::string& where) {
    Compare(before, after, area, where, {});
  }
  // Both documents' object of that number.
  virtual void CompareObjects(ObjectId id, Area area, const std::string& field) = 0;
  // False when more was looked at than is allowed: whoever asked ends, and so does the comparison.
  virtual bool Spend(uint64_t steps) = 0;
  virtual void Tell(DocumentChange change) = 0;
  void Tell(ChangeKind kind, const std::string& where, absl::string_view what) {
    Tell({.change = {.kind = kind, .detail = where + ": " + std::string(what)}});
  }

  // The object is known to whoever called it: it is none that was replaced unseen.
  virtual void MarkSeen(const QPDFObjectHandle& object) = 0;
  // An object as the earlier or the later document has it, with references followed.
  virtual QPDFObjectHandle Before(const QPDFObjectHandle& object) = 0;
  virtual QPDFObjectHandle After(const QPDFObjectHandle& object) = 0;

  virtual const FormOutline& form_before() const = 0;
  virtual const FormOutline& form_after() const = 0;
};

// "object 7 0".
std::string NameOfObject(ObjectId id);
// "object 7 0 /Contents"; a key that is no plain text is not repeated.
std::string Below(const std::string& where, const std::string& key);

// That no field was added or removed but for signatures; queues those that are in both documents.
void CompareForms(Comparison& comparison);
// A field or widget that was there before.
void CompareField(Comparison& comparison, QPDFObjectHandle before, QPDFObjectHandle after,
                  const FormNode& node, const std::string& where);
// A page that was there before, with its annotations.
void ComparePage(Comparison& comparison, QPDFObjectHandle before, QPDFObjectHandle after,
                 const std::string& where);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_COMPARISON_H_
