package landfall.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Secret;

/**
 * How the Dokku host logs in to a registry of images, from secrets.yml: {@code registry-SERVER-user} and
 * {@code registry-SERVER-password}, e.g. {@code registry-ghcr.io-user}.
 */
public record RegistryLogin(String server, String user, Secret password) {
    private static final String HUB = "docker.io";
    private static final Pattern FROM = Pattern.compile("^\\s*FROM\\s+(?:--\\S+\\s+)*(\\S+)", Pattern.CASE_INSENSITIVE);

    /** The login that an image's registry needs, if secrets.yml has one. */
    public static Optional<RegistryLogin> of(String image, Map<String, Secret> secrets) {
        String server = server(image);
        Secret user = secrets.get("registry-" + server + "-user");
        Secret password = secrets.get("registry-" + server + "-password");
        if (user == null && password == null) {
            return Optional.empty();
        }
        if (user == null || password == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "secrets.yml has half a login to " + server,
                            "it has no `registry-" + server + (user == null ? "-user`" : "-password`"),
                            "Add that line, or take the other one out."));
        }
        if (!user.reveal().matches("\\S+") || password.reveal().isBlank()) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "the login to " + server + " in secrets.yml cannot be right",
                            "a user's name has no blanks, and a password is not empty",
                            "Mend `registry-" + server + "-user` and `-password`."));
        }
        return Optional.of(new RegistryLogin(server, user.reveal(), password));
    }

    /** Images that a Dockerfile builds on; none where there is no Dockerfile. */
    public static List<String> images(Path dockerfile) {
        if (!Files.exists(dockerfile)) {
            return List.of();
        }
        try {
            return Files.readAllLines(dockerfile).stream()
                    .map(FROM::matcher)
                    .filter(Matcher::find)
                    .map(matcher -> matcher.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + dockerfile, e);
        }
    }

    /** As docker reads a name: what stands before the first slash is a registry if it looks like a host. */
    static String server(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return isHost ? first : HUB;
    }
}
