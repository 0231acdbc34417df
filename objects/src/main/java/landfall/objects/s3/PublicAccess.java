package landfall.objects.s3;

import landfall.objects.store.Bucket;
import org.jspecify.annotations.Nullable;

/** A bucket's public access block: "Blocking public access to your Amazon S3 storage". Kept as four letters, t or f. */
record PublicAccess(
        boolean blockPublicAcls, boolean ignorePublicAcls, boolean blockPublicPolicy, boolean restrictPublicBuckets) {
    static final String SETTING = "public-access-block";
    private static final PublicAccess NONE = new PublicAccess(false, false, false, false);

    static PublicAccess of(Bucket bucket) {
        String text = bucket.setting(SETTING);
        return text == null
                ? NONE
                : new PublicAccess(
                        text.charAt(0) == 't', text.charAt(1) == 't', text.charAt(2) == 't', text.charAt(3) == 't');
    }

    static PublicAccess ofXml(byte[] body) {
        Xml.Element wanted = Xml.read(body, "PublicAccessBlockConfiguration");
        return new PublicAccess(
                is(wanted, "BlockPublicAcls"),
                is(wanted, "IgnorePublicAcls"),
                is(wanted, "BlockPublicPolicy"),
                is(wanted, "RestrictPublicBuckets"));
    }

    private static boolean is(Xml.Element wanted, String name) {
        @Nullable String text = wanted.childText(name);
        return text != null && text.strip().equalsIgnoreCase("true");
    }

    String text() {
        return "" + letter(blockPublicAcls) + letter(ignorePublicAcls) + letter(blockPublicPolicy)
                + letter(restrictPublicBuckets);
    }

    private static char letter(boolean value) {
        return value ? 't' : 'f';
    }

    Xml xml() {
        return Xml.document("PublicAccessBlockConfiguration")
                .add("BlockPublicAcls", blockPublicAcls)
                .add("IgnorePublicAcls", ignorePublicAcls)
                .add("BlockPublicPolicy", blockPublicPolicy)
                .add("RestrictPublicBuckets", restrictPublicBuckets);
    }
}
