package landfall.translate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import landfall.target.Place;

/** {@code securityContext} of pod and container: Docker options where they mean the same, never silently weaker. */
final class SecurityRule {
    private static final String RULE = "Container.securityContext";
    private static final String DEFAULT = "Docker's default";

    private final Draft draft;
    private final AppDraft app;
    private final Field ofPod;
    private final Field ofContainer;
    private final String options;

    private SecurityRule(Draft draft, AppDraft app, Field pod) {
        this.draft = draft;
        this.app = app;
        ofPod = pod.at("securityContext");
        ofContainer = app.container.at("securityContext");
        options = Place.task(app.name, "docker-options");
    }

    static void apply(Draft draft, AppDraft app, Field pod) {
        SecurityRule rule = new SecurityRule(draft, app, pod);
        for (Field context : rule.contexts()) {
            if (context.entries().isEmpty()) {
                context.irrelevant(RULE, "empty");
            }
        }
        rule.user();
        rule.groups();
        rule.rights();
        rule.profiles();
        rule.kernel();
    }

    private List<Field> contexts() {
        return List.of(ofPod, ofContainer);
    }

    /** The container's own field goes before its pod's. */
    private Field effective(String... path) {
        return ofContainer.at(path).exists() ? ofContainer.at(path) : ofPod.at(path);
    }

    private void option(Field field, String option) {
        app.dockerOptions.add(option);
        field.carried(RULE, options, "Docker's " + option.replaceAll("=.*", ""));
    }

    private void user() {
        Optional<String> uid = effective("runAsUser").text();
        Optional<String> gid = effective("runAsGroup").text();
        String dockerfile = Place.appFile(app.name, "Dockerfile");
        if (uid.isPresent()) {
            app.user = gid.map(group -> uid.get() + ":" + group).or(() -> uid);
            for (Field context : contexts()) {
                context.at("runAsUser").carried(RULE, dockerfile, "the USER of the image");
                context.at("runAsGroup").carried(RULE, dockerfile, "the group of its USER");
            }
        } else if (gid.isPresent()) {
            draft.refuse(
                    "group-" + app.name,
                    app.name + " runs as group " + gid.get()
                            + ", and as whatever user its image names. Name the user too"
                            + " (runAsUser) and plan again, or its files are made in the image's own group.",
                    RULE,
                    "a group without a user",
                    effective("runAsGroup"));
        }
        for (Field context : contexts()) {
            Field nonRoot = context.at("runAsNonRoot");
            if (nonRoot.is("true") && uid.filter(number -> !number.equals("0")).isEmpty()) {
                draft.decide(
                        "user-" + app.name,
                        "The cluster refuses to run " + app.name
                                + " as root; Dokku runs whatever user the image names. Is that user not root?",
                        Draft.options(
                                "image",
                                "the image's own user stands",
                                "stop",
                                "name a user in the Deployment (runAsUser) and plan again"),
                        Optional.of("image"),
                        nonRoot);
                nonRoot.decision(RULE, "user-" + app.name, "Dokku doesn't check it");
            } else {
                nonRoot.satisfied(RULE, "the user is named, or root was allowed");
            }
            context.at("windowsOptions").irrelevant(RULE, "for nodes that run Windows");
        }
    }

    private void groups() {
        for (Field group : ofPod.at("supplementalGroups").items()) {
            option(group, "--group-add=" + group.text(""));
        }
        Field policy = ofPod.at("supplementalGroupsPolicy");
        if (policy.is("Strict")) {
            draft.refuse(
                    "groups-" + app.name,
                    app.name
                            + " is not to get the groups that its image's /etc/group gives its user; Docker gives them.",
                    RULE,
                    "Docker adds the image's groups",
                    policy);
        } else {
            policy.satisfied(RULE, "Docker adds the image's groups too");
        }
        Field group = ofPod.at("fsGroup");
        group.text().ifPresent(number -> {
            app.dockerOptions.add("--group-add=" + number);
            group.adapted(
                    RULE,
                    options,
                    "the app has the group, and files are copied with theirs; Dokku doesn't change the group of new ones");
        });
        ofPod.at("fsGroupChangePolicy").satisfied(RULE, "owners are set once, when files are copied");
    }

