package landfall.objects.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The arithmetic of signatures. */
public final class Signing {
    static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private Signing() {}

    public static byte[] hmac(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every JDK has " + algorithm, absent);
        }
    }

    public static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every JDK has " + algorithm, absent);
        }
    }

    public static String sha256(String text) {
        return hex(digest("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The key of Signature Version 4 for a day, region and service. */
    public static byte[] key(String secret, String day, String region, String service) {
        byte[] ofDay = hmac("HmacSHA256", ("AWS4" + secret).getBytes(StandardCharsets.UTF_8), day);
        byte[] ofRegion = hmac("HmacSHA256", ofDay, region);
        byte[] ofService = hmac("HmacSHA256", ofRegion, service);
        return hmac("HmacSHA256", ofService, "aws4_request");
    }

    /** Compares without telling by its time where the difference is. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
