import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/** RFC 3161: tokens, and the answers of a running service. */
final class Timestamp {
  private Timestamp() {}

  static String judgeToken(String file, String stampedFile, String roots) throws Exception {
    TimeStampToken token =
        new TimeStampToken(new CMSSignedData(Files.readAllBytes(Path.of(file))));
    check(token, Files.readAllBytes(Path.of(stampedFile)), roots);
    return token.getTimeStampInfo().getPolicy().getId();
  }

  static String judgeResponse(String url, String roots) throws Exception {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    byte[] digest = Digests.of(NISTObjectIdentifiers.id_sha384).digest(new byte[] {1, 2, 3});
    TimeStampRequest request =
        generator.generate(NISTObjectIdentifiers.id_sha384, digest, BigInteger.valueOf(4711));
    byte[] answer = Http.post(url, "application/timestamp-query", request.getEncoded());
    TimeStampResponse response = new TimeStampResponse(answer);
    response.validate(request);
    checkDigest(response.getTimeStampToken(), digest, roots);
    return "nonce " + response.getTimeStampToken().getTimeStampInfo().getNonce();
  }

  /** The token is good and over these octets; its time. */
  static Date check(TimeStampToken token, byte[] stamped, String roots) throws Exception {
    byte[] digest =
        Digests.of(token.getTimeStampInfo().getMessageImprintAlgOID()).digest(stamped);
    return checkDigest(token, digest, roots);
  }

  static Date checkDigest(TimeStampToken token, byte[] digest, String roots) throws Exception {
    Judge.require(
        Arrays.equals(digest, token.getTimeStampInfo().getMessageImprintDigest()),
        "the timestamp is over something else");
    X509CertificateHolder unit = signerOf(token);
    // Also that the token names this certificate (ESS), and that its key is for timestamps alone.
    token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(unit));
    Date time = token.getTimeStampInfo().getGenTime();
    Paths.check(
        Pem.fromDer(unit.getEncoded()),
        Paths.certificatesOf(token.toCMSSignedData()),
        roots,
        time,
        null);
    return time;
  }

  static X509CertificateHolder signerOf(TimeStampToken token) {
    var found = token.getCertificates().getMatches(token.getSID()).iterator();
    Judge.require(found.hasNext(), "the token lacks its certificate");
    return (X509CertificateHolder) found.next();
  }
}