    private void rights() {
        Field escalation = ofContainer.at("allowPrivilegeEscalation");
        if (escalation.is("false")) {
            option(escalation, "--security-opt=no-new-privileges");
        } else {
            escalation.satisfied(RULE, DEFAULT);
        }
        Field readOnly = ofContainer.at("readOnlyRootFilesystem");
        if (readOnly.is("true")) {
            option(readOnly, "--read-only");
        } else {
            readOnly.satisfied(RULE, DEFAULT);
        }
        for (String change : List.of("drop", "add")) {
            Field list = ofContainer.at("capabilities", change);
            list.items()
                    .forEach(name ->
                            option(name, "--cap-" + change + "=" + name.text("").toUpperCase(Locale.ROOT)));
            if (list.items().isEmpty()) {
                list.irrelevant(RULE, "empty");
            }
        }
        Field privileged = ofContainer.at("privileged");
        if (privileged.is("true")) {
            Optional<String> answer = draft.ask(
                    "privileged-" + app.name,
                    app.name + " runs with all rights over its node. Is it to have them over the Dokku host?",
                    Draft.options("without", "no: it runs without them", "give", "yes: Docker's --privileged"),
                    privileged);
            privileged.decision(RULE, "privileged-" + app.name, "all rights over the host");
            if (answer.filter("give"::equals).isPresent()) {
                app.dockerOptions.add("--privileged");
            }
        } else {
            privileged.satisfied(RULE, DEFAULT);
        }
    }

    private void profiles() {
        for (String kind : List.of("seccompProfile", "appArmorProfile")) {
            Field profile = effective(kind);
            String docker = kind.equals("seccompProfile") ? "seccomp" : "apparmor";
            String type = profile.at("type").text("");
            switch (type) {
                case "" -> {}
                case "RuntimeDefault" ->
                    contexts()
                            .forEach(context ->
                                    context.at(kind).satisfied(RULE, "Docker applies its own default profile"));
                case "Unconfined" -> {
                    app.dockerOptions.add("--security-opt=" + docker + "=unconfined");
                    contexts().forEach(context -> context.at(kind).carried(RULE, options, "as it was"));
                }
                default -> local(profile, docker);
            }
        }
        Field linux = effective("seLinuxOptions");
        for (String part : List.of("user", "role", "type", "level")) {
            linux.at(part)
                    .text()
                    .ifPresent(value -> app.dockerOptions.add("--security-opt=label=" + part + ":" + value));
        }
        contexts()
                .forEach(context -> context.at("seLinuxOptions")
                        .carried(RULE, options, "counts where the host has SELinux on, as on a node"));
        Field change = ofPod.at("seLinuxChangePolicy");
        change.irrelevant(RULE, "how the cluster labels its volumes");
    }

    private void local(Field profile, String docker) {
        String id = docker + "-" + app.name;
        String file = profile.at("localhostProfile").text("");
        Optional<String> answer = draft.ask(
                id,
                app.name + " runs under a profile of its own (" + docker + ": " + file + "), which lies on the nodes.",
                Draft.options(
                        "bring",
                        docker.equals("seccomp")
                                ? "I put it on the Dokku host as /etc/landfall/" + file.replaceAll(".*/", "")
                                : "I load it on the Dokku host (apparmor_parser)",
                        "default",
                        "Docker's own default profile holds instead"),
                profile);
        profile.decision(RULE, id, "a profile that lies on the nodes");
        if (answer.filter("bring"::equals).isPresent()) {
            app.dockerOptions.add("--security-opt=" + docker + "="
                    + (docker.equals("seccomp") ? "/etc/landfall/" + file.replaceAll(".*/", "") : file));
        }
    }

    private void kernel() {
        for (Field sysctl : ofPod.at("sysctls").items()) {
            option(
                    sysctl,
                    "--sysctl=" + sysctl.at("name").text("") + "="
                            + sysctl.at("value").text(""));
        }
        Field mount = ofContainer.at("procMount");
        if (mount.is("Unmasked")) {
            draft.refuse(
                    "proc-" + app.name,
                    app.name
                            + " sees all of /proc (procMount Unmasked), for containers inside it mostly. Landfall leaves it"
                            + " masked; add the docker option --security-opt systempaths=unconfined if it must be.",
                    RULE,
                    "left masked",
                    mount);
        } else {
            mount.satisfied(RULE, DEFAULT);
        }
    }
}
