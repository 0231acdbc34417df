package landfall.translate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names of apps and process types as Dokku takes them: lower case letters, digits and dashes. */
final class AppName {
    /** A label of a host name, since other apps reach a process as {@code app.web}. */
    private static final int LENGTH_MAX = 63;

    private AppName() {}

    /** An app's name that no other app has. A dot would make it a domain of its own, so dots become dashes. */
    static String free(Draft draft, String wanted, String kind) {
        String name = of(wanted, "app");
        if (!draft.apps.containsKey(name)) {
            return name;
        }
        String base = of(name + "-" + kind, "app");
        String free = base;
        for (int i = 2; draft.apps.containsKey(free); i++) {
            free = of(base + "-" + i, "app");
        }
        return free;
    }

    /** The name in letters that Dokku takes; a long one is cut and ends in a digest of the whole. */
    static String of(String wanted, String fallback) {
        String plain =
                wanted.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        String name = plain.isEmpty() ? fallback : plain;
        return name.length() <= LENGTH_MAX ? name : name.substring(0, LENGTH_MAX - 9) + "-" + digest(wanted);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this is a bug: every Java has SHA-256", e);
        }
    }
}
