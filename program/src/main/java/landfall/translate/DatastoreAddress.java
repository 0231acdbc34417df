package landfall.translate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.translate.AppDraft.Variable;

/**
 * A value that names a datastore, written anew: the plugin's host, user and database, and a place for its password.
 *
 * @param prefix everything before the password; the whole value where there is none
 * @param password name of the password in secrets.yml; empty where none stands in the value
 * @param suffix what follows the password
 */
record DatastoreAddress(String prefix, Optional<String> password, String suffix) {
    /** Scheme, user, password, hosts, path, query. */
    private static final Pattern URL =
            Pattern.compile("((?:jdbc:)?[a-z][a-z0-9+.-]*)://(?:([^:@/]*)(?::(.*))?@)?([^/?@]+)(?:/([^?]*))?(\\?.*)?");
    /** Go's MySQL driver: user:password@tcp(host:port)/database?options. */
    private static final Pattern GO = Pattern.compile("([^:@/]+):(.*)@tcp\\(([^)]+)\\)/([^?]*)(\\?.*)?");

    private static final Pattern OF_A_CLUSTER =
            Pattern.compile("(?<=[?&])(replicaSet|authSource|authMechanism|readPreference)=[^&]*&?");

    static Optional<DatastoreAddress> of(
            Draft draft, Variable variable, ServiceDraft service, ServiceNames.Mention mention) {
        String value = variable.value();
        String port = port(service, mention);
        if (mention.start() == 0 && mention.end() == value.length()) {
            return Optional.of(new DatastoreAddress(
                    service.host() + (mention.port().isEmpty() ? "" : ":" + port), Optional.empty(), ""));
        }
        if (value.contains(",") && !value.contains("://") && value.contains(mention.host())) {
            // A list of the servers of a cluster: there is one now.
            return Optional.of(new DatastoreAddress(service.host() + ":" + port, Optional.empty(), ""));
        }
        Matcher url = URL.matcher(value);
        if (url.matches()) {
            return url(service, url, port);
        }
        Matcher go = GO.matcher(value);
        if (go.matches() && isOwnDatabase(service, go.group(4))) {
            String query = go.group(5) == null ? "" : go.group(5);
            return Optional.of(login(
                    service,
                    "",
                    go.group(1),
                    true,
                    "tcp(" + service.host() + ":" + port + ")/" + service.database() + query));
        }
        return Optional.empty();
    }

    private static Optional<DatastoreAddress> url(ServiceDraft service, Matcher url, String port) {
        String user = url.group(2) == null ? "" : url.group(2);
        String path = url.group(5) == null ? "" : url.group(5);
        if (!isOwnDatabase(service, path)) {
            return Optional.empty();
        }
        String query = url.group(6) == null
                ? ""
                : OF_A_CLUSTER.matcher(url.group(6)).replaceAll("").replaceAll("[?&]$", "");
        boolean isNumbered = service.store == Datastore.REDIS || service.store == Datastore.MINIO;
        boolean hasDatabase = service.store.login() != Datastore.Login.NONE
                && service.store.login() != Datastore.Login.PASSWORD
                && (!path.isEmpty() || service.store == Datastore.RABBITMQ)
                && service.store != Datastore.NATS
                && !url.group(1).startsWith("http");
        String newPath = isNumbered || !hasDatabase ? path : service.database();
        String slash = url.group(5) == null && newPath.isEmpty() ? "" : "/";
        String rest = service.host() + ":" + port + slash + newPath + query;
        boolean isJdbc = url.group(1).startsWith("jdbc:");
        boolean wantsLogin = service.store.login() != Datastore.Login.NONE
                && (url.group(3) != null
                        || (service.store != Datastore.MINIO
                                && !isJdbc
                                && user.isEmpty()
                                && service.login.password().isEmpty()));
        // The service speaks plain HTTP inside the host; TLS ends at Dokku's nginx.
        boolean isPlain = service.store == Datastore.MINIO && url.group(1).equals("https");
        return Optional.of(login(service, (isPlain ? "http" : url.group(1)) + "://", user, wantsLogin, rest));
    }

    private static DatastoreAddress login(
            ServiceDraft service, String scheme, String user, boolean wantsLogin, String rest) {
        if (!wantsLogin) {
            return new DatastoreAddress(scheme + rest, Optional.empty(), "");
        }
        if (isRoot(service, user)) {
            service.rootPasswordIsNeeded = true;
            return new DatastoreAddress(scheme + user + ":", Optional.of(service.rootPasswordName()), "@" + rest);
        }
        service.passwordIsNeeded = true;
        String newUser = service.store.user(service.name).orElse("");
        return new DatastoreAddress(scheme + newUser + ":", Optional.of(service.passwordName()), "@" + rest);
    }

    /** Only MySQL's root keeps his name and gets a password of his own. */
    static boolean isRoot(ServiceDraft service, String user) {
        return user.equals("root") && (service.store == Datastore.MYSQL || service.store == Datastore.MARIADB);
    }

    /** A plugin's service has one database; the first that is named is the one. */
    private static boolean isOwnDatabase(ServiceDraft service, String path) {
        boolean isNamed = switch (service.store) {
            case POSTGRESQL, MYSQL, MARIADB, MONGODB, CLICKHOUSE, COUCHDB -> !path.isEmpty();
            default -> false;
        };
        if (!isNamed) {
            return true;
        }
        if (service.login.database().isEmpty()) {
            service.login = new ServiceDraft.Login(
                    service.login.user(), service.login.password(), service.login.rootPassword(), Optional.of(path));
        }
        return service.login.database().filter(path::equals).isPresent();
    }

    /** The container's port behind the Service's; the plugin's server listens on the system's own. */
    private static String port(ServiceDraft service, ServiceNames.Mention mention) {
        String asked = mention.port().orElse(String.valueOf(service.store.port()));
        boolean isOtherPortOfIt = service.container.at("ports").items().stream()
                        .anyMatch(port -> port.at("containerPort").is(asked))
                && java.util.Set.of("8123", "15672", "8222", "9300", "9009").contains(asked);
        return isOtherPortOfIt ? asked : String.valueOf(service.store.port());
    }
}
