package landfall.recipe.task;

import java.util.Map;
import java.util.Set;

/** The variables that a link to a service of the {@code objects} plugin sets beside its URL: those that SDKs for S3 read. */
final class ObjectsLink {
    static final String SERVICE = "objects";

    private static final Set<String> OF_THE_URL = Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET");
    private static final Set<String> OF_THE_SERVICE = Set.of("AWS_ENDPOINT_URL_S3", "AWS_REGION");

    private ObjectsLink() {}

    /** @return whether the app's variable says what the link's URL says, as the link itself wrote it */
    static boolean sets(String key, String service, Map<String, String> variables) {
        String host = "dokku-" + SERVICE + "-" + service + ":";
        String value = variables.getOrDefault(key, "");
        boolean isLinked = variables.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("_URL"))
                .anyMatch(entry -> entry.getValue().contains("@" + host)
                        && (!OF_THE_URL.contains(key)
                                || entry.getValue().matches(".*(//|:|/)\\Q" + value + "\\E(:.*|@.*|\\?.*|)")));
        boolean leadsThere = variables.getOrDefault("AWS_ENDPOINT_URL_S3", "").startsWith("http://" + host);
        return isLinked && leadsThere && (OF_THE_URL.contains(key) || OF_THE_SERVICE.contains(key));
    }
}
