package landfall.translate.kinds;

import java.util.Set;
import landfall.ledger.Disposition;

/** ServiceAccount and RBAC: rights at the Kubernetes API, which no app on Dokku has. */
final class AccountRules {
    private static final String NOBODY = "rights at the Kubernetes API for somebody who is no app of this move";

    private AccountRules() {}

    static KindRules serviceAccount() {
        return KindRules.of(
                "",
                "ServiceAccount",
                "nothing, unless an app talks to the Kubernetes API or to a cloud through it: then a decision",
                new FieldTable()
                        .unused(
                                "metadata.name",
                                "who pods are at the Kubernetes API; there is none on Dokku",
                                Disposition.DECISION)
                        .irrelevant("automountServiceAccountToken", "there is no Kubernetes API to talk to")
                        .open(
                                "imagePullSecrets",
                                "registry",
                                "%s gives its pods a login to a registry. Log the Dokku host in with"
                                        + " `dokku registry:login` before `landfall apply`.")
                        .irrelevant("secrets", "tokens for the Kubernetes API"));
    }

    static KindRules role(String kind) {
        return KindRules.of(
                "rbac.authorization.k8s.io",
                kind,
                "nothing, unless an app of this move has these rights: then a decision",
                new FieldTable()
                        .unused("rules", NOBODY, Disposition.DECISION)
                        .under("", kind.equals("Role") ? new FieldTable() : aggregation()));
    }

    private static FieldTable aggregation() {
        return new FieldTable().irrelevant("aggregationRule", "gathers other roles of the cluster");
    }

    static KindRules binding(String kind) {
        return KindRules.of(
                Set.of("rbac.authorization.k8s.io"),
                kind,
                "nothing, unless it gives rights to an app of this move: then a decision",
                new FieldTable()
                        .unused("roleRef", NOBODY, Disposition.DECISION)
                        .unused("subjects", NOBODY, Disposition.DECISION));
    }
}
