package landfall.translate;

import java.util.Optional;
import landfall.target.Place;

/** {@code securityContext} of pod and container: Docker options where they mean the same, never silently weaker. */
final class SecurityRule {
    private static final String RULE = "Container.securityContext";

    private SecurityRule() {}

    static void apply(Draft draft, AppDraft app, Field pod) {
        Field ofPod = pod.at("securityContext");
        Field ofContainer = app.container.at("securityContext");
        for (Field context : java.util.List.of(ofPod, ofContainer)) {
            if (context.entries().isEmpty()) {
                context.irrelevant(RULE, "empty");
            }
        }
        user(draft, app, ofPod, ofContainer);
        String options = Place.task(app.name, "docker-options");
        Field escalation = ofContainer.at("allowPrivilegeEscalation");
        if (escalation.is("false")) {
            app.dockerOptions.add("--security-opt=no-new-privileges");
            escalation.carried(RULE, options);
        } else {
            escalation.satisfied(RULE, "Docker's default");
        }
        Field readOnly = ofContainer.at("readOnlyRootFilesystem");
        if (readOnly.is("true")) {
            app.dockerOptions.add("--read-only");
            readOnly.carried(RULE, options);
        } else {
            readOnly.satisfied(RULE, "Docker's default");
        }
        for (Field capability : ofContainer.at("capabilities", "drop").items()) {
            app.dockerOptions.add("--cap-drop=" + capability.text(""));
            capability.carried(RULE, options);
        }
        for (Field capability : ofContainer.at("capabilities", "add").items()) {
            app.dockerOptions.add("--cap-add=" + capability.text(""));
            capability.carried(RULE, options);
        }
        for (Field context : java.util.List.of(ofPod, ofContainer)) {
            if (context.at("seccompProfile", "type").is("RuntimeDefault")) {
                context.at("seccompProfile").satisfied(RULE, "Docker applies its own default profile");
            }
        }
        Field privileged = ofContainer.at("privileged");
        if (privileged.is("true")) {
            draft.refuse(
                    "privileged-" + app.name,
                    app.name + " runs with all rights over its node. Landfall doesn't give it the Dokku host.",
                    RULE,
                    "not given; add the option --privileged yourself if it must be",
                    privileged);
        } else {
            privileged.satisfied(RULE, "Docker's default");
        }
    }

    private static void user(Draft draft, AppDraft app, Field ofPod, Field ofContainer) {
        Field uid = ofContainer.at("runAsUser").exists() ? ofContainer.at("runAsUser") : ofPod.at("runAsUser");
        Field gid = ofContainer.at("runAsGroup").exists() ? ofContainer.at("runAsGroup") : ofPod.at("runAsGroup");
        String dockerfile = Place.appFile(app.name, "Dockerfile");
        Optional<String> user = uid.text();
        if (user.isPresent()) {
            app.user = gid.text().map(group -> user.get() + ":" + group).or(() -> user);
            for (Field context : java.util.List.of(ofPod, ofContainer)) {
                context.at("runAsUser").carried(RULE, dockerfile, "the USER of the image");
                context.at("runAsGroup").carried(RULE, dockerfile, "the group of its USER");
            }
        }
        for (Field context : java.util.List.of(ofPod, ofContainer)) {
            Field nonRoot = context.at("runAsNonRoot");
            if (nonRoot.is("true") && user.filter(number -> !number.equals("0")).isEmpty()) {
                draft.decide(
                        "user-" + app.name,
                        "The cluster refuses to run " + app.name
                                + " as root; Dokku runs whatever user the image names. Is that user not root?",
                        Draft.options(
                                "image", "the image's own user stands",
                                "stop", "name a user in the Deployment (runAsUser) and plan again"),
                        Optional.of("image"),
                        nonRoot);
                nonRoot.decision(RULE, "user-" + app.name, "Dokku doesn't check it");
            } else {
                nonRoot.satisfied(RULE, "the user is named, or root was allowed");
            }
        }
    }
}
