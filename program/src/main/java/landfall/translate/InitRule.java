package landfall.translate;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.target.Place;

/** Init containers: what they wait for is there, what they migrate runs before a deploy, the rest is decided. */
final class InitRule {
    private static final String RULE = "Pod.initContainers";

    private static final Pattern WAITS = Pattern.compile(
            "(?s).*\\b(nc|netcat|pg_isready|wait-for|wait-for-it|wait_for|wait4x|waitforit|dockerize|nslookup|until"
                    + "|redis-cli|mysqladmin|telnet|k8s-wait-for|startup-lock|getent|dig|abort_if_pending_migrations"
                    + "|wait-until|wait)\\b.*");

    private static final Pattern WAITING_IMAGE =
            Pattern.compile("(.*/)?(k8s-wait-for|wait-for|wait4x|dockerize|wait-for-it|waitforit|.*startup-lock.*)");

    private static final Pattern MIGRATES = Pattern.compile("(?s).*(db:(migrate|prepare|setup|schema:load|seed)"
            + "|manage(\\.py)?\\s+migrate|\\becto\\.(migrate|setup|create)|\\bmigrat(e|ion|ions|or|e_up)\\b"
            + "|prisma\\s+(migrate|db)|alembic\\s+upgrade|flyway|liquibase|\\bdb\\s+upgrade|db:upgrade|dbmate|goose\\b"
            + "|doctrine:migrations|diesel|sequelize|knex|typeorm|bin/migrate|upgradedb|collectstatic"
            + "|assets:precompile|compilemessages|createcachetable|db\\s+init|initdb).*");

    private static final Pattern OWNS = Pattern.compile("(?s).*\\b(chown|chmod|install\\s+-d|setfacl)\\b.*");

    private static final Pattern NODE_SETTING = Pattern.compile("(?s).*\\b(sysctl|ulimit|modprobe)\\b.*");

    private final Draft draft;
    private final AppDraft app;
    private final Field workload;
    private final Field init;
    private final String words;

    private InitRule(Draft draft, AppDraft app, Field workload, Field init) {
        this.draft = draft;
        this.app = app;
        this.workload = workload;
        this.init = init;
        this.words = RosterRule.command(init);
    }

    static void applyAll(Draft draft, AppDraft app, Field workload, Field main) {
        for (Field init : Index.pod(workload).at("initContainers").items()) {
            if (init.at("restartPolicy").is("Always")) {
                // A sidecar that starts before the others and keeps running.
                SidecarRule.apply(draft, app, workload, init);
            } else {
                new InitRule(draft, app, workload, init).apply();
            }
        }
        if (Index.pod(workload).at("initContainers").items().isEmpty()) {
            Index.pod(workload).at("initContainers").irrelevant(RULE, "empty");
        }
    }

    private void apply() {
        String name = init.at("name").text("");
        if (ContainerRole.of(init) == ContainerRole.MESH || name.equals("istio-init") || name.equals("linkerd-init")) {
            init.satisfied(RULE + ".mesh", "prepares a service mesh's network; on one host Docker's does");
        } else if (waits()) {
            init.satisfied(RULE + ".wait", waitNote());
        } else if (migrates()) {
            predeploy();
        } else if (OWNS.matcher(words).matches() && onlyOwns()) {
            init.satisfied(
                    RULE + ".owner",
                    "sets owner and mode of a volume's files; a storage entry belongs to the app's user from the start"
                            + " (--chown), and files come over with their owners");
        } else if (NODE_SETTING.matcher(words).matches()) {
            nodeSetting();
        } else {
            ask(name);
        }
    }

    private Optional<Field> awaited() {
        String text = Stream.concat(
                        Stream.of(words),
                        init.at("env").items().stream()
                                .map(variable -> variable.at("value").text("")))
                .collect(Collectors.joining(" "));
        return draft.index.services().stream()
                .filter(service -> Pattern.compile("(?<![A-Za-z0-9-])"
                                + Pattern.quote(service.object().name()) + "(?![A-Za-z0-9-])")
                        .matcher(text)
                        .find())
                .findFirst();
    }

    private boolean waits() {
        boolean byImage = WAITING_IMAGE
                .matcher(ImageName.of(init.at("image").text("")).repository())
                .matches();
        boolean byName = init.at("name").text("").matches("(?i).*\\b(wait|check)\\b.*")
                && words.matches("(?s).*\\b(until|while|sleep)\\b.*");
        return (byImage || byName || WAITS.matcher(words).matches())
                && !words.matches("(?s).*\\b(cp|mv|wget -O|curl -o|mkdir|apk add|apt-get)\\b.*");
    }

    private String waitNote() {
        return awaited()
                .map(service -> "waits for " + service.object().shortName()
                        + ": Dokku starts the app after its services, and Landfall after their data")
                .orElse("waits for something outside; a process that can't reach it ends and is started again");
    }

    private boolean migrates() {
        return MIGRATES.matcher(words).matches()
                && init.at("image").text("").equals(app.image)
                && OneOff.fits(app, workload, init);
    }

    private void predeploy() {
        String id = app.name + "-" + init.at("name").text("");
        String place = Place.appFile(app.name, "app.json") + "#scripts/dokku/predeploy";
        List<String> command = new OneOff(
                        draft,
                        app,
                        init,
                        "The init container " + init.at("name").text("") + " of " + app.name,
                        id,
                        place)
                .words();
        if (!command.isEmpty()) {
            app.predeploy.add(command);
        }
        init.at("resources").irrelevant(RULE + ".resources", "a predeploy task is not bounded");
        draft.changed(
                app.name,
                "`" + String.join(" ", command) + "` runs once before each deploy (predeploy of app.json), with the"
                        + " app's variables and files; it ran before the start of every pod. If it fails, the old"
                        + " containers stay");
    }

    /** Nothing but ownership: a command that also writes files is not done with by it. */
    private boolean onlyOwns() {
        return !words.matches("(?s).*\\b(cp|mv|curl|wget|git|tar|sed|envsubst|cat\\s+>|tee)\\b.*");
    }

    private void nodeSetting() {
        draft.lost(
                app.name,
                "a setting of the kernel before the start (`" + words + "`)",
                "set it on the Dokku host once, in /etc/sysctl.d, or as the docker option --sysctl where it is the"
                        + " container's own");
        init.lost(RULE + ".node", "a setting of the node: make it on the Dokku host");
    }

    private void ask(String name) {
        boolean hasOwnImage = !init.at("image").text("").equals(app.image);
        boolean migrates = MIGRATES.matcher(words).matches()
                || MIGRATES.matcher(init.at("image").text("")).matches();
        draft.refuse(
                "init-" + app.name + "-" + name,
                "The init container " + name + " of " + app.name
                        + (migrates
                                ? " migrates a database from an image of its own"
                                : " does something before each start")
                        + (words.isEmpty() ? " (its image says what)" : " (" + shown(words) + ")")
                        + (hasOwnImage
                                ? ", in the image " + init.at("image").text("") + ". Dokku runs one image for each app."
                                : "."),
                RULE,
                hasOwnImage
                        ? "not run on Dokku: build what it makes into the app's image, or run it as an app of its own"
                        : "not run on Dokku; put it into app.json as scripts.dokku.predeploy if it is needed",
                init);
    }

    private static String shown(String words) {
        String line = words.replaceAll("\\s+", " ");
        return line.length() <= 80 ? line : line.substring(0, 77) + "...";
    }
}
