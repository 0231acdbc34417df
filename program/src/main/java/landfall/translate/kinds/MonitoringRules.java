package landfall.translate.kinds;

import java.util.Set;

/** The Prometheus operator's and Grafana's kinds: nothing on a Dokku host reads them. */
final class MonitoringRules {
    private static final String GROUP = "monitoring.coreos.com";
    private static final String NAME = "names an order to the cluster's monitoring";
    private static final String WAY =
            "deploy vmagent or Prometheus as an app on the move's network that asks NAME.web:PORT, or send logs out with"
                    + " `dokku logs:set APP vector-sink …`";

    private MonitoringRules() {}

    static KindRules monitor(String kind, String endpoints) {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", NAME)
                .lost("spec." + endpoints, "the collection of the apps' metrics by the cluster's Prometheus", WAY)
                .irrelevant("spec.selector", "finds Services and pods of the cluster")
                .irrelevant("spec.namespaceSelector", "finds Services and pods of the cluster")
                .irrelevant("spec", "how the cluster's Prometheus keeps and labels what it collects");
        return KindRules.of(GROUP, kind, "lost, with other ways to collect metrics", table);
    }

    static KindRules probe() {
        return KindRules.of(
                GROUP,
                "Probe",
                "lost, with other ways to watch an address",
                new FieldTable()
                        .irrelevant("metadata.name", NAME)
                        .lost(
                                "spec.targets",
                                "the watching of addresses by the cluster's Prometheus",
                                "watch the new addresses from outside the host: a check on the host dies with it")
                        .irrelevant("spec.prober", "the cluster's own prober")
                        .irrelevant("spec", "how the cluster's Prometheus asks and keeps what it hears"));
    }

    static KindRules rule() {
        return KindRules.of(
                GROUP,
                "PrometheusRule",
                "lost, with where its alerts can go",
                new FieldTable()
                        .irrelevant("metadata.name", NAME)
                        .lost(
                                "spec.groups",
                                "alerts and recorded figures of the cluster's Prometheus",
                                "put spec.groups as it is into a rules file of the Prometheus that watches the new host; the"
                                        + " figures of Kubernetes (kube_…, container_…) don't exist there"));
    }

    static KindRules dashboard() {
        return grafana(
                Set.of("grafana.integreatly.org", "integreatly.org"),
                "GrafanaDashboard",
                "dashboards of the cluster's Grafana",
                "import the JSON into the Grafana that watches the new host; panels about pods and nodes stay empty");
    }

    static KindRules datasource() {
        return grafana(
                Set.of("grafana.integreatly.org"),
                "GrafanaDatasource",
                "a data source of the cluster's Grafana",
                "add it by hand to the Grafana that watches the new host, with its new address");
    }

    static KindRules folder() {
        return grafana(
                Set.of("grafana.integreatly.org"),
                "GrafanaFolder",
                "a folder of the cluster's Grafana",
                "make it by hand in the Grafana that watches the new host");
    }

    private static KindRules grafana(Set<String> groups, String kind, String what, String advice) {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", "names the object to Grafana's operator")
                .lost("spec", what, advice)
                .irrelevant("spec.instanceSelector", "chooses among the cluster's Grafanas")
                .irrelevant("spec.resyncPeriod", "how often the operator looks")
                .irrelevant("spec.suspend", "whether the operator looks")
                .irrelevant("spec.allowCrossNamespaceImport", "chooses among the cluster's Grafanas");
        return KindRules.of(groups, kind, "lost, with where it can go", table);
    }
}
