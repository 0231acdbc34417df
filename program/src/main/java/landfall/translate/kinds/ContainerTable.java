package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** A container of a pod template: {@code containers[]}, {@code initContainers[]}. */
final class ContainerTable {
    private ContainerTable() {}

    static FieldTable table() {
        return new FieldTable()
                .adapted("name", "the process type: web, worker …")
                .carried("image", "apps/NAME/Dockerfile FROM, or git:from-image")
                .satisfied("imagePullPolicy", "pulled when it is deployed; a moving tag needs a new deploy")
                .carried("command[]", "apps/NAME/Dockerfile ENTRYPOINT or Procfile")
                .carried("args[]", "apps/NAME/Dockerfile CMD or Procfile")
                .carried("workingDir", "apps/NAME/Dockerfile WORKDIR")
                .varies(
                        "env[]",
                        "config:set, exact bytes; names of Services in values become Dokku's; Secrets are inputs",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .varies(
                        "envFrom[]",
                        "config:set for every key of the ConfigMap or Secret",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .varies(
                        "ports[]",
                        "ports:set for HTTP; inside the host any port is reached by name",
                        Disposition.CARRIED,
                        Disposition.SATISFIED,
                        Disposition.IRRELEVANT,
                        Disposition.LOST,
                        Disposition.DECISION)
                .varies(
                        "resources.limits{}",
                        "resource:limit, converted exactly",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .varies(
                        "resources.requests{}",
                        "resource:reserve, converted exactly",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .open("resources.claims", "claims", "%s claims devices of its node (resource claims).")
                .irrelevant("resizePolicy", "pods resized in place; on Dokku a new limit is a restart")
                .open("restartPolicy", "restart", "A container of %s has a restart policy of its own.")
                .open("restartPolicyRules", "restart", "A container of %s has restart rules of its own.")
                .varies(
                        "volumeMounts[]",
                        "storage:mount, or a file of the image",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .open("volumeDevices", "devices", "%s uses a volume as a raw block device.")
                .varies(
                        "livenessProbe",
                        "app.json healthchecks; Dokku checks at deploy only",
                        Disposition.ADAPTED,
                        Disposition.CARRIED,
                        Disposition.LOST,
                        Disposition.DECISION)
                .varies(
                        "readinessProbe",
                        "app.json healthchecks; Dokku checks at deploy only",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.LOST,
                        Disposition.DECISION)
                .varies(
                        "startupProbe",
                        "app.json healthchecks",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.LOST,
                        Disposition.DECISION)
                .varies(
                        "lifecycle",
                        "a sleep before SIGTERM is not needed; other hooks are lost",
                        Disposition.LOST,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .irrelevant("terminationMessagePath", "where the cluster looks for last words")
                .irrelevant("terminationMessagePolicy", "where the cluster looks for last words")
                .varies(
                        "securityContext",
                        "docker options where they mean the same; else decided",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies("stdin", "docker option -i", Disposition.CARRIED, Disposition.SATISFIED, Disposition.DECISION)
                .satisfied("stdinOnce", "Docker's own behaviour")
                .varies("tty", "docker option -t", Disposition.CARRIED, Disposition.SATISFIED, Disposition.DECISION);
    }
}
