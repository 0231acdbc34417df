package landfall.apply;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A recipe made up from a seed: up to three apps and the tasks that Landfall applies to them, in an order that an empty
 * host takes. All its names bear the seed, so that many recipes fit on one host.
 *
 * @param apps their names
 * @param services PostgreSQL services, as a service is created and linked
 */
record RandomRecipe(String text, List<String> apps, List<String> services) {
    private static final List<String> VALUES = List.of(
            "plain",
            "two words",
            " leading and trailing ",
            "",
            "$HOME `id` $(id) *",
            "it's",
            "say \\\"hi\\\" now",
            "back\\\\slash inside",
            "line one\\nline two\\n",
            "tab\\there",
            "Grüße, мир, 世界",
            "{\\\"json\\\": [1, 2]}",
            "a=b;c&d|e>f<g#h",
            "%s %d");

    static RandomRecipe of(long seed, boolean withServices) {
        return new Maker(seed, withServices).make();
    }

    /** What the maker has decided so far. */
    private static final class Maker {
        private final Random random;
        private final String prefix;
        private final boolean withServices;
        private final List<String> tasks = new ArrayList<>();
        private final List<String> apps = new ArrayList<>();
        private final List<String> services = new ArrayList<>();

        Maker(long seed, boolean withServices) {
            this.random = new Random(seed * 0x9E3779B97F4A7C15L);
            this.prefix = "r" + seed;
            this.withServices = withServices;
        }

        RandomRecipe make() {
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                apps.add(prefix + "-" + (char) ('a' + i));
                task("dokku_app", "app: " + apps.getLast());
            }
            if (withServices) {
                services.add(prefix + "-db");
                task("dokku_service_create", "service: postgres, name: " + services.getLast());
            }
            if (random.nextBoolean()) {
                task("dokku_network", "name: " + prefix + "-net");
            }
            for (String app : apps) {
                List<Runnable> choices = choices(app);
                Collections.shuffle(choices, random);
                choices.subList(0, 2 + random.nextInt(choices.size() - 1)).forEach(Runnable::run);
            }
            StringBuilder text = new StringBuilder("- name: ").append(prefix).append("\n  tasks:\n");
            tasks.forEach(task -> text.append("    - ").append(task).append('\n'));
            return new RandomRecipe(text.toString(), List.copyOf(apps), List.copyOf(services));
        }

        private List<Runnable> choices(String app) {
            List<Runnable> choices = new ArrayList<>(List.of(
                    () -> config(app),
                    () -> domains(app),
                    () -> ports(app),
                    () -> storage(app),
                    () -> task(
                            "dokku_nginx_property",
                            "app: " + app + ", property: client-max-body-size, value: " + (1 + random.nextInt(500))
                                    + "m"),
                    () -> task(
                            "dokku_nginx_property",
                            "app: " + app + ", property: proxy-read-timeout, value: " + (1 + random.nextInt(900))
                                    + "s"),
                    () -> task(
                            "dokku_checks_property",
                            "app: " + app + ", property: wait-to-retire, value: \"" + random.nextInt(120) + "\""),
                    () -> task("dokku_checks_toggle", "app: " + app + ", state: " + pick("present", "absent")),
                    () -> task(
                            "dokku_resource_limit",
                            "app: " + app + ", resources: {memory: " + (1 + random.nextInt(2000)) + "m"
                                    + (random.nextBoolean() ? ", cpu: \"0.5\"" : "") + "}"),
                    () -> task(
                            "dokku_resource_reserve",
                            "app: " + app + ", resources: {memory: " + (1 + random.nextInt(2000)) + "m}"),
                    () -> task(
                            "dokku_ps_scale",
                            "app: " + app + ", skip_deploy: true, scale: {web: " + random.nextInt(4)
                                    + (random.nextBoolean() ? ", worker: 2" : "") + "}"),
                    () -> task(
                            "dokku_ps_property",
                            "app: " + app + ", property: stop-timeout-seconds, value: \"" + (1 + random.nextInt(90))
                                    + "\""),
                    () -> task(
                            "dokku_docker_options",
                            "app: " + app + ", phase: " + pick("deploy", "run") + ", option: \"--label=of=" + prefix
                                    + random.nextInt(3) + "\"")));
            if (!services.isEmpty()) {
                choices.add(() -> task(
                        "dokku_service_link", "app: " + app + ", service: postgres, name: " + services.getFirst()));
            }
            return choices;
        }

        private void config(String app) {
            TreeMap<String, String> config = new TreeMap<>();
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                config.put("KEY_" + random.nextInt(40), VALUES.get(random.nextInt(VALUES.size())));
            }
            List<String> pairs = new ArrayList<>();
            config.forEach((key, value) -> pairs.add(key + ": \"" + value + "\""));
            task(
                    "dokku_config",
                    "app: " + app + ", restart: " + random.nextBoolean() + ", config: {" + String.join(", ", pairs)
                            + "}");
        }

        private void domains(String app) {
            List<String> domains = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                domains.add("d" + i + "." + app + ".example.com");
            }
            task("dokku_domains", "app: " + app + ", domains: " + domains + ", state: " + pick("set", "present"));
        }

        private void ports(String app) {
            TreeSet<Integer> hosts = new TreeSet<>();
            int count = 1 + random.nextInt(3);
            while (hosts.size() < count) {
                hosts.add(10_000 + random.nextInt(20_000));
            }
            List<String> mappings = new ArrayList<>();
            hosts.forEach(host -> mappings.add("{scheme: http, host: " + host + ", container: 5000}"));
            task("dokku_ports", "app: " + app + ", port_mappings: " + mappings + ", state: " + pick("set", "present"));
        }

        private void storage(String app) {
            String entry = app + "-files";
            task("dokku_storage_entry", "name: " + entry);
            task(
                    "dokku_storage_mount",
                    "app: " + app + ", entry_name: " + entry + ", container_dir: /data"
                            + (random.nextBoolean() ? ", readonly: true" : ""));
        }

        private String pick(String... choices) {
            return choices[random.nextInt(choices.length)];
        }

        private void task(String type, String fields) {
            tasks.add(type + ": {" + fields + "}");
        }
    }
}
