#include "validation/crl_check.h"

#include <utility>

#include "common/asn1_time.h"
#include "common/der.h"
#include "validation/certificate_reading.h"

namespace enkrat::validation {
namespace {

using ScopePtr = std::unique_ptr<ISSUING_DIST_POINT, OpenSslDeleter<ISSUING_DIST_POINT_free>>;
using PointsPtr = std::unique_ptr<CRL_DIST_POINTS, OpenSslDeleter<CRL_DIST_POINTS_free>>;
using AuthorityKeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, OpenSslDeleter<AUTHORITY_KEYID_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, OpenSslDeleter<ASN1_ENUMERATED_free>>;
using GeneralizedTimePtr =
    std::unique_ptr<ASN1_GENERALIZEDTIME, OpenSslDeleter<ASN1_GENERALIZEDTIME_free>>;

// Null with `*broken` for an extension that is there twice or does not decode.
template <typename Ptr>
Ptr CrlExtension(const X509_CRL* crl, int nid, bool* broken) {
  int criticality = 0;
  Ptr value(
      static_cast<typename Ptr::pointer>(X509_CRL_get_ext_d2i(crl, nid, &criticality, nullptr)));
  *broken = value == nullptr && criticality != -1;
  if (value == nullptr) DrainOpenSslErrors();
  return value;
}

// RFC 5280 5.2: only what was understood may be critical.
bool HasUnknownCriticalExtension(const X509_CRL* crl) {
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(crl, i);
    if (X509_EXTENSION_get_critical(extension) != 1) continue;
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (nid != NID_issuing_distribution_point && nid != NID_authority_key_identifier &&
        nid != NID_crl_number) {
      return true;
    }
  }
  return false;
}

// RFC 5280 5.3: one such entry, of whatever certificate, makes the whole CRL unusable.
// certificateIssuer belongs to indirect CRLs.
bool HasUnknownCriticalEntryExtension(X509_CRL* crl) {
  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    for (int j = 0; j < X509_REVOKED_get_ext_count(entry); ++j) {
      X509_EXTENSION* extension = X509_REVOKED_get_ext(entry, j);
      const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
      if (nid == NID_certificate_issuer) return true;
      if (X509_EXTENSION_get_critical(extension) == 1 && nid != NID_crl_reason &&
          nid != NID_invalidity_date) {
        return true;
      }
    }
  }
  return false;
}

bool Share(const GENERAL_NAMES* left, const GENERAL_NAMES* right) {
  constexpr int kMostNames = 64;
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(left), kMostNames); ++i) {
    for (int j = 0; j < std::min(sk_GENERAL_NAME_num(right), kMostNames); ++j) {
      if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(left, i), sk_GENERAL_NAME_value(right, j)) == 0) {
        return true;
      }
    }
  }
  return false;
}

// Names relative to the issuer are compared as they stand: both are relative to the same name.
bool SamePoint(const DIST_POINT_NAME* left, const DIST_POINT_NAME* right) {
  if (left == nullptr || right == nullptr || left->type != right->type) return false;
  if (left->type == 0) return Share(left->name.fullname, right->name.fullname);
  const auto left_der = EncodeDer<i2d_DIST_POINT_NAME>(const_cast<DIST_POINT_NAME*>(left));
  const auto right_der = EncodeDer<i2d_DIST_POINT_NAME>(const_cast<DIST_POINT_NAME*>(right));
  return left_der.ok() && right_der.ok() && *left_der == *right_der;
}

// RFC 5280 6.3.3 (b)(2)(i): the CRL's own place is one of those that the certificate names.
bool CertificateNames(const X509* certificate, const DIST_POINT_NAME* place) {
  const PointsPtr points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  for (int i = 0; points != nullptr && i < sk_DIST_POINT_num(points.get()) && i < 64; ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->CRLissuer == nullptr && SamePoint(point->distpoint, place)) return true;
  }
  DrainOpenSslErrors();
  return false;
}

std::string ScopeObjection(const X509_CRL* crl, X509* certificate) {
  bool broken = false;
  const auto scope = CrlExtension<ScopePtr>(crl, NID_issuing_distribution_point, &broken);
  if (broken) return "its issuingDistributionPoint is damaged";
  if (scope == nullptr) return "";
  if (scope->indirectCRL > 0) return "it is an indirect CRL";
  if (scope->onlyattr > 0) return "it is for attribute certificates only";
  if (scope->onlysomereasons != nullptr) return "it is for some reasons only";
  if (scope->onlyuser > 0 && IsCa(certificate)) return "it is for end entities only";
  if (scope->onlyCA > 0 && !IsCa(certificate)) return "it is for CAs only";
  if (scope->distpoint != nullptr && !CertificateNames(certificate, scope->distpoint)) {
    return "it is of another distribution point";
  }
  return "";
}

