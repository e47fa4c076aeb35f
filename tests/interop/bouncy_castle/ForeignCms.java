import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A CMS signature as Bouncy Castle makes it: CAdES B-B with the reference, else a plain one. */
final class ForeignCms {
  private ForeignCms() {}

  static byte[] sign(byte[] content, Make.Identity signer, boolean reference, boolean enveloping)
      throws Exception {
    JcaSignerInfoGeneratorBuilder builder =
        new JcaSignerInfoGeneratorBuilder(
            new JcaDigestCalculatorProviderBuilder().setProvider("BC").build());
    if (reference) {
      byte[] digest =
          Digests.of(NISTObjectIdentifiers.id_sha256).digest(signer.certificate().getEncoded());
      Attribute attribute =
          new Attribute(
              PKCSObjectIdentifiers.id_aa_signingCertificateV2,
              new DERSet(new SigningCertificateV2(new ESSCertIDv2(digest))));
      Hashtable<ASN1ObjectIdentifier, Attribute> table = new Hashtable<>();
      table.put(attribute.getAttrType(), attribute);
      builder.setSignedAttributeGenerator(
          new DefaultSignedAttributeTableGenerator(new AttributeTable(table)));
    }
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        builder.build(
            new JcaContentSignerBuilder(signer.algorithm()).setProvider("BC").build(signer.key()),
            signer.certificate()));
    generator.addCertificates(new JcaCertStore(List.of(signer.certificate())));
    return generator.generate(new CMSProcessableByteArray(content), enveloping).getEncoded();
  }
}
