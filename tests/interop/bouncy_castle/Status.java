import java.math.BigInteger;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** OCSP responses and CRLs of a running service. */
final class Status {
  private Status() {}

  static String judgeOcsp(String url, String certificateFile, String issuerFile) throws Exception {
    X509CertificateHolder issuer = new JcaX509CertificateHolder(Pem.first(issuerFile));
    CertificateID id =
        new CertificateID(
            new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
            issuer,
            Pem.first(certificateFile).getSerialNumber());
    byte[] nonce = BigInteger.valueOf(System.nanoTime()).add(BigInteger.ONE.shiftLeft(200)).toByteArray();
    Extension extension =
        new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(nonce).getEncoded());
    OCSPReqBuilder request = new OCSPReqBuilder();
    request.addRequest(id);
    request.setRequestExtensions(new Extensions(extension));
    OCSPResp response =
        new OCSPResp(Http.post(url, "application/ocsp-request", request.build().getEncoded()));
    Judge.require(response.getStatus() == OCSPResp.SUCCESSFUL, "status " + response.getStatus());
    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
    checkResponder(basic, issuer);
    Judge.require(
        extension.equals(basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)),
        "the nonce is another");
    SingleResp single = basic.getResponses()[0];
    Judge.require(single.getCertID().equals(id), "it is about another certificate");
    Date now = new Date();
    Judge.require(
        !single.getThisUpdate().after(now) && single.getNextUpdate().after(now), "out of date");
    return single.getCertStatus() == CertificateStatus.GOOD
        ? "good"
        : single.getCertStatus().getClass().getSimpleName();
  }

  /** Delegated by the issuer itself (RFC 6960 4.2.2.2), and never to be asked about. */
  private static void checkResponder(BasicOCSPResp basic, X509CertificateHolder issuer)
      throws Exception {
    X509CertificateHolder responder = basic.getCerts()[0];
    JcaContentVerifierProviderBuilder verifier =
        new JcaContentVerifierProviderBuilder().setProvider("BC");
    Judge.require(basic.isSignatureValid(verifier.build(responder)), "the response's signature");
    Judge.require(responder.isSignatureValid(verifier.build(issuer)), "the responder's issuer");
    Judge.require(
        ExtendedKeyUsage.fromExtensions(responder.getExtensions())
            .hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning),
        "the responder is none");
    Judge.require(
        responder.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck) != null,
        "the responder lacks ocsp-nocheck");
  }

  static String judgeCrl(String url, String issuerFile) throws Exception {
    X509CertificateHolder issuer = new JcaX509CertificateHolder(Pem.first(issuerFile));
    X509CRLHolder crl = new X509CRLHolder(Http.get(url));
    Judge.require(crl.getIssuer().equals(issuer.getSubject()), "another issuer");
    Judge.require(
        crl.isSignatureValid(
            new JcaContentVerifierProviderBuilder().setProvider("BC").build(issuer)),
        "the CRL's signature");
    Judge.require(crl.getExtension(Extension.cRLNumber) != null, "no number");
    Judge.require(crl.getExtension(Extension.authorityKeyIdentifier) != null, "no key identifier");
    Date now = new Date();
    Judge.require(
        !crl.getThisUpdate().after(now) && crl.getNextUpdate().after(now), "out of date");
    return "revoked " + crl.getRevokedCertificates().size();
  }
}
