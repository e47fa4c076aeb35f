// Certificates that break the rules of kinds of subjects, claims and authentication contexts.
#include "absl/strings/str_replace.h"
#include "ca/object_identifiers.h"
#include "common/der_writer.h"
#include "tests/unit/ca/lint_world.h"

namespace enkrat::testing {
namespace {

namespace oid = ca::oid;

void AddAttribute(DraftCertificate& draft, ByteSpan type, std::string text, uint8_t tag = 0x0c) {
  draft.subject.push_back({ToBytes(type), tag, std::move(text)});
}

void RemoveAttribute(DraftCertificate& draft, ByteSpan type) {
  std::erase_if(draft.subject, [&](const DraftAttribute& each) { return each.type == type; });
}

std::function<void(DraftCertificate&)> Identifier(std::string text, uint8_t tag = 0x0c) {
  return [=](DraftCertificate& d) { SetText(d, oid::kOrganizationIdentifier, text, tag); };
}

// A SEQUENCE OF contexts of the given types and documents.
Bytes Contexts(const std::vector<std::pair<std::string, std::string>>& contexts,
               uint8_t document_tag = der_tag::kUtf8String) {
  DerWriter writer;
  writer.Nested(der_tag::kSequence, [&] {
    for (const auto& [type, document] : contexts) {
      writer.Nested(der_tag::kSequence, [&] {
        writer.Element(der_tag::kUtf8String, type);
        writer.Element(document_tag, document);
      });
    }
  });
  return std::move(writer).Take();
}

constexpr char kGoodDocument[] =
    "<saci:SAMLAuthContext xmlns:saci=\"http://id.elegnamnden.se/auth-cont/1.0/saci\">"
    "<saci:AuthContextInfo IdentityProvider=\"https://idp.example\""
    " AuthenticationInstant=\"2027-01-15T08:00:00Z\" AuthnContextClassRef=\"high\"/>"
    "</saci:SAMLAuthContext>";

std::function<void(DraftCertificate&)> Context(Bytes value) {
  return [=](DraftCertificate& d) { d.Find(oid::kAuthenticationContext).value = value; };
}

// The good document with `from` replaced by `to`.
std::function<void(DraftCertificate&)> Document(std::string from, std::string to) {
  return Context(
      Contexts({{ca::kSamlContextType, absl::StrReplaceAll(kGoodDocument, {{from, to}})}}));
}

std::vector<Broken> BrokenSubjects() {
  return {
      {"subject_attributes", "PersonInASeal",
       [](auto& d) { AddAttribute(d, oid::kGivenName, "Ana"); }, Which::kSeal},
      {"subject_attributes", "SerialNumberInASeal",
       [](auto& d) { AddAttribute(d, oid::kSerialNumber, "EIDSI-1", 0x13); }, Which::kSeal},
      {"subject_attributes", "PseudonymInASeal",
       [](auto& d) { AddAttribute(d, oid::kPseudonym, "Ana"); }, Which::kSeal},
      {"subject_attributes", "SealWithoutOrganization",
       [](auto& d) { RemoveAttribute(d, oid::kOrganization); }, Which::kSeal},
      {"subject_attributes", "SealWithoutIdentifier",
       [](auto& d) { RemoveAttribute(d, oid::kOrganizationIdentifier); }, Which::kSeal},
      {"subject_attributes", "SealWithoutCommonName",
       [](auto& d) { RemoveAttribute(d, oid::kCommonName); }, Which::kSeal},
      {"subject_attributes", "TwoOrganizations",
       [](auto& d) { AddAttribute(d, oid::kOrganization, "Banka"); }, Which::kSeal},
      {"subject_attributes", "OrganizationOfAPerson",
       [](auto& d) { AddAttribute(d, oid::kOrganization, "Banka"); }},
      {"subject_attributes", "OrganizationOfAPseudonym",
       [](auto& d) { AddAttribute(d, oid::kOrganization, "Banka"); }, Which::kPseudonym},
      {"subject_attributes", "PseudonymWithoutSerialNumber",
       [](auto& d) { RemoveAttribute(d, oid::kSerialNumber); }, Which::kPseudonym},
      {"subject_pseudonym", "BesideNames",
       [](auto& d) { AddAttribute(d, oid::kPseudonym, "Skrivalka"); }},
      {"subject_pseudonym", "NamesBesideIt",
       [](auto& d) { AddAttribute(d, oid::kSurname, "Novak"); }, Which::kPseudonym},
      {"subject_pseudonym", "InPlaceOfNames",
       [](auto& d) {
         RemoveAttribute(d, oid::kGivenName);
         RemoveAttribute(d, oid::kSurname);
         AddAttribute(d, oid::kPseudonym, "Ana");
       }},
      {"subject_pseudonym", "NotMarked", [](auto& d) { RemoveAttribute(d, oid::kPseudonym); },
       Which::kPseudonym},
      {"subject_pseudonym", "OtherCommonName",
       [](auto& d) { SetText(d, oid::kCommonName, "Ana Novak", 0x0c); }, Which::kPseudonym},
      {"subject_organization", "IsTheIdentifier",
       [](auto& d) { SetText(d, oid::kOrganization, "VATSI-87654321", 0x0c); }, Which::kSeal},
      {"subject_organization", "PrintableString",
       [](auto& d) { SetText(d, oid::kOrganization, "Pekarna", 0x13); }, Which::kSeal},
      {"subject_text", "BidiOverrideInOrganization",
       [](auto& d) { SetText(d, oid::kOrganization, "Pek\u202Earna", 0x0c); }, Which::kSeal},
      {"subject_text", "LongOrganization",
       [](auto& d) { SetText(d, oid::kOrganization, std::string(65, 'a'), 0x0c); }, Which::kSeal},
      {"subject_organization_identifier", "PrintableString", Identifier("VATSI-87654321", 0x13),
       Which::kSeal},
      {"subject_organization_identifier", "NaturalType", Identifier("PNOSI-1"), Which::kSeal},
      {"subject_organization_identifier", "NoType", Identifier("87654321"), Which::kSeal},
      {"subject_organization_identifier", "LowerCase", Identifier("vatSI-1"), Which::kSeal},
      {"subject_organization_identifier", "NoNumber", Identifier("VATSI-"), Which::kSeal},
      {"subject_organization_identifier", "NationalType", Identifier("SI:SI-1"), Which::kSeal},
      {"subject_organization_identifier", "LeiOfACountry", Identifier("LEISI-5493001KJTIIGC8Y1R12"),
       Which::kSeal},
      {"subject_organization_identifier", "ShortLei", Identifier("LEIXG-5493001"), Which::kSeal},
      {"subject_organization_identifier", "SubdivisionOfVat", Identifier("VATDE+HE-1"),
       Which::kSeal},
  };
}

std::vector<Broken> BrokenStatements() {
  return {
      {"qc_statements", "TypeTwice",
       [](auto& d) { AddStatement(d, "3013060604008e4601063009060704008e46010601"); },
       Which::kQualified},
      {"qc_statements", "SemanticsTwice",
       [](auto& d) { AddStatement(d, "301506082b06010505070b023009060704008bec490101"); }},
      {"qc_known_statements", "LimitValue",
       [](auto& d) { AddStatement(d, "3015060604008e460102300b1303455552020101020100"); },
       Which::kQualified},
      {"qc_known_statements", "IdentificationMethod",
       [](auto& d) { AddStatement(d, "3008060604008e460108"); }},
      {"qc_legislation", "InASeal",
       [](auto& d) { AddStatement(d, "300e060604008e460107300413025553"); }, Which::kQualifiedSeal},
      {"qc_type", "SignatureInASeal",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e46010602"), Hex("04008e46010601")); },
       Which::kQualifiedSeal},
      {"qc_type", "Web",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e46010601"), Hex("04008e46010603")); },
       Which::kQualified},
      {"qc_semantics", "NaturalPersonInASeal",
       [](auto& d) { ReplaceInStatements(d, Hex("04008bec490102"), Hex("04008bec490101")); },
       Which::kSeal},
      {"qc_policy", "NaturalPersonInASeal",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("300b3009060704008bec400102"); },
       Which::kQualifiedSeal},
      {"qc_policy", "SealOfAPerson",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("300b3009060704008bec400103"); },
       Which::kQualified},
      {"qc_policy", "WithoutQscd",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("300b3009060704008bec400100"); },
       Which::kQualified},
      {"qc_policy", "Web",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("300b3009060704008bec400104"); },
       Which::kQualified},
      {"qc_policy", "InAnAdvancedCertificate",
       [](auto& d) {
         d.Find(oid::kCertificatePolicies).value = Hex("300b3009060704008bec400100");
       }},
      {"qc_pds", "InAnAdvancedCertificate",
       [](auto& d) {
         AddStatement(d,
                      "3021060604008e46010530173015160f"
                      "68747470733a2f2f782e65752f656e"
                      "1302656e");
       }},
      {"qc_pds_language", "UpperCase",
       [](auto& d) { ReplaceInStatements(d, Hex("1302736c"), Hex("1302534c")); },
       Which::kQualifiedSeal},
      {"qc_pds_language", "Twice",
       [](auto& d) { ReplaceInStatements(d, Hex("1302736c"), Hex("1302656e")); },
       Which::kQualifiedSeal},
      {"qc_pds_language", "Digits",
       [](auto& d) { ReplaceInStatements(d, Hex("1302736c"), Hex("13023132")); },
       Which::kQualifiedSeal},
      {"qc_retention", "Missing",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e460103"), Hex("04008e460102")); },
       Which::kQualifiedSeal},
      {"qc_retention", "OtherNumber",
       [](auto& d) { ReplaceInStatements(d, Hex("02010a"), Hex("02010b")); },
       Which::kQualifiedSeal},
      {"qc_retention", "Negative",
       [](auto& d) { ReplaceInStatements(d, Hex("02010a"), Hex("0201f6")); },
       Which::kQualifiedSeal},
      {"qc_retention", "NotAskedFor",
       [](auto& d) { AddStatement(d, "300b060604008e46010302010a"); }, Which::kQualified},
  };
}

