#include "validation/trust_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/validation/test_pki.h"
#include "validation/system_roots.h"

namespace enkrat::validation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kCaQc[] = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";

trusted_list::TrustedList ListOf(const std::string& type, const Bytes& der) {
  trusted_list::TrustService service;
  service.name = "Service";
  service.type = type;
  service.certificates_der = {der};
  trusted_list::TrustedList list;
  list.services = {service};
  return list;
}

TEST(TrustStoreTest, EmptyStoreTrustsNobody) {
  auto store = TrustStore::Create({});
  ASSERT_TRUE(store.ok());
  EXPECT_THAT((*store)->anchors_der(), IsEmpty());
  const Entity root = MakeRoot();
  EXPECT_THAT((*store)->AnchorsNamed(X509_get_subject_name(root.x509())), IsEmpty());
  EXPECT_THAT((*store)->ServicesOf(root.der()), IsEmpty());
}

TEST(TrustStoreTest, OctetsThatAreNoCertificateAreRefused) {
  EXPECT_THAT(TrustStore::Create({.anchors_der = {Bytes{0x30, 0x00}}}),
              enkrat::testing::FailsWith(Reason::kConfigurationInvalid));
  Bytes longer = MakeRoot().der();
  longer.push_back(0);
  EXPECT_THAT(TrustStore::Create({.anchors_der = {longer}}),
              enkrat::testing::FailsWith(Reason::kConfigurationInvalid));
}

TEST(TrustStoreTest, AnchorGivenTwiceIsThereOnce) {
  const Bytes root = MakeRoot().der();
  auto store = TrustStore::Create(
      {.anchors_der = {root, root}, .lists = {ListOf(kCaQc, root), ListOf(kCaQc, root)}});
  ASSERT_TRUE(store.ok());
  EXPECT_THAT((*store)->anchors_der(), ElementsAre(root));
  EXPECT_THAT((*store)->ServicesOf(root), SizeIs(2));
}

TEST(TrustStoreTest, AnchorsOfOneNameAreAllFound) {
  const Entity first = MakeRoot(), second = MakeRoot(), other = MakeRoot("Other");
  auto store = TrustStore::Create({.anchors_der = {first.der(), second.der(), other.der()}});
  ASSERT_TRUE(store.ok());
  EXPECT_THAT((*store)->AnchorsNamed(X509_get_subject_name(first.x509())), SizeIs(2));
}

TEST(TrustStoreTest, ServicesThatNeitherIssueNorTimestampAreNoAnchors) {
  const Bytes der = MakeRoot().der();
  for (const char* type : {"http://uri.etsi.org/TrstSvc/Svctype/EDS/Q",
                           "http://uri.etsi.org/TrstSvc/Svctype/unspecified",
                           "http://elsewhere.example/TrstSvc/Svctype/CA/QC", ""}) {
    auto store = TrustStore::Create({.lists = {ListOf(type, der)}});
    ASSERT_TRUE(store.ok());
    EXPECT_THAT((*store)->anchors_der(), IsEmpty()) << type;
    EXPECT_THAT((*store)->ServicesOf(der), IsEmpty()) << type;
  }
}

TEST(TrustStoreTest, TimestampingServicesAreAnchors) {
  const Bytes der = MakeRoot().der();
  auto store =
      TrustStore::Create({.lists = {ListOf("http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST", der)}});
  ASSERT_TRUE(store.ok());
  EXPECT_THAT((*store)->anchors_der(), ElementsAre(der));
}

TEST(SystemRootsTest, FileAndHashedNamesAreRead) {
  const enkrat::testing::ScratchFolder folder;
  const Bytes in_file = MakeRoot("In file").der(), hashed = MakeRoot("Hashed").der();
  const auto write = [&](const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFile(folder.File(name), AsSpan(text), {}).ok());
  };
  write("bundle.pem", CertificateToPem(in_file));
  write("3513523f.0", CertificateToPem(hashed));
  write("3513523f.r0", CertificateToPem(MakeRoot("Name of a CRL").der()));
  write("other.pem", CertificateToPem(MakeRoot("Name without hash").der()));
  write("00000000.0", "no certificate");
  EXPECT_THAT(ReadSystemRoots({.file = folder.File("bundle.pem"), .folder = folder.path()}),
              ElementsAre(in_file, hashed));
}

TEST(SystemRootsTest, NothingThereMeansNoRoots) {
  EXPECT_THAT(ReadSystemRoots({.file = "/nowhere/cert.pem", .folder = "/nowhere/certs"}),
              IsEmpty());
}

}  // namespace
}  // namespace enkrat::validation
