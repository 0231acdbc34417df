package landfall.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuResult;

/** What a host says about the apps and services of a recipe, without what differs from host to host. */
final class AppliedState {
    private static final List<String> REPORTS = List.of(
            "domains", "ports", "checks", "resource", "nginx", "ps", "proxy", "docker-options", "network", "git");
    private static final Pattern VOLATILE = Pattern.compile("[0-9a-f]{32,36}|\"(?:app-)?created-at\":\"[0-9]+\"");

    private AppliedState() {}

    static List<String> of(DokkuHost host, RandomRecipe recipe) {
        List<String> found = new ArrayList<>();
        for (String app : recipe.apps()) {
            found.add(said(host, "config:export", "--format", "json", app));
            REPORTS.forEach(report -> found.add(said(host, report + ":report", app, "--format", "json")));
            found.add(said(host, "ps:scale", app, "--format", "json"));
            found.add(said(host, "storage:list", app, "--format", "json"));
            found.add(said(host, "nginx:show-config", app));
        }
        for (String service : recipe.services()) {
            found.add(said(host, "postgres:links", service));
            found.add(said(host, "postgres:info", service, "--status"));
        }
        return found;
    }

    /** What one says and the other doesn't, in few words. */
    static List<String> differences(List<String> expected, List<String> found) {
        List<String> differences = new ArrayList<>();
        for (int at = 0; at < expected.size(); at++) {
            if (!expected.get(at).equals(found.get(at))) {
                differences.add("was " + expected.get(at) + "\n is " + found.get(at));
            }
        }
        return differences;
    }

    private static String said(DokkuHost host, String... words) {
        DokkuResult result = host.run(DokkuCommand.of(words));
        return String.join(" ", words) + " -> " + result.exit() + " "
                + VOLATILE.matcher(result.stdout()).replaceAll("…");
    }
}