std::string IssuerObjection(X509_CRL* crl, X509* issuer) {
  bool broken = false;
  const auto key_id = CrlExtension<AuthorityKeyIdPtr>(crl, NID_authority_key_identifier, &broken);
  if (broken) return "its authorityKeyIdentifier is damaged";
  if (key_id != nullptr && X509_check_akid(issuer, key_id.get()) != X509_V_OK) {
    return "it is of another key of the issuer";
  }
  if (!MayUseKeyFor(issuer, KU_CRL_SIGN)) return "its issuer may not sign CRLs";
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  if (key == nullptr || X509_CRL_verify(crl, key) != 1) {
    DrainOpenSslErrors();
    return "its signature is not by the issuer's key";
  }
  return "";
}

// Whether one that is not listed is not revoked: absence tells nothing of a certificate that had
// expired before, unless the CRL says that it keeps those (X.509 9.5.2.8).
bool CoversUnlisted(const X509_CRL* crl, const X509* certificate, absl::Time this_update) {
  const absl::Time not_after = ValidityOf(certificate).not_after;
  if (this_update <= not_after) return true;
  const Asn1ObjectPtr oid(OBJ_txt2obj(kExpiredCertsOnCrl, 1));
  const int index = oid == nullptr ? -1 : X509_CRL_get_ext_by_OBJ(crl, oid.get(), -1);
  if (index < 0) return false;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_CRL_get_ext(crl, index));
  const auto since = DecodeDer<GeneralizedTimePtr, d2i_ASN1_GENERALIZEDTIME>(
      ByteSpan(ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value))));
  const auto since_time = since.ok() ? TimeFromAsn1(since->get()) : std::nullopt;
  return since_time && *since_time <= not_after;
}

void ReadEntry(const X509_REVOKED* entry, StatusStatement& statement) {
  statement.revoked_at = TimeFromAsn1(X509_REVOKED_get0_revocationDate(entry));
  // An entry without a proper date was revoked at no known time: from the beginning.
  if (!statement.revoked_at) statement.revoked_at = absl::InfinitePast();
  const EnumeratedPtr reason(static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
  const long code = reason == nullptr ? CRL_REASON_UNSPECIFIED : ASN1_ENUMERATED_get(reason.get());
  statement.key_compromised = code == CRL_REASON_UNSPECIFIED || code == CRL_REASON_KEY_COMPROMISE ||
                              code == CRL_REASON_CA_COMPROMISE;
  statement.on_hold = code == CRL_REASON_CERTIFICATE_HOLD;
  const GeneralizedTimePtr since(static_cast<ASN1_GENERALIZEDTIME*>(
      X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr)));
  const auto invalid_since = TimeFromAsn1(since.get());
  if (invalid_since) statement.revoked_at = std::min(*statement.revoked_at, *invalid_since);
  DrainOpenSslErrors();
}

std::string Objection(X509_CRL* crl, X509* certificate, X509* issuer) {
  if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0) return "it is a delta CRL";
  if (HasUnknownCriticalExtension(crl)) return "it has an unknown critical extension";
  if (std::string objection = ScopeObjection(crl, certificate); !objection.empty()) {
    return objection;
  }
  if (std::string objection = IssuerObjection(crl, issuer); !objection.empty()) return objection;
  if (HasUnknownCriticalEntryExtension(crl)) {
    return "an entry of it has an unknown critical extension";
  }
  return "";
}

}  // namespace

absl::StatusOr<X509CrlPtr> ParseCrl(ByteSpan crl_der) {
  if (crl_der.size() > kMaxCrlOctets) {
    return MakeError(Reason::kLimitExceeded, "a CRL of more than 8 MiB");
  }
  return DecodeDer<X509CrlPtr, d2i_X509_CRL>(crl_der);
}

StatusStatement StatusFromCrl(X509_CRL* crl, X509* certificate, X509* issuer) {
  StatusStatement statement;
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0 ||
      X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(certificate)) != 0) {
    statement.why_not = "it is of another issuer";
    return statement;
  }
  statement.concerns = true;
  statement.why_not = Objection(crl, certificate, issuer);
  if (!statement.why_not.empty()) return statement;
  const auto this_update = TimeFromAsn1(X509_CRL_get0_lastUpdate(crl));
  if (!this_update) {
    statement.why_not = "its thisUpdate is damaged";
    return statement;
  }
  statement.this_update = statement.signed_at = *this_update;
  statement.next_update = TimeFromAsn1(X509_CRL_get0_nextUpdate(crl));
  statement.signer = issuer;
  X509_CRL_get0_signature(crl, nullptr, &statement.algorithm);
  X509_REVOKED* entry = nullptr;
  // 2 for removeFromCRL, which only a delta may say.
  const int found = X509_CRL_get0_by_cert(crl, &entry, certificate);
  if (found == 1) {
    statement.says = StatusStatement::Says::kRevoked;
    ReadEntry(entry, statement);
  } else if (found == 2) {
    statement.why_not = "it says removeFromCRL without being a delta";
  } else if (!CoversUnlisted(crl, certificate, *this_update)) {
    statement.why_not = "it is from after the certificate's expiry and keeps no expired ones";
  } else {
    statement.says = StatusStatement::Says::kGood;
  }
  return statement;
}

}  // namespace enkrat::validation