std::vector<Broken> BrokenContexts() {
  const std::string type = ca::kSamlContextType;
  std::vector<Broken> cases = {
      {"authentication_context", "Missing", [](auto& d) { d.Remove(oid::kAuthenticationContext); }},
      {"authentication_context", "Critical",
       [](auto& d) { d.Find(oid::kAuthenticationContext).critical = true; }},
      {"authentication_context", "Null", Context(Hex("0500"))},
      {"authentication_context", "Empty", Context(Hex("3000"))},
      {"authentication_context", "Two",
       Context(Contexts({{type, kGoodDocument}, {type, kGoodDocument}}))},
      {"authentication_context", "OtherType", Context(Contexts({{"urn:other", kGoodDocument}}))},
      {"authentication_context", "NotUtf8String",
       Context(Contexts({{type, kGoodDocument}}, der_tag::kIa5String))},
      {"authentication_context", "NoDocument", Context(Contexts({{type, ""}}))},
      {"authentication_context", "OtherNamespace", Document("saci\">", "other\">")},
      {"authentication_context", "IdAttributes",
       Document("</saci:SAML", "<saci:IdAttributes/></saci:SAML")},
      {"authentication_context", "UnknownAttribute",
       Document(" IdentityProvider", " Subject=\"Ana\" IdentityProvider")},
      {"authentication_context", "AttributeTwice",
       Document(" IdentityProvider", " AuthnContextClassRef=\"low\" IdentityProvider")},
      {"authentication_context", "NoInstant",
       Document(" AuthenticationInstant=\"2027-01-15T08:00:00Z\"", "")},
      {"authentication_context", "NoClass", Document(" AuthnContextClassRef=\"high\"", "")},
      {"authentication_context", "EmptyClass", Document("\"high\"", "\"\"")},
      {"authentication_context", "RawAmpersand", Document("\"high\"", "\"a&b\"")},
      {"authentication_context", "UnknownEntity", Document("\"high\"", "\"&xxe;\"")},
      {"authentication_context", "RawAngleBracket", Document("\"high\"", "\"a<b\"")},
      {"authentication_context", "LineFeed", Document("\"high\"", "\"a\nb\"")},
      {"authentication_context", "TextBehindIt", Document("Context>", "Context> ")},
      {"authentication_context", "DocumentType",
       Document("<saci:SAMLAuthContext", "<!DOCTYPE a><saci:SAMLAuthContext")},
      {"authentication_context", "Long", Document("high", std::string(17000, 'a'))},
  };
  for (Broken& each : cases) each.which = Which::kContext;
  cases.push_back({"authentication_context", "NotAskedFor", [](auto& d) {
                     AddExtension(d, oid::kAuthenticationContext,
                                  Contexts({{ca::kSamlContextType, kGoodDocument}}));
                   }});
  return cases;
}

}  // namespace

const std::vector<Broken>& BrokenClaims() {
  static const auto& all = *new std::vector<Broken>([] {
    std::vector<Broken> cases = BrokenSubjects();
    for (const auto& more : {BrokenStatements(), BrokenContexts()}) {
      cases.insert(cases.end(), more.begin(), more.end());
    }
    return cases;
  }());
  return all;
}

}  // namespace enkrat::testing
