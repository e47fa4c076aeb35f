#include "tests/support/trusted_list_factory.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace enkrat::testing {
namespace {

constexpr char kList[] = "http://uri.etsi.org/02231/v2#";
constexpr char kQualifications[] =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
constexpr char kXades[] = "http://uri.etsi.org/01903/v1.3.2#";
constexpr char kDs[] = "http://www.w3.org/2000/09/xmldsig#";
constexpr char kC14n[] = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr char kEnd[] = "</TrustServiceStatusList>";

std::string Tag(absl::string_view name, absl::string_view content) {
  return absl::StrCat("<", name, ">", content, "</", name, ">");
}

std::string Names(absl::string_view field, absl::string_view english) {
  return Tag(field, absl::StrCat("<Name xml:lang=\"sl\">po slovensko</Name><Name xml:lang=\"en\">",
                                 english, "</Name>"));
}

std::string Digest(absl::string_view method, absl::string_view text) {
  if (absl::EndsWith(method, "sha1")) {
    unsigned char digest[20];
    EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr);
    return ToBase64(ByteSpan(digest, sizeof digest));
  }
  Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const EVP_MD* const algorithm = absl::EndsWith(method, "sha512")   ? EVP_sha512()
                                  : absl::EndsWith(method, "sha384") ? EVP_sha384()
                                                                     : EVP_sha256();
  EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, nullptr);
  digest.resize(size);
  return ToBase64(digest);
}

std::string Transform(absl::string_view algorithm) {
  return absl::StrCat("<ds:Transform Algorithm=\"", algorithm, "\"></ds:Transform>");
}

std::string Reference(absl::string_view uri, absl::string_view type, absl::string_view transforms,
                      const std::string& digest_method, absl::string_view digest) {
  const std::string type_attribute = type.empty() ? "" : absl::StrCat(" Type=\"", type, "\"");
  return absl::StrCat("<ds:Reference", type_attribute, " URI=\"", uri, "\">",
                      Tag("ds:Transforms", transforms), "<ds:DigestMethod Algorithm=\"",
                      digest_method, "\"></ds:DigestMethod>", Tag("ds:DigestValue", digest),
                      "</ds:Reference>");
}

// In canonical form, and as it stands inside the signature.
std::string SignedProperties() {
  return absl::StrCat("<xades:SignedProperties xmlns:xades=\"", kXades, "\" Id=\"xades-1\">",
                      "<xades:SignedSignatureProperties>",
                      Tag("xades:SigningTime", "2026-01-01T00:00:00Z"),
                      "</xades:SignedSignatureProperties></xades:SignedProperties>");
}

}  // namespace

std::string ExtensionXml(bool critical, const std::string& content_xml) {
  return absl::StrCat("<Extension Critical=\"", critical ? "true" : "false", "\">", content_xml,
                      "</Extension>");
}

std::string AdditionalInformationXml(const std::string& uri) {
  return ExtensionXml(true, Tag("AdditionalServiceInformation",
                                absl::StrCat("<URI xml:lang=\"en\">", uri, "</URI>")));
}

std::string QualificationXml(const std::string& qualifier_uri, const std::string& criteria_xml) {
  return ExtensionXml(true,
                      absl::StrCat("<q:Qualifications xmlns:q=\"", kQualifications,
                                   "\"><q:QualificationElement><q:Qualifiers><q:Qualifier uri=\"",
                                   qualifier_uri, "\"></q:Qualifier></q:Qualifiers>", criteria_xml,
                                   "</q:QualificationElement></q:Qualifications>"));
}

std::string CriteriaXml(const std::string& assert, const std::string& content_xml) {
  return absl::StrCat("<q:CriteriaList assert=\"", assert, "\">", content_xml, "</q:CriteriaList>");
}

std::string PolicySetXml(const std::vector<std::string>& oids) {
  std::string policies;
  for (const std::string& oid : oids) {
    absl::StrAppend(&policies, "<q:PolicyIdentifier><x:Identifier xmlns:x=\"", kXades,
                    "\" Qualifier=\"OIDAsURN\">urn:oid:", oid,
                    "</x:Identifier></q:PolicyIdentifier>");
  }
  return Tag("q:PolicySet", policies);
}

