package landfall.recipe.task;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.Secret;

/** Looks at a certificate and its key as nginx will: Dokku stores any two files, and then no app's nginx starts. */
final class Certificates {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----(.*?)-----END [A-Z0-9 ]*PRIVATE KEY-----", Pattern.DOTALL);
    private static final byte[] PROBE = "landfall".getBytes(StandardCharsets.UTF_8);
    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_OCTETS = 0x04;
    private static final int DER_LONG = 0x80;

    private Certificates() {}

    static void check(TaskFields fields, Secret certificate, Secret key) {
        List<X509Certificate> chain;
        try {
            chain = chain(certificate);
        } catch (GeneralSecurityException e) {
            fields.demand(false, "cert_content", "it is no PEM certificate that can be read: " + e.getMessage());
            return;
        }
        fields.demand(!chain.isEmpty(), "cert_content", "it holds no certificate");
        for (int at = 0; at + 1 < chain.size(); at++) {
            fields.demand(
                    isIssuedBy(chain.get(at), chain.get(at + 1)),
                    "cert_content",
                    "its certificate " + (at + 2) + " did not issue its certificate " + (at + 1)
                            + ": the app's own comes first, then the one that issued it, and so on");
        }
        Matcher pem = KEY.matcher(key.reveal());
        fields.demand(pem.find(), "key_content", "it is no whole PEM private key");
        fields.demand(
                !pem.group(1).contains("ENCRYPTED") && !pem.group(2).contains("ENCRYPTED"),
                "key_content",
                "the key is encrypted: nginx would ask for its password (openssl pkey writes it without)");
        fields.demand(
                fits(chain.getFirst(), pem.group(1).strip(), pem.group(2)),
                "key_content",
                "it is not the key of the certificate in cert_content");
    }

    /** Empty unless a certificate of the chain is past its time or ahead of it. */
    static String outOfTime(Secret certificate, Instant now) {
        try {
            for (X509Certificate one : chain(certificate)) {
                if (one.getNotAfter().toInstant().isBefore(now)) {
                    return "the certificate of " + one.getSubjectX500Principal() + " expired on "
                            + one.getNotAfter().toInstant();
                }
                if (one.getNotBefore().toInstant().isAfter(now)) {
                    return "the certificate of " + one.getSubjectX500Principal() + " isn't valid before "
                            + one.getNotBefore().toInstant();
                }
            }
            return "";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this is a bug: a certificate that was read cannot be read again", e);
        }
    }

    private static List<X509Certificate> chain(Secret certificate) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(
                        new ByteArrayInputStream(certificate.reveal().getBytes(StandardCharsets.UTF_8)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The key signs, the certificate proves it; a key that can't be read as one of the certificate's kind isn't its. */
    private static boolean fits(X509Certificate certificate, String kind, String body) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(body);
            // What openssl wrote before PKCS#8 lacks the algorithm, which the certificate has too.
            byte[] whole =
                    kind.isEmpty() ? der : pkcs8(certificate.getPublicKey().getEncoded(), der);
            String algorithm = certificate.getPublicKey().getAlgorithm();
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(whole));
            String signs = switch (algorithm) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> algorithm;
            };
            Signature signer = Signature.getInstance(signs);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(PROBE);
            return signer.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] pkcs8(byte[] publicKey, byte[] privateKey) {
        int algorithm = 1 + lengthBytes(publicKey, 1);
        int end = algorithm + 1 + lengthBytes(publicKey, algorithm + 1) + length(publicKey, algorithm + 1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {2, 1, 0});
        content.writeBytes(Arrays.copyOfRange(publicKey, algorithm, end));
        content.writeBytes(der(DER_OCTETS, privateKey));
        return der(DER_SEQUENCE, content.toByteArray());
    }

    private static int lengthBytes(byte[] der, int at) {
        int first = der[at] & 0xff;
        return first < DER_LONG ? 1 : 1 + (first - DER_LONG);
    }

    private static int length(byte[] der, int at) {
        int first = der[at] & 0xff;
        int length = first < DER_LONG ? first : 0;
        for (int more = 1; more < lengthBytes(der, at); more++) {
            length = (length << 8) | (der[at + more] & 0xff);
        }
        return length;
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < DER_LONG) {
            out.write(content.length);
        } else {
            out.write(DER_LONG + 2);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
