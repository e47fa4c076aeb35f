import java.math.BigInteger;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/** A timestamp token as Bouncy Castle makes it. */
final class ForeignTimestamp {
  private ForeignTimestamp() {}

  static byte[] stamp(byte[] content, Make.Identity unit) throws Exception {
    TimeStampRequestGenerator asking = new TimeStampRequestGenerator();
    asking.setCertReq(true);
    TimeStampRequest request =
        asking.generate(
            NISTObjectIdentifiers.id_sha512,
            Digests.of(NISTObjectIdentifiers.id_sha512).digest(content));
    DigestCalculator forReference =
        new JcaDigestCalculatorProviderBuilder()
            .setProvider("BC")
            .build()
            .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256));
    TimeStampTokenGenerator generator =
        new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder()
                .setProvider("BC")
                .build(unit.algorithm(), unit.key(), unit.certificate()),
            forReference,
            new ASN1ObjectIdentifier("1.2.3.4.5"));
    generator.addCertificates(new JcaCertStore(List.of(unit.certificate())));
    return generator.generate(request, BigInteger.valueOf(99), new Date()).getEncoded();
  }
}