std::string KeyUsageXml(const std::string& bit, bool value) {
  return Tag("q:KeyUsage", absl::StrCat("<q:KeyUsageBit name=\"", bit, "\">",
                                        value ? "true" : "false", "</q:KeyUsageBit>"));
}

std::string TrustServiceText::Xml() const {
  std::string identities;
  for (const std::string& certificate : certificates) {
    absl::StrAppend(&identities, Tag("DigitalId", Tag("X509Certificate", certificate)));
  }
  const std::string extensions =
      extensions_xml.empty() ? "" : Tag("ServiceInformationExtensions", extensions_xml);
  return absl::StrCat(Tag("ServiceTypeIdentifier", type), Names("ServiceName", name),
                      Tag("ServiceDigitalIdentity", identities), Tag("ServiceStatus", status),
                      Tag("StatusStartingTime", starting_at), extensions);
}

std::string TrustServiceText::HistoryXml() const { return Tag("ServiceHistoryInstance", Xml()); }

std::string TrustedListText::Xml() const {
  std::string all;
  for (const TrustServiceText& service : services) {
    const std::string history =
        service.history_xml.empty() ? "" : Tag("ServiceHistory", service.history_xml);
    absl::StrAppend(
        &all, Tag("TSPService", absl::StrCat(Tag("ServiceInformation", service.Xml()), history)));
  }
  const std::string scheme =
      absl::StrCat(Tag("TSLVersionIdentifier", version), Tag("TSLSequenceNumber", sequence_number),
                   Tag("TSLType", "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"),
                   Names("SchemeOperatorName", "Ministry of Tests"),
                   Tag("SchemeTerritory", territory), Tag("ListIssueDateTime", issued_at),
                   Tag("NextUpdate", next_update.empty() ? "" : Tag("dateTime", next_update)));
  const std::string provider = absl::StrCat(
      Tag("TSPInformation", Names("TSPName", "Provider of Tests")), Tag("TSPServices", all));
  const std::string id_attribute = id.empty() ? "" : absl::StrCat(" Id=\"", id, "\"");
  return absl::StrCat("<TrustServiceStatusList xmlns=\"", kList, "\"", id_attribute, " TSLTag=\"",
                      tag, "\">", Tag("SchemeInformation", scheme),
                      Tag("TrustServiceProviderList", Tag("TrustServiceProvider", provider)),
                      more_xml, kEnd);
}

std::string TrustedListSignature(const SamlSigningPair& key, absl::string_view list,
                                 const TrustedListSignOptions& options) {
  const std::string method = options.method.empty() ? key.Method() : options.method;
  const std::string c14n = Transform(kC14n);
  const std::string transforms =
      options.transforms_xml.empty()
          ? absl::StrCat(Transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature"), c14n)
          : options.transforms_xml;
  std::string references = Reference(options.reference_uri, "", transforms, options.digest_method,
                                     Digest(options.digest_method, list));
  std::string objects;
  if (options.signed_properties) {
    const std::string digest = options.signed_properties_digest.empty()
                                   ? Digest(options.digest_method, SignedProperties())
                                   : options.signed_properties_digest;
    absl::StrAppend(&references, Reference("#xades-1", "http://uri.etsi.org/01903#SignedProperties",
                                           c14n, options.digest_method, digest));
    objects =
        Tag("ds:Object", absl::StrCat("<xades:QualifyingProperties xmlns:xades=\"", kXades, "\">",
                                      SignedProperties(), "</xades:QualifyingProperties>"));
  }
  const std::string signed_info = absl::StrCat(
      "<ds:SignedInfo xmlns:ds=\"", kDs, "\"><ds:CanonicalizationMethod Algorithm=\"", kC14n,
      "\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"", method,
      "\"></ds:SignatureMethod>", references, options.more_references_xml, "</ds:SignedInfo>");
  return absl::StrCat("<ds:Signature xmlns:ds=\"", kDs, "\">", signed_info,
                      Tag("ds:SignatureValue", ToBase64(key.Sign(method, signed_info))),
                      options.key_info_xml, objects, options.more_objects_xml, "</ds:Signature>");
}

std::string SignTrustedList(const SamlSigningPair& key, absl::string_view list,
                            const TrustedListSignOptions& options) {
  const size_t end = list.rfind(kEnd);
  return absl::StrCat(list.substr(0, end), TrustedListSignature(key, list, options),
                      list.substr(end));
}

}  // namespace enkrat::testing
