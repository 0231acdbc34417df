package landfall.translate;

import java.util.Map;
import landfall.target.Place;

/** Knative's Service, beyond what it shares with a Deployment: its bounds, its traffic, its scale. */
final class KnativeRule {
    private static final String RULE = "KnativeService.";

    private KnativeRule() {}

    static boolean is(Field workload) {
        return workload.object().group().equals("serving.knative.dev");
    }

    static void apply(Draft draft, AppDraft app) {
        Field template = Index.podTemplate(app.workload);
        Field spec = template.at("spec");
        scale(draft, app, template.at("metadata", "annotations"));
        spec.at("timeoutSeconds").number().ifPresent(seconds -> {
            app.nginx.put("proxy-read-timeout", seconds + "s");
            spec.at("timeoutSeconds")
                    .carried(RULE + "timeoutSeconds", Place.task(app.name, "nginx-proxy-read-timeout"));
        });
        Field concurrency = spec.at("containerConcurrency");
        if (concurrency.number().orElse(0) > 0) {
            draft.lost(
                    app.name,
                    "at most " + concurrency.text("") + " requests at a time for each process",
                    "let the app's own server bound them: nginx hands on every request at once");
            concurrency.lost(RULE + "containerConcurrency", "nginx hands on every request at once");
        } else {
            concurrency.satisfied(RULE + "containerConcurrency", "no bound was asked for");
        }
        traffic(draft, app);
        draft.changed(
                app.name,
                "answers at its Dokku domain; Knative gave it "
                        + app.workload.object().name() + "." + draft.namespace + " below the cluster's own");
    }

    /** Knative sleeps without requests and wakes up at the first; Dokku's processes always run. */
    private static void scale(Draft draft, AppDraft app, Field annotations) {
        for (String prefix : new String[] {"autoscaling.knative.dev/", "client.knative.dev/", "serving.knative.dev/"}) {
            for (Map.Entry<String, Field> entry : annotations.entries().entrySet()) {
                String key = entry.getKey();
                if (!key.startsWith(prefix)) {
                    continue;
                }
                Field annotation = entry.getValue();
                if (key.equalsIgnoreCase("autoscaling.knative.dev/min-scale")
                        || key.equals("autoscaling.knative.dev/minScale")) {
                    app.processes = Math.max(1, annotation.number().orElse(1));
                    annotation.carried(RULE + "minScale", app.scalePlace());
                } else if (key.startsWith("autoscaling.")) {
                    annotation.lost(RULE + "autoscaling", "nothing scales by itself on Dokku");
                } else {
                    annotation.irrelevant(RULE + "annotations", "bookkeeping of Knative and its client");
                }
            }
        }
        draft.lost(
                app.name,
                "scaling by requests, down to none",
                "the host holds all apps at once: count them into its size, and `dokku ps:scale` for the peak");
    }

    private static void traffic(Draft draft, AppDraft app) {
        var shares = app.workload.at("spec", "traffic").items();
        boolean isSplit = shares.stream()
                        .filter(share -> share.at("percent").number().orElse(0) > 0)
                        .count()
                > 1;
        if (isSplit) {
            draft.lost(
                    app.name,
                    "the split of traffic between revisions",
                    "deploy the version you want as " + app.name + "; two at once are two apps");
        }
        for (Field share : shares) {
            if (isSplit
                    || share.at("tag").exists()
                    || !share.at("revisionName").text("").isEmpty()) {
                share.lost(RULE + "traffic", "all traffic goes to the one version that is deployed");
            } else {
                share.satisfied(RULE + "traffic", "all traffic goes to the one version that is deployed");
            }
        }
    }
}
