// Documents that were prepared before they were signed, so that an update which looks harmless
// changes what they show or do: objects that are two things at once, or wait to be named.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

constexpr char kNotesAllowed[] =
    "/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< /TransformMethod /DocMDP "
    "/TransformParams << /P 3 >> >>]";
constexpr char kNothingAllowed[] =
    "/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< /TransformMethod /DocMDP "
    "/TransformParams << /P 1 >> >>]";

// Signs the objects as they are, but for the page and the form that have to name the signature.
std::string Signed(const HandMadeObjects& objects, HandMadeSignature signature = {}) {
  signature.objects[3] = Replaced(objects.at(3), "/Annots [7 0 R", "/Annots [20 0 R 7 0 R");
  signature.objects[6] = Replaced(objects.at(6), "/Fields [", "/Fields [20 0 R ");
  return WithSignature(WritePdf(objects), signature);
}

PdfSignature FirstOf(const std::string& octets) {
  const absl::StatusOr<std::unique_ptr<SignedPdf>> pdf = OpenPdf(octets);
  EXPECT_TRUE(pdf.ok()) << pdf.status();
  if (!pdf.ok() || (*pdf)->signatures().empty()) return {};
  return (*pdf)->signatures()[0];
}

TEST(PreparedDocumentAttackTest, CatalogThatWaitsToBeNamedByATrailerIsReported) {
  HandMadeObjects order = PaymentOrder();
  order[40] = Replaced(order[1], "/Pages 2 0 R", "/Pages 41 0 R");
  order[41] = "<< /Type /Pages /Kids [12 0 R] /Count 1 >>";
  const std::string pdf = WithSignature(WritePdf(order), {});
  EXPECT_THAT(FirstOf(WithUpdate(pdf, {})), IsSoundWith(ChangeKind::kNone));
  EXPECT_FALSE(
      FirstOf(WithUpdate(pdf, {.trailer = "/Root 40 0 R /Info 9 0 R"})).changes_are_permitted);
}

TEST(PreparedDocumentAttackTest, InformationThatWaitsToBeNamedByATrailerIsReported) {
  HandMadeObjects order = PaymentOrder();
  order[40] = "<< /Title (Receipt) >>";
  const std::string pdf = WithSignature(WritePdf(order), {});
  EXPECT_THAT(FirstOf(WithUpdate(pdf, {.trailer = "/Root 1 0 R /Info 40 0 R"})),
              IsBrokenBy(ChangeKind::kContent));
}

// A field that is a name tree of scripts as well.
HandMadeObjects WithScriptsThatAreAField(const std::string& kids) {
  HandMadeObjects order = PaymentOrder();
  order[1] = Replaced(order[1], "/Metadata", "/Names << /JavaScript 40 0 R >> /Metadata");
  order[6] = Replaced(order[6], "/Fields [7 0 R]", "/Fields [7 0 R 40 0 R 41 0 R]");
  order[40] = absl::StrCat("<< /FT /Sig /Kids [", kids, "] >>");
  order[41] =
      "<< /FT /Sig /T (a) /Limits [(a) (a)] /Names [(a) << /S /JavaScript /JS (app.alert) >>] >>";
  return order;
}

