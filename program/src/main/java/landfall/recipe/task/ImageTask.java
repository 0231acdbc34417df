package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_git_from_image}: the app runs this image; compared by its recorded name, as docket does. */
public record ImageTask(String app, String image) implements Task {
    static ImageTask read(TaskFields fields) {
        ImageTask task = new ImageTask(Checks.app(fields), fields.text("image"));
        Checks.image(fields, task.image());
        fields.choice("state", "deployed", "deployed");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_git_from_image";
    }

    @Override
    public String subject() {
        return app + " " + image;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("git", app), HostRead.deployed(app));
    }

    @Override
    public Plan plan(HostReading host) {
        boolean same = image.equals(host.report("git", app).get("source-image")) && host.isDeployed(app);
        return same
                ? Plan.inSync()
                : Plan.change("it runs something else", DokkuCommand.of("git:from-image", app, image));
    }
}
