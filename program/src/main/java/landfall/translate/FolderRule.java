package landfall.translate;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;

/** Folders that an app writes to and that lie on no volume: what is in them is lost at every restart today. */
final class FolderRule {
    /** Settings of well-known programs and frameworks, and the words such settings are made of. */
    private static final Pattern NAME = Pattern.compile(
            "(?i).*(UPLOAD|STORAGE|MEDIA|FILES|DATA|ATTACHMENT|BACKUP|AVATAR|DOCUMENTS?_ROOT|CONTENT_DIR|PERSIST|REPOS?_).*");

    /** Names that look alike and mean something else. */
    private static final Pattern OTHER = Pattern.compile(
            "(?i).*(DATABASE|DATADOG|METADATA|STATIC|TEMPLATE|PGDATA|TMP|TEMP|CACHE|LOG_|_LOG|CERT|_KEY|TOKEN|CONFIG).*");

    private static final Pattern FOLDER = Pattern.compile("/[^\\s:*?]+");
    private static final Pattern ENDING = Pattern.compile("(?i)_?(DIR|DIRECTORY|PATH|ROOT|FOLDER|LOCATION)$");

    private FolderRule() {}

    static void apply(Draft draft, AppDraft app) {
        for (AppDraft.Variable variable : app.variables.values()) {
            if (NAME.matcher(variable.name()).matches()
                    && !OTHER.matcher(variable.name()).matches()
                    && FOLDER.matcher(variable.value()).matches()
                    && !variable.sensitive()
                    && !app.isMounted(variable.value())) {
                ask(draft, app, variable);
            }
        }
    }

    private static void ask(Draft draft, AppDraft app, AppDraft.Variable variable) {
        String word = ENDING.matcher(variable.name()).replaceAll("");
        String label = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Field raisedBy = variable.sources().isEmpty()
                ? app.container.at("env")
                : variable.sources().getFirst();
        Optional<String> answer = draft.ask(
                label + "-" + app.name,
                app.name + " writes to " + variable.value() + " (" + variable.name()
                        + "), which lies on no volume: files written there are lost at every restart today.",
                Draft.options(
                        "entry",
                        "keep them from now on, in a storage entry; what is there now is not copied",
                        "leave",
                        "as it is: lost at every deploy and restart"),
                raisedBy);
        if (answer.filter("entry"::equals).isPresent()) {
            String entry = app.name + "-" + label;
            String owner = app.user
                    .map(user -> user.split(":", -1)[0])
                    .filter(user -> user.matches("[0-9]{1,5}") && !user.equals("0"))
                    .orElse("root");
            draft.entries.putIfAbsent(entry, new StorageEntry(entry, owner, Optional.empty()));
            app.mounts.add(new TargetApp.Mount(entry, variable.value(), Optional.empty(), false));
        }
    }
}