TEST(PreparedDocumentAttackTest, ScriptThatComesAsASignatureFieldIsReported) {
  HandMadeObjects order = WithScriptsThatAreAField("");
  order[6] = Replaced(order[6], " 41 0 R]", "]");
  order.erase(41);
  const std::string pdf = Signed(order);
  EXPECT_THAT(FirstOf(pdf), IsSoundWith(ChangeKind::kNone));
  const HandMadeObjects more = WithScriptsThatAreAField("41 0 R");
  EXPECT_THAT(FirstOf(WithUpdate(pdf, {.objects = {{40, more.at(40)}, {41, more.at(41)}}})),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(PreparedDocumentAttackTest, ScriptThatWasAFieldAndBecomesItsKidIsReported) {
  const std::string pdf = Signed(WithScriptsThatAreAField(""));
  EXPECT_THAT(FirstOf(pdf), IsSoundWith(ChangeKind::kNone));
  EXPECT_THAT(
      FirstOf(WithUpdate(pdf, {.objects = {{40, WithScriptsThatAreAField("41 0 R").at(40)}}})),
      IsBrokenBy(ChangeKind::kContent));
}

TEST(PreparedDocumentAttackTest, ScriptThatIsNoFieldAnyMoreIsReported) {
  const std::string pdf = Signed(WithScriptsThatAreAField("41 0 R"));
  EXPECT_THAT(FirstOf(WithUpdate(pdf, {.objects = {{40, WithScriptsThatAreAField("").at(40)}}})),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(PreparedDocumentAttackTest, FurtherSignatureBelowAFieldIsNoOtherKid) {
  HandMadeObjects order = PaymentOrder();
  order[6] = Replaced(order[6], "/Fields [7 0 R]", "/Fields [7 0 R 40 0 R]");
  order[40] = "<< /T (signatures) /FT /Sig /Kids [41 0 R] >>";
  order[41] = "<< /T (first) /Parent 40 0 R >>";
  EXPECT_THAT(
      FirstOf(WithUpdate(Signed(order),
                         {.objects = {{40, "<< /T (signatures) /FT /Sig /Kids [41 0 R 42 0 R] >>"},
                                      {42, "<< /T (second) /Parent 40 0 R >>"}}})),
      IsSoundWith(ChangeKind::kSignature));
}

// Layers whose settings are a field as well: /AS says what switches them by itself.
TEST(PreparedDocumentAttackTest, SettingsOfLayersThatAreAFieldAreReported) {
  HandMadeObjects order = PaymentOrder();
  order[1] =
      Replaced(order[1], "/Metadata", "/OCProperties << /OCGs [41 0 R] /D 40 0 R >> /Metadata");
  order[6] = Replaced(order[6], "/Fields [7 0 R]", "/Fields [7 0 R 40 0 R]");
  order[40] = "<< /T (layers) /FT /Tx /Order [41 0 R] >>";
  order[41] = "<< /Type /OCG /Name (Small print) /Usage << /View << /ViewState /OFF >> >> >>";
  const std::string pdf = Signed(order);
  EXPECT_THAT(FirstOf(pdf), IsSoundWith(ChangeKind::kNone));
  EXPECT_THAT(FirstOf(WithUpdate(
                  pdf, {.objects = {{40,
                                     "<< /T (layers) /FT /Tx /Order [41 0 R] /AS [<< /Event /View "
                                     "/Category [/View] /OCGs [41 0 R] >>] >>"}}})),
              IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
}

// A page that does not say so, and is a note on itself: a note's /Contents is its text.
TEST(PreparedDocumentAttackTest, PageThatIsANoteAsWellIsAPage) {
  HandMadeObjects order = PaymentOrder();
  order[3] = Replaced(order[3], "/Type /Page", "/Subtype /Text");
  order[3] = Replaced(order[3], "/Annots [7 0 R]", "/Annots [7 0 R 3 0 R]");
  const std::string pdf =
      Signed(order, {.entries = kNotesAllowed, .catalog_entries = "/Perms << /DocMDP 21 0 R >>"});
  EXPECT_THAT(FirstOf(pdf), IsSoundWith(ChangeKind::kNone));
  const std::string page = Replaced(order[3], "/Annots [7 0 R", "/Annots [20 0 R 7 0 R");
  EXPECT_FALSE(
      FirstOf(
          WithUpdate(pdf, {.objects = {{3, Replaced(page, "/Contents 4 0 R", "/Contents 50 0 R")},
                                       {50, order[10]}}}))
          .changes_are_permitted);
}

// Fields that stand in the form's list itself.
HandMadeObjects WithAFieldThatIsNoObject(const std::string& value) {
  HandMadeObjects order = PaymentOrder();
  order[6] = Replaced(
      order[6], "/Fields [7 0 R]",
      absl::StrCat("/Fields [<< /T (order) /FT /Tx /V (", value, ") ", "/Kids [7 0 R] >>]"));
  order[7] = Replaced(order[7], "/FT /Tx /T (amount) /V (100) ", "");
  return order;
}

TEST(PreparedDocumentAttackTest, FieldThatIsNoObjectIsFilledAsOthersAre) {
  const HandMadeUpdate update = {.objects = {{6, Replaced(WithAFieldThatIsNoObject("900").at(6),
                                                          "/Fields [", "/Fields [20 0 R ")}}};
  const HandMadeObjects order = WithAFieldThatIsNoObject("100");
  EXPECT_THAT(FirstOf(WithUpdate(Signed(order), update)), IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_THAT(FirstOf(WithUpdate(Signed(order, {.entries = kNothingAllowed,
                                                .catalog_entries = "/Perms << /DocMDP 21 0 R >>"}),
                                 update)),
              IsBrokenBy(ChangeKind::kFormFilling));
  EXPECT_THAT(
      FirstOf(WithUpdate(
          Signed(order, {.field_entries = "/Lock << /Action /Include /Fields [(order)] >>"}),
          update)),
      IsBrokenBy(ChangeKind::kFormFilling));
}

TEST(PreparedDocumentAttackTest, FieldThatIsNoObjectAndGetsAnActionIsReported) {
  const HandMadeObjects order = WithAFieldThatIsNoObject("100");
  EXPECT_THAT(FirstOf(WithUpdate(
                  Signed(order),
                  {.objects = {{6, Replaced(Replaced(order.at(6), "/Fields [", "/Fields [20 0 R "),
                                            "/T (order)", "/T (order) /AA << /K 9 0 R >>")}}})),
              IsBrokenBy(ChangeKind::kContent));
}

// Two fields look the same because they have one appearance, and only the second is locked.
TEST(PreparedDocumentAttackTest, AppearanceOfALockedFieldThatAnotherHasTooIsReported) {
  HandMadeObjects order = PaymentOrder();
  order[6] = Replaced(order[6], "/Fields [7 0 R]", "/Fields [7 0 R 40 0 R 41 0 R]");
  order[3] = Replaced(order[3], "/Annots [7 0 R]", "/Annots [7 0 R 40 0 R 41 0 R]");
  order[40] = Replaced(order[7], "(amount)", "(copy)");
  order[41] = Replaced(order[7], "(amount)", "(another)");
  const HandMadeUpdate update = {.objects = {{8, Replaced(order[8], "(100)", "(900)")}}};
  for (const std::string locked : {"amount", "copy", "another"}) {
    const std::string lock = absl::StrCat("/Lock << /Action /Include /Fields [(", locked, ")] >>");
    EXPECT_THAT(FirstOf(WithUpdate(Signed(order, {.field_entries = lock}), update)),
                IsBrokenBy(ChangeKind::kFormFilling))
        << locked;
  }
}

// All appearances are to be made anew from the values, which need not be what was shown.
TEST(PreparedDocumentAttackTest, AppearancesOfLockedFieldsThatAreMadeAnewAreReported) {
  HandMadeObjects order = PaymentOrder();
  order[7] = Replaced(order[7], "/V (100)", "/V (900)");
  const HandMadeUpdate update = {
      .objects = {{6, Replaced(Replaced(order[6], "/Fields [", "/Fields [20 0 R "), "/SigFlags 3",
                               "/SigFlags 3 /NeedAppearances true")}}};
  EXPECT_THAT(FirstOf(WithUpdate(Signed(order), update)), IsSoundWith(ChangeKind::kFormFilling));
  for (const std::string lock : {"/Action /All", "/Action /Include /Fields [(amount)]"}) {
    const std::string entries = absl::StrCat("/Lock << ", lock, " >>");
    EXPECT_THAT(FirstOf(WithUpdate(Signed(order, {.field_entries = entries}), update)),
                IsBrokenBy(ChangeKind::kFormFilling))
        << lock;
  }
}

TEST(PreparedDocumentAttackTest, FieldWithoutANameIsLockedWithAllOthers) {
  HandMadeObjects order = PaymentOrder();
  order[7] = Replaced(order[7], "/T (amount) ", "");
  EXPECT_THAT(FirstOf(WithUpdate(Signed(order, {.field_entries = "/Lock << /Action /All >>"}),
                                 {.objects = {{7, Replaced(order[7], "/V (100)", "/V (900)")}}})),
              IsBrokenBy(ChangeKind::kFormFilling));
}

TEST(PreparedDocumentAttackTest, LockOfMoreFieldsThanAreReadLocksAll) {
  std::string names;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&names, "(x) ");
  const std::string lock =
      absl::StrCat("/Lock << /Action /Include /Fields [", names, "(amount)] >>");
  EXPECT_THAT(FirstOf(WithUpdate(
                  Signed(PaymentOrder(), {.field_entries = lock}),
                  {.objects = {{7, Replaced(PaymentOrder().at(7), "/V (100)", "/V (900)")}}})),
              IsBrokenBy(ChangeKind::kFormFilling));
}

TEST(PreparedDocumentAttackTest, PermissionThatNobodyKnowsAllowsNothing) {
  HandMadeObjects note = {
      {3, Replaced(PaymentOrder().at(3), "/Annots [7 0 R", "/Annots [20 0 R 7 0 R 50 0 R")},
      {50, "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (x) >>"}};
  for (const std::string lock : {"/Action /Include /Fields [] /P 7", "/Action /Include /P 0"}) {
    const std::string entries = absl::StrCat("/Lock << ", lock, " >>");
    EXPECT_THAT(
        FirstOf(WithUpdate(Signed(PaymentOrder(), {.field_entries = entries}), {.objects = note})),
        IsBrokenBy(ChangeKind::kAnnotations))
        << lock;
  }
}

}  // namespace
}  // namespace enkrat::pades
