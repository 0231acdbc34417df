package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import landfall.ledger.Disposition;
import landfall.target.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where values come from that the manifests don't spell out: the pod itself, Services, and Secrets kept elsewhere. */
final class EnvironmentTest {
    @ParameterizedTest
    @CsvSource({
        "$(A), one",
        "$$(A), $(A)",
        "$$$(A), $one",
        "a$$b, a$b",
        "$(NOPE), $(NOPE)",
        "$(A, $(A",
        "$A, $A",
        "cost: 5$, cost: 5$"
    })
    void dollarSignsAreReadAsTheKubeletReadsThem(String text, String expanded) {
        assertThat(Expansion.of(text, name -> name.equals("A") ? "one" : null)).isEqualTo(expanded);
    }

    @Test
    void whatAContainerIsToldOfItsPodIsToldOnDokkuToo() {
        Planned planned = Planned.of(Planned.shop("""
                resources: {limits: {cpu: 1500m, memory: 256Mi}}
                env:
                  - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
                  - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
                  - {name: COLOUR, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['description']"}}}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
                  - {name: MEBI, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
                """, ""));
        assertThat(planned.shop().environment())
                .containsEntry("NAMESPACE", new Value.Plain("default"))
                .containsEntry("TIER", new Value.Plain("front"))
                .containsEntry("COLOUR", new Value.Plain("blue"))
                .containsEntry("POD", new Value.Plain("shop"))
                .containsEntry("CPUS", new Value.Plain("2"))
                .containsEntry("MEBI", new Value.Plain("256"));
    }

    @Test
    void theNodesAddressBecomesTheHostWhereTheUserSaysSo() {
        String manifests = Planned.shop("env: [{name: AGENT, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]", "");
        assertThat(Planned.of(manifests).open()).contains("node-address-shop");
        Planned answered = Planned.of(manifests, Map.of("node-address-shop", "host"));
        assertThat(answered.shop().environment()).containsEntry("AGENT", new Value.Plain("host.docker.internal"));
        assertThat(answered.shop().dockerOptions()).contains("--add-host=host.docker.internal:host-gateway");
    }

    @Test
    void aSealedValueBecomesAnInputThatTheUserFills() {
        Planned planned = Planned.of("""
                apiVersion: bitnami.com/v1alpha1
                kind: SealedSecret
                metadata: {name: mail}
                spec:
                  encryptedData: {password: AgBy, unused: AgBz}
                ---
                """ + Planned.shop("""
                env:
                  - {name: SMTP_PASSWORD, valueFrom: {secretKeyRef: {name: mail, key: password}}}
                  - {name: SMTP_URL, value: "smtp://shop:$(SMTP_PASSWORD)@mail.example:25"}
                """, ""));
        assertThat(planned.shop().environment().get("SMTP_PASSWORD"))
                .isEqualTo(new Value.Asked(
                        "shop_SMTP_PASSWORD", "SMTP_PASSWORD of shop, key password of SealedSecret/mail"));
        assertThat(planned.shop().environment().get("SMTP_URL")).isInstanceOf(Value.Asked.class);
        assertThat(planned.open()).isEmpty();
        assertThat(planned.changed()).anyMatch(text -> text.contains("shop_SMTP_PASSWORD"));
        assertThat(planned.leaf("SealedSecret/mail", "spec.encryptedData.password")
                        .disposition())
                .isEqualTo(Disposition.ADAPTED);
        assertThat(planned.leaf("SealedSecret/mail", "spec.encryptedData.unused")
                        .disposition())
                .isEqualTo(Disposition.IRRELEVANT);
    }

    @Test
    void anExternalSecretTakenWholeIsAskedForBecauseNobodyCanListItsKeys() {
        Planned planned = Planned.of("""
                apiVersion: external-secrets.io/v1
                kind: ExternalSecret
                metadata: {name: from-store}
                spec:
                  refreshInterval: 1h
                  secretStoreRef: {name: vault, kind: SecretStore}
                  target: {name: settings}
                  data: [{secretKey: TOKEN, remoteRef: {key: shop}}]
                  dataFrom: [{extract: {key: more}}]
                ---
                """ + Planned.shop("envFrom: [{secretRef: {name: settings}}]", ""));
        assertThat(planned.shop().environment()).containsOnlyKeys("TOKEN");
        assertThat(planned.open()).containsExactly("missing-settings-shop");
        assertThat(planned.lost()).anyMatch(text -> text.contains("renewal"));
    }

    @Test
    void variablesOfServicesAreMadeWhereTheCommandReadsThem() {
        Planned planned = Planned.of("""
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec: {selector: {app: shop}, ports: [{port: 80, targetPort: 3000}]}
                ---
                """ + Planned.shop("""
                command: [sh, -c, 'exec serve --self "http://$SHOP_SERVICE_HOST:$SHOP_SERVICE_PORT"']
                env: [{name: SELF, value: "http://$(SHOP_SERVICE_HOST):$(SHOP_SERVICE_PORT)/"}]
                """, ""));
        assertThat(planned.shop().environment())
                .containsEntry("SELF", new Value.Plain("http://shop.web:3000/"))
                .containsKeys("SHOP_SERVICE_HOST", "SHOP_SERVICE_PORT");
    }

    @Test
    void rightsAtTheKubernetesApiAreADecisionAndOtherAccountsAreNot() {
        String account = """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: reader}
                rules: [{apiGroups: [""], resources: [pods], verbs: [list, watch]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: reader}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
                subjects: [{kind: ServiceAccount, name: %s}]
                ---
                """ + Planned.shop("", "serviceAccountName: shop");
        assertThat(Planned.of(account.replace("%s", "shop")).open()).containsExactly("account-shop");
        assertThat(Planned.of(account.replace("%s", "other")).open()).isEmpty();
    }
}
