// Trusted lists for tests: right, or wrong in any one way.
//
// All text is written in the form that exclusive canonicalisation would give it, so that signing it
// takes a digest and nothing that the product uses too.
//
//   SamlSigningPair key;
//   const std::string xml = SignTrustedList(key, TrustedListText{.services = {...}}.Xml());
#ifndef ENKRAT_TESTS_SUPPORT_TRUSTED_LIST_FACTORY_H_
#define ENKRAT_TESTS_SUPPORT_TRUSTED_LIST_FACTORY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "tests/support/saml_signing_pair.h"

namespace enkrat::testing {

inline constexpr char kGranted[] = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
inline constexpr char kWithdrawn[] = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
inline constexpr char kCaQc[] = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
inline constexpr char kForSignatures[] =
    "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures";

// <Extension> with AdditionalServiceInformation; with one QualificationElement, of which
// `criteria_xml` is the CriteriaList without its namespace declaration; with any content.
std::string AdditionalInformationXml(const std::string& uri);
std::string QualificationXml(const std::string& qualifier_uri, const std::string& criteria_xml);
std::string ExtensionXml(bool critical, const std::string& content_xml);
// <CriteriaList assert="..."> and what may be in it.
std::string CriteriaXml(const std::string& assert, const std::string& content_xml);
std::string PolicySetXml(const std::vector<std::string>& oids);
std::string KeyUsageXml(const std::string& bit, bool value = true);

struct TrustServiceText {
  std::string type = kCaQc;
  std::string name = "Signatures CA";
  std::vector<std::string> certificates = {};  // base64
  std::string status = kGranted;
  std::string starting_at = "2020-01-01T00:00:00Z";
  std::string extensions_xml = {};
  std::string history_xml = {};  // ServiceHistoryInstance elements

  std::string Xml() const;
  // The same as an instance of a history.
  std::string HistoryXml() const;
};

struct TrustedListText {
  std::string id = {};  // of the root; empty: none
  std::string tag = "http://uri.etsi.org/19612/TSLTag";
  std::string version = "6";
  std::string sequence_number = "7";
  std::string territory = "SI";
  std::string issued_at = "2026-01-01T00:00:00Z";
  std::string next_update = "2026-06-01T00:00:00Z";  // empty: closed
  std::vector<TrustServiceText> services = {{}};
  std::string more_xml = {};  // before the end of the root

  // Without a signature.
  std::string Xml() const;
};

struct TrustedListSignOptions {
  std::string method = {};  // empty: the pair's own
  std::string digest_method = "http://www.w3.org/2001/04/xmlenc#sha256";
  std::string reference_uri = {};
  std::string transforms_xml = {};  // empty: enveloped-signature and exclusive canonicalisation
  bool signed_properties = true;    // the second reference, and what it refers to
  std::string signed_properties_digest = {};  // empty: the right one
  std::string more_references_xml = {};
  std::string key_info_xml = {};
  std::string more_objects_xml = {};
};

// The <ds:Signature> over a list, and the list with it as its last child.
std::string TrustedListSignature(const SamlSigningPair& key, absl::string_view list,
                                 const TrustedListSignOptions& options = {});
std::string SignTrustedList(const SamlSigningPair& key, absl::string_view list,
                            const TrustedListSignOptions& options = {});

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_TRUSTED_LIST_FACTORY_H_
