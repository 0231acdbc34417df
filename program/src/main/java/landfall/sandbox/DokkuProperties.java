package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A family whose properties are set by {@code X:set} and shown by {@code X:report}, for an app or for all.
 *
 * @param name the family, as {@code builder-pack}
 * @param twice whether its JSON has every value bare and prefixed
 * @param settable what {@code X:set} takes, in the order in which it says so
 */
record DokkuProperties(String name, boolean twice, List<String> settable, List<Property> properties) {
    DokkuProperties {
        settable = List.copyOf(settable);
        properties = List.copyOf(properties);
    }

    /**
     * One property.
     *
     * @param usual what holds where nothing is set; {@code APP} in it stands for the app's name
     * @param shown letters: a, the app's own value is shown; g, the one for all apps; c, the one that holds; C, that one
     *     in the report of {@code --global} too
     */
    record Property(String key, String usual, String shown) {
        boolean shows(char letter) {
            return shown.indexOf(letter) >= 0;
        }
    }

    /** Every property is {@code key=usual/shown}. */
    static DokkuProperties of(String name, boolean twice, List<String> settable, String... properties) {
        List<Property> all = new ArrayList<>();
        for (String property : properties) {
            int equals = property.indexOf('=');
            int slash = property.lastIndexOf('/');
            all.add(new Property(
                    property.substring(0, equals),
                    property.substring(equals + 1, slash),
                    property.substring(slash + 1)));
        }
        return new DokkuProperties(name, twice, settable, all);
    }

    void register(DokkuHost host, Map<String, DokkuCommand> commands) {
        commands.put(
                name + ":report", call -> DokkuSettings.each(host, call, app -> report(host.store(), app, Map.of())));
        commands.put(
                name + ":set",
                call -> new DokkuSettings(host).set(call, name + ".", settable, "property", "properties"));
    }

    /** @param more values that are not properties, with their whole keys */
    DokkuReport report(DokkuStore store, String app, Map<String, String> more) throws IOException {
        Map<String, String> values = new TreeMap<>(more);
        boolean all = app.equals("--global");
        for (Property property : properties) {
            String key = property.key();
            String everywhere = store.get("global", name + "." + key);
            String own = all ? "" : store.get(DokkuHost.scope(app), name + "." + key);
            if (property.shows('g')) {
                values.put(name + "-global-" + key, everywhere);
            }
            if (property.shows('a') && !all) {
                values.put(name + "-" + key, own);
            }
            if (property.shows('C') || (property.shows('c') && !all)) {
                String usual = property.usual().replace("APP", app);
                values.put(name + "-computed-" + key, !own.isEmpty() ? own : everywhere.isEmpty() ? usual : everywhere);
            }
        }
        return new DokkuReport(app + " " + name + " information", name + "-", twice, values);
    }
}
