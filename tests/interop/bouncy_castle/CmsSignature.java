import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.tsp.TimeStampToken;

/** One CAdES signature: signer, signed reference to the certificate, timestamps, path, level. */
final class CmsSignature {
  static final ASN1ObjectIdentifier ARCHIVE_TIMESTAMP_V3 =
      new ASN1ObjectIdentifier("0.4.0.1733.2.4");
  private static final ASN1ObjectIdentifier OCSP_RESPONSE =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.16.2");

  private CmsSignature() {}

  static String judge(String file, String contentFile, String roots, String level)
      throws Exception {
    byte[] der = Files.readAllBytes(Path.of(file));
    boolean detached = !contentFile.equals("-");
    CMSSignedData cms =
        detached
            ? new CMSSignedData(
                new CMSProcessableByteArray(Files.readAllBytes(Path.of(contentFile))), der)
            : new CMSSignedData(der);
    byte[] content = (byte[]) cms.getSignedContent().getContent();
    Judge.require(cms.getSignerInfos().size() == 1, "not one signer");
    SignerInformation signer = cms.getSignerInfos().getSigners().iterator().next();
    X509CertificateHolder certificate =
        (X509CertificateHolder) cms.getCertificates().getMatches(signer.getSID()).iterator().next();
    Judge.require(
        signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate)),
        "the signature is not the certificate's");
    checkReference(signer, certificate);

    List<TimeStampToken> stamps = stampsOf(signer, PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
    Date proven = new Date();
    for (TimeStampToken stamp : stamps) {
      proven = Timestamp.check(stamp, signer.getSignature(), roots);
    }
    Paths.check(
        Pem.fromDer(certificate.getEncoded()), Paths.certificatesOf(cms), roots, proven, null);
    List<TimeStampToken> archive = stampsOf(signer, ARCHIVE_TIMESTAMP_V3);
    for (TimeStampToken stamp : archive) {
      Timestamp.checkDigest(stamp, ArchiveTimestamp.imprint(cms, signer, content, stamp), roots);
    }
    boolean longTerm = checkValidationData(cms, stamps, roots);
    String found =
        !archive.isEmpty() ? "b-lta" : longTerm ? "b-lt" : !stamps.isEmpty() ? "b-t" : "b-b";
    Judge.require(found.equals(level), "it is " + found);
    return found + " " + signer.getEncryptionAlgOID();
  }

  /** ESS signing-certificate-v2 (RFC 5035): the first names the signer's. */
  private static void checkReference(SignerInformation signer, X509CertificateHolder certificate)
      throws Exception {
    Attribute attribute =
        signer.getSignedAttributes().get(PKCSObjectIdentifiers.id_aa_signingCertificateV2);
    Judge.require(attribute != null, "no signing-certificate-v2");
    ESSCertIDv2 id =
        SigningCertificateV2.getInstance(attribute.getAttrValues().getObjectAt(0)).getCerts()[0];
    byte[] digest =
        Digests.of(id.getHashAlgorithm().getAlgorithm()).digest(certificate.getEncoded());
    Judge.require(
        Arrays.equals(digest, id.getCertHash()), "signing-certificate-v2 names another");
  }

  private static List<TimeStampToken> stampsOf(SignerInformation signer, ASN1ObjectIdentifier type)
      throws Exception {
    List<TimeStampToken> stamps = new ArrayList<>();
    AttributeTable table = signer.getUnsignedAttributes();
    if (table == null) {
      return stamps;
    }
    var all = table.getAll(type);
    for (int i = 0; i < all.size(); ++i) {
      for (var value : Attribute.getInstance(all.get(i)).getAttributeValues()) {
        stamps.add(new TimeStampToken(ContentInfo.getInstance(value)));
      }
    }
    return stamps;
  }

  /** Whether revocation data is within; if so, it must do for the timestamping unit's path. */
  private static boolean checkValidationData(
      CMSSignedData cms, List<TimeStampToken> stamps, String roots) throws Exception {
    var responses = cms.getOtherRevocationInfo(OCSP_RESPONSE).getMatches(null);
    if (cms.getCRLs().getMatches(null).size() + responses.size() == 0) {
      return false;
    }
    for (TimeStampToken stamp : stamps) {
      X509CertificateHolder unit = Timestamp.signerOf(stamp);
      Map<X509Certificate, byte[]> about = new HashMap<>();
      for (Object each : responses) {
        byte[] response = OCSPResponse.getInstance(each).getEncoded();
        BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
        if (basic.getResponses()[0].getCertID().getSerialNumber().equals(unit.getSerialNumber())) {
          about.put(Pem.fromDer(unit.getEncoded()), response);
        }
      }
      Paths.checkOffline(
          Pem.fromDer(unit.getEncoded()), Paths.certificatesOf(cms), roots, Paths.crlsOf(cms), about);
    }
    return true;
  }
}
