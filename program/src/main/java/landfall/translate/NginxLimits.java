package landfall.translate;

import static landfall.translate.NginxAnnotation.emulated;
import static landfall.translate.NginxAnnotation.same;

import java.util.List;
import java.util.Set;

/** Annotations of ingress-nginx about sizes, times, buffers and rates. */
final class NginxLimits {
    private static final Set<String> RETRY_ON = Set.of(
            "error",
            "timeout",
            "invalid_header",
            "http_500",
            "http_502",
            "http_503",
            "http_504",
            "http_403",
            "http_404",
            "http_429",
            "non_idempotent",
            "off");

    private NginxLimits() {}

    static List<NginxAnnotation> all() {
        return List.of(
                size("proxy-body-size", "client-max-body-size", "the largest request body"),
                time("proxy-connect-timeout", "how long nginx waits for a connection to the app"),
                time("proxy-send-timeout", "how long nginx waits while it sends to the app"),
                time("proxy-read-timeout", "how long nginx waits for the app's answer"),
                same("proxy-buffering", "nginx property proxy-buffering", (reading, value) -> {
                    if (reading.fits(NginxReading.ON_OFF, value, "on or off")) {
                        reading.property("proxy-buffering", value);
                    }
                }),
                same(
                        "proxy-buffer-size",
                        "nginx property proxy-buffer-size; proxy-buffers and proxy-busy-buffers-size follow, because"
                                + " nginx refuses sizes that don't fit one another",
                        NginxLimits::bufferSize),
                same("proxy-buffers-number", "nginx property proxy-buffers", (reading, value) -> {
                    if (reading.fits(NginxReading.NUMBER, value, "a number")) {
                        reading.property(
                                "proxy-buffers",
                                buffers(
                                        value,
                                        reading.other("proxy-buffer-size").orElse("4k")));
                    }
                }),
                size("proxy-busy-buffers-size", "proxy-busy-buffers-size", "buffers that may be busy with sending"),
                directive(
                        "proxy-max-temp-file-size",
                        "proxy_max_temp_file_size",
                        "how much of an answer nginx keeps on disk"),
                directive(
                        "client-body-buffer-size",
                        "client_body_buffer_size",
                        "how much of a request nginx keeps in memory"),
                emulated(
                        "proxy-request-buffering",
                        "proxy_request_buffering in nginx.conf.sigil; Dokku has no property for it",
                        (reading, value) -> {
                            if (reading.fits(NginxReading.ON_OFF, value, "on or off")) {
                                reading.location("proxy_request_buffering " + value);
                            }
                        }),
                emulated("proxy-http-version", "proxy_http_version in nginx.conf.sigil", (reading, value) -> {
                    if (value.equals("1.1")) {
                        reading.satisfied("Dokku's nginx speaks 1.1 to the app");
                    } else if (value.equals("1.0")) {
                        reading.location("proxy_http_version 1.0");
                    } else {
                        reading.bad("1.0 or 1.1");
                    }
                }),
                emulated("proxy-next-upstream", "proxy_next_upstream in nginx.conf.sigil", (reading, value) -> {
                    if (RETRY_ON.containsAll(NginxReading.list(value)) && !value.isBlank()) {
                        reading.location("proxy_next_upstream " + NginxReading.joined(NginxReading.list(value)));
                    } else {
                        reading.bad("conditions of proxy_next_upstream");
                    }
                }),
                emulated(
                        "proxy-next-upstream-timeout",
                        "proxy_next_upstream_timeout in nginx.conf.sigil",
                        (reading, value) -> {
                            if (reading.fits(NginxReading.NUMBER, value, "seconds")) {
                                reading.location("proxy_next_upstream_timeout " + value + "s");
                            }
                        }),
                directiveNumber("proxy-next-upstream-tries", "proxy_next_upstream_tries"),
                connections(),
                rate("limit-rps", "r/s"),
                rate("limit-rpm", "r/m"),
                emulated("limit-burst-multiplier", "the burst of limit_req in nginx.conf.sigil", (reading, value) -> {
                    if (reading.fits(NginxReading.NUMBER, value, "a number")) {
                        reading.effect();
                    }
                }),
                emulated(
                        "limit-whitelist",
                        "addresses that the zones of limit_req and limit_conn don't count",
                        NginxLimits::allowlist),
                emulated("limit-allowlist", "the same as limit-whitelist", NginxLimits::allowlist),
                directiveKilobytes("limit-rate", "limit_rate"),
                directiveKilobytes("limit-rate-after", "limit_rate_after"));
    }

    private static NginxAnnotation size(String name, String property, String what) {
        return same(name, "nginx property " + property + ": " + what, (reading, value) -> {
            if (reading.fits(NginxReading.SIZE, value, "a size: 8m, 16k, 0")) {
                reading.property(property, value);
            }
        });
    }

