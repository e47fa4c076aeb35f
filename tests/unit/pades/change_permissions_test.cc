// What earlier signatures forbid: certification, locked fields.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "pades/pdf_signing.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;

class ChangePermissionsTest : public ::testing::Test {
 protected:
  ChangePermissionsTest() { WriteText(path_, LayPdf(TwoPages())); }
  absl::Status Sign(SignatureOptions options) {
    options.signing_time = SigningTime();
    return signer_.Sign(path_, options);
  }
  absl::Status Prepared(SignatureOptions options = {}) {
    options.signing_time = SigningTime();
    return PrepareSignature(path_, options).status();
  }
  // A document with a signed field "prvi" and an empty one "drugi".
  void WriteSigned(const std::string& reference, const std::string& field_entries = "") {
    PdfPlan plan = TwoPages();
    plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R 8 0 R ] >> >>";
    plan.objects[7] = absl::StrCat("<< /FT /Sig /T (prvi) /V 9 0 R ", field_entries, " >>");
    plan.objects[8] = "<< /FT /Sig /T (drugi) >>";
    plan.objects[9] = absl::StrCat("<< /Type /Sig /Reference ", reference, " >>");
    WriteText(path_, LayPdf(plan));
  }
  void WriteFieldLock(const std::string& parameters) {
    WriteSigned(absl::StrCat("[ << /TransformMethod /FieldMDP /TransformParams << ", parameters,
                             " >> >> ]"));
  }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
  DocumentSigner signer_;
};

TEST_F(ChangePermissionsTest, DocumentCertifiedAgainstAllChangesIsNotSigned) {
  ASSERT_THAT(Sign({.certify = AllowedChanges::kNone}), IsOk());
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
  const Opinion opinion = AskOthers(path_);
  EXPECT_EQ(opinion.valid, 1) << opinion.words;
}

TEST_F(ChangePermissionsTest, CertifiedDocumentIsNotCertifiedAgain) {
  ASSERT_THAT(Sign({.certify = AllowedChanges::kFormFilling}), IsOk());
  EXPECT_THAT(Prepared({.certify = AllowedChanges::kFormFilling}),
              FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, SignedDocumentIsNotCertified) {
  ASSERT_THAT(Sign({}), IsOk());
  EXPECT_THAT(Prepared({.certify = AllowedChanges::kFormFilling}),
              FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, TimestampedDocumentIsNotCertified) {
  ASSERT_THAT(signer_.AddTimestamp(path_, {}), IsOk());
  EXPECT_THAT(Prepared({.certify = AllowedChanges::kFormFilling}),
              FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, CertificationWithoutParametersAllowsSignatures) {
  WriteSigned("[ << /TransformMethod /DocMDP >> ]");
  EXPECT_THAT(Prepared(), IsOk());
}

TEST_F(ChangePermissionsTest, CertificationThatTheCatalogDoesNotNameCountsAsWell) {
  WriteSigned("[ << /TransformMethod /DocMDP /TransformParams << /P 1 >> >> ]");
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, CertificationThatOnlyTheCatalogNamesCounts) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /Perms << /DocMDP 7 0 R >> >>";
  plan.objects[7] =
      "<< /Type /Sig /Reference [ << /TransformMethod /DocMDP /TransformParams << /P 1 >> >> ] >>";
  WriteText(path_, LayPdf(plan));
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, CertificationOfAnUnknownKindIsDamage) {
  for (const char* permission : {"0", "4", "-1", "(1)", "/1", "1.0", "[ 1 ]"}) {
    WriteSigned(absl::StrCat("[ << /TransformMethod /DocMDP /TransformParams << /P ", permission,
                             " >> >> ]"));
    EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfDamaged)) << permission;
  }
}

TEST_F(ChangePermissionsTest, ReferencesOfAnotherShapeAreDamage) {
  for (const char* reference : {"<< >>", "42", "[ 42 ]", "[ [ ] ]"}) {
    WriteSigned(reference);
    EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfDamaged)) << reference;
  }
}

TEST_F(ChangePermissionsTest, LockedFieldIsNotSigned) {
  WriteFieldLock("/Action /Include /Fields [ (drugi) ]");
  EXPECT_THAT(Prepared({.field_name = "drugi"}), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, FieldThatIsNotLockedIsSigned) {
  WriteFieldLock("/Action /Include /Fields [ (tretji) ]");
  EXPECT_THAT(Prepared({.field_name = "drugi"}), IsOk());
}

TEST_F(ChangePermissionsTest, LockedFieldLocksWhatIsBelowIt) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R 8 0 R ] >> >>";
  plan.objects[7] = "<< /FT /Sig /T (prvi) /V 10 0 R >>";
  plan.objects[8] = "<< /T (oseba) /Kids [ 9 0 R ] >>";
  plan.objects[9] = "<< /FT /Sig /T (podpis) /Parent 8 0 R >>";
  plan.objects[10] =
      "<< /Type /Sig /Reference [ << /TransformMethod /FieldMDP /TransformParams << /Action "
      "/Include /Fields [ (oseba) ] >> >> ] >>";
  WriteText(path_, LayPdf(plan));
  EXPECT_THAT(Prepared({.field_name = "oseba.podpis"}), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, LockOfAllFieldsLocksNewOnesToo) {
  WriteFieldLock("/Action /All");
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
  EXPECT_THAT(Prepared({.field_name = "drugi"}), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, FieldOutsideOfTheExceptionsIsLocked) {
  WriteFieldLock("/Action /Exclude /Fields [ (drugi) ]");
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
  EXPECT_THAT(Prepared({.field_name = "drugi"}), IsOk());
}

TEST_F(ChangePermissionsTest, LockOfAnUnknownKindIsDamage) {
  for (const char* parameters :
       {"", "/Action /Some", "/Action /Include", "/Action (All)", "/Action /Include /Fields [ 7 ]",
        "/Action /Exclude /Fields (a)"}) {
    WriteFieldLock(parameters);
    EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfDamaged)) << parameters;
  }
}

TEST_F(ChangePermissionsTest, LockOfASignedFieldCountsWithoutFieldMdp) {
  WriteSigned("[ ]", "/Lock << /Action /Include /Fields [ (drugi) ] >>");
  EXPECT_THAT(Prepared({.field_name = "drugi"}), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, LockOfASignedFieldAgainstAllChangesForbidsAll) {
  WriteSigned("[ ]", "/Lock << /Action /Include /Fields [ (x) ] /P 1 >>");
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfChangesForbidden));
}

TEST_F(ChangePermissionsTest, LockThatWeMadeIsKept) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R 8 0 R ] >> >>";
  plan.objects[7] = "<< /FT /Sig /T (prvi) /Lock << /Action /All >> >>";
  plan.objects[8] = "<< /FT /Sig /T (drugi) >>";
  WriteText(path_, LayPdf(plan));
  ASSERT_THAT(Sign({.field_name = "prvi"}), IsOk());
  EXPECT_THAT(Prepared({.field_name = "drugi"}), FailsWith(Reason::kPdfChangesForbidden));
}

}  // namespace
}  // namespace enkrat::pades::testing
