#include "pades/signature_dictionary.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "pades/dictionary_text.h"

namespace enkrat::pades {
namespace {

// The entries that both kinds have; the dictionary is still open.
SignatureDictionary Begin(absl::string_view type, absl::string_view sub_filter,
                          size_t contents_octets) {
  SignatureDictionary dictionary;
  dictionary.body = absl::StrCat("<< /Type ", type, " /Filter /Adobe.PPKLite /SubFilter ",
                                 sub_filter, " /ByteRange ");
  dictionary.byte_range_begin = dictionary.body.size();
  dictionary.body.append(kByteRangeOctets, ' ');
  dictionary.body.append(" /Contents ");
  dictionary.contents_begin = dictionary.body.size();
  absl::StrAppend(&dictionary.body, "<", std::string(2 * contents_octets, '0'), ">");
  return dictionary;
}

void AppendText(std::string& body, absl::string_view key, absl::string_view utf8) {
  if (!utf8.empty()) absl::StrAppend(&body, " ", key, " ", TextString(utf8));
}

}  // namespace

SignatureDictionary LaySignatureDictionary(const SignatureOptions& options,
                                           const std::vector<std::string>& references) {
  SignatureDictionary dictionary = Begin("/Sig", "/ETSI.CAdES.detached", options.contents_octets);
  std::string& body = dictionary.body;
  absl::StrAppend(
      &body,
      " /M (D:", absl::FormatTime("%Y%m%d%H%M%SZ", options.signing_time, absl::UTCTimeZone()), ")");
  AppendText(body, "/Name", options.signer_name);
  AppendText(body, "/Reason", options.reason);
  AppendText(body, "/Location", options.location);
  AppendText(body, "/ContactInfo", options.contact);
  if (!references.empty()) {
    absl::StrAppend(&body, " /Reference [ ", absl::StrJoin(references, " "), " ]");
  }
  body.append(" >>");
  return dictionary;
}

SignatureDictionary LayTimestampDictionary(const DocumentTimestampOptions& options) {
  SignatureDictionary dictionary = Begin("/DocTimeStamp", "/ETSI.RFC3161", options.contents_octets);
  dictionary.body.append(" >>");
  return dictionary;
}

std::string CertificationReference(AllowedChanges changes) {
  return absl::StrCat(
      "<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ",
      static_cast<int>(changes), " /V /1.2 >> >>");
}

std::string FieldLockReference(const std::string& lock, const std::string& catalog) {
  return absl::StrCat("<< /Type /SigRef /TransformMethod /FieldMDP /Data ", catalog,
                      " /TransformParams << /Type /TransformParams ", lock, " /V /1.2 >> >>");
}

}  // namespace enkrat::pades
