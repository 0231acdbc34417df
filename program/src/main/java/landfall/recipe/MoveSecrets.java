package landfall.recipe;

import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import landfall.base.Secret;
import landfall.target.StorageEntry;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;
import landfall.target.Value;

/** The values of secrets.yml for a target: what the source holds, and passwords that are made once and then kept. */
public final class MoveSecrets {
    private static final int PASSWORD_BYTES = 24;

    private MoveSecrets() {}

    /**
     * @param before what secrets.yml holds now: generated passwords are kept, and so is what other commands put there
     */
    public static Map<String, Secret> of(Target target, Map<String, Secret> before, RandomGenerator random) {
        Map<String, Secret> secrets = new TreeMap<>(before);
        for (TargetService service : target.services()) {
            service.password().ifPresent(name -> secrets.computeIfAbsent(name, ignored -> password(random)));
            service.rootPassword().ifPresent(name -> secrets.computeIfAbsent(name, ignored -> password(random)));
            service.move().ifPresent(move -> {
                secrets.computeIfAbsent(move.password(), name -> password(random));
                move.sourcePassword()
                        .ifPresent(source ->
                                secrets.put(move.sourcePasswordSecret().replaceFirst("^secrets\\.yml#", ""), source));
            });
        }
        for (StorageEntry entry : target.entries()) {
            entry.files().forEach(file -> file.content().ifPresent(content -> secrets.put(file.secret(), content)));
        }
        for (TargetApp app : target.apps()) {
            app.environment().values().forEach(value -> {
                switch (value) {
                    case Value.Plain ignored -> {}
                    case Value.Asked ignored -> {}
                    case Value.Hidden(String input, Secret secret) -> secrets.put(input, secret);
                    case Value.Composed composed -> {
                        Secret password = secrets.computeIfAbsent(composed.password(), name -> password(random));
                        secrets.put(
                                composed.input(), Secret.of(composed.prefix() + password.reveal() + composed.suffix()));
                    }
                }
            });
            app.web().certificate().ifPresent(certificate -> {
                secrets.put(certificate.certificateInput(), certificate.certificate());
                secrets.put(certificate.keyInput(), certificate.key());
            });
        }
        return secrets;
    }

    /** Hexadecimal: needs no quoting in a URL, in SQL or in a shell. */
    private static Secret password(RandomGenerator random) {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return Secret.of(HexFormat.of().formatHex(bytes));
    }
}
