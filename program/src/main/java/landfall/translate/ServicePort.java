package landfall.translate;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A port of a Service, and whether HTTP is what goes through it. */
record ServicePort(int number, String protocol, String name, String appProtocol) {
    /** Ports that mail, names, files, chat, games and databases have by custom. */
    private static final Set<Integer> OTHERS = Set.of(
            21, 22, 23, 25, 53, 110, 119, 123, 143, 161, 389, 465, 514, 563, 587, 636, 853, 990, 993, 995, 1194, 1433,
            1521, 1883, 1935, 2222, 3306, 3389, 3478, 4190, 5060, 5222, 5269, 5349, 5432, 5671, 5672, 6379, 6667, 6697,
            8883, 9092, 9987, 11211, 19132, 25565, 27015, 27017, 51820);

    private static final Pattern NAMED = Pattern.compile(
            "(^|.*[-_])(tcp|udp|tls|smtps?|submissions?|imaps?|pop3s?|sieve|ssh|sftp|ftp|mqtts?|amqps?|dns|ldaps?|redis|mysql"
                    + "|postgres|postgresql|mongo|xmpp|irc|sip|rtmp|stun|turn|game|minecraft|wireguard|vpn|syslog)([-_].*|$)");

    static ServicePort of(Field port) {
        return new ServicePort(
                port.at("port").number().orElse(80),
                port.at("protocol").text("TCP").toUpperCase(Locale.ROOT),
                port.at("name").text(""),
                port.at("appProtocol").text(""));
    }

    /** The container's port, by number or name: the Service's own where none is given, or 0, which means the same. */
    static String target(Field port) {
        String own = port.at("port").text("");
        return port.at("targetPort")
                .text()
                .filter(target -> !target.isEmpty() && !target.equals("0"))
                .orElse(own);
    }

    boolean isHttp() {
        if (!protocol.equals("TCP")) {
            return false;
        }
        if (!appProtocol.isEmpty()) {
            return appProtocol.matches("(?i)(kubernetes\\.io/)?(http|https|http2|h2c|grpc|ws|wss)");
        }
        if (name.toLowerCase(Locale.ROOT).matches("(http|https|web|grpc|ws)([-_].*)?")) {
            return true;
        }
        return !OTHERS.contains(number)
                && !NAMED.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    /** As docker's {@code -p} writes it behind the container's port. */
    String suffix() {
        return protocol.equals("TCP") ? "" : "/" + protocol.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return number + suffix();
    }
}