    private static NginxAnnotation time(String name, String what) {
        return same(name, "nginx property " + name + ": " + what, (reading, value) -> {
            String number = value.endsWith("s") ? value.substring(0, value.length() - 1) : value;
            if (reading.fits(NginxReading.NUMBER, number, "seconds")) {
                reading.property(name, number + "s");
            }
        });
    }

    private static NginxAnnotation directive(String name, String directive, String what) {
        return emulated(name, directive + " in nginx.conf.sigil: " + what, (reading, value) -> {
            if (reading.fits(NginxReading.SIZE, value, "a size: 8m, 16k, 0")) {
                reading.location(directive + " " + value);
            }
        });
    }

    private static NginxAnnotation directiveNumber(String name, String directive) {
        return emulated(name, directive + " in nginx.conf.sigil", (reading, value) -> {
            if (reading.fits(NginxReading.NUMBER, value, "a number")) {
                reading.location(directive + " " + value);
            }
        });
    }

    private static NginxAnnotation directiveKilobytes(String name, String directive) {
        return emulated(name, directive + " in nginx.conf.sigil", (reading, value) -> {
            if (reading.fits(NginxReading.NUMBER, value, "kilobytes")) {
                reading.location(directive + " " + value + "k");
            }
        });
    }

    /** nginx: the busy buffers must hold one buffer, and be less than all of them without one. */
    private static void bufferSize(NginxReading reading, String value) {
        if (!reading.fits(NginxReading.SIZE, value, "a size: 16k")) {
            return;
        }
        String number = reading.other("proxy-buffers-number").orElse("4");
        String usable = NginxReading.NUMBER.matcher(number).matches() ? number : "4";
        reading.property("proxy-buffer-size", value);
        reading.treatment.properties.putIfAbsent("proxy-buffers", buffers(usable, value));
        reading.treatment.properties.putIfAbsent(
                "proxy-busy-buffers-size", Integer.parseInt(usable) >= 4 ? twice(value) : value);
    }

    private static String buffers(String number, String size) {
        return number + " " + (NginxReading.SIZE.matcher(size).matches() ? size : "4k");
    }

    private static String twice(String size) {
        String unit = size.replaceAll("[0-9]", "");
        return Long.parseLong(size.substring(0, size.length() - unit.length())) * 2 + unit;
    }

    private static NginxAnnotation connections() {
        String becomes = "limit_conn in nginx.conf.sigil: connections of one address at a time";
        return emulated("limit-connections", becomes, (reading, value) -> {
            if (reading.fits(NginxReading.NUMBER, value, "a number")) {
                String zone = Treatment.APP + "_" + reading.ingressName() + "_connections";
                reading.shared("limit_conn_zone " + key(reading) + " zone=" + zone + ":5m;");
                reading.location("limit_conn " + zone + " " + value);
            }
        });
    }

    private static NginxAnnotation rate(String name, String unit) {
        String becomes = "limit_req in nginx.conf.sigil, with the burst that ingress-nginx gives it (five times)";
        return emulated(name, becomes, (reading, value) -> {
            if (reading.fits(NginxReading.NUMBER, value, "a number")) {
                String zone = Treatment.APP + "_" + reading.ingressName() + "_" + name.substring("limit-".length());
                int times = reading.other("limit-burst-multiplier")
                        .filter(text -> text.matches("[0-9]{1,4}"))
                        .map(Integer::valueOf)
                        .orElse(5);
                reading.shared("limit_req_zone " + key(reading) + " zone=" + zone + ":5m rate=" + value + unit + ";");
                reading.location("limit_req zone=" + zone + " burst=" + Long.parseLong(value) * times + " nodelay");
            }
        });
    }

    private static boolean hasExceptions(NginxReading reading) {
        return reading.other("limit-whitelist")
                .or(() -> reading.other("limit-allowlist"))
                .isPresent();
    }

    /** nginx counts nothing under an empty key. */
    private static String key(NginxReading reading) {
        return hasExceptions(reading) ? "$landfall_counted_" + reading.unique() : "$binary_remote_addr";
    }

    private static void allowlist(NginxReading reading, String value) {
        List<String> addresses = NginxReading.list(value);
        if (!addresses.stream().allMatch(NginxReading.ADDRESS.asMatchPredicate())) {
            reading.bad("addresses or networks");
            return;
        }
        String name = reading.unique();
        StringBuilder geo = new StringBuilder("geo $landfall_counts_" + name + " {\n  default 1;\n");
        addresses.forEach(address -> geo.append("  ").append(address).append(" 0;\n"));
        reading.shared(geo.append('}').toString());
        reading.shared("map $landfall_counts_" + name + " $landfall_counted_" + name
                + " {\n  0 \"\";\n  default $binary_remote_addr;\n}");
    }
}
