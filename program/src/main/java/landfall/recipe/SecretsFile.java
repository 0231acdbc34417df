package landfall.recipe;

import java.util.Map;
import java.util.TreeMap;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** secrets.yml: a flat map of names to values; the only file of a move that holds any (P8). */
public final class SecretsFile {
    private static final String HEADER = """
            # Values that no other file of this move holds. Mode 0600; keep it out of git.
            """;

    private SecretsFile() {}

    public static String write(Map<String, Secret> secrets) {
        Map<String, Object> values = new TreeMap<>();
        secrets.forEach((name, secret) -> values.put(name, secret.reveal()));
        return HEADER + (values.isEmpty() ? "{}\n" : YamlText.write(values));
    }

    /** @throws LandfallException (bad input); its text never quotes the file, which holds secrets */
    public static Map<String, Secret> read(String text, String fileName) {
        Map<String, Secret> secrets = new TreeMap<>();
        try {
            Object loaded = new Load(LoadSettings.builder().build()).loadFromString(text);
            if (loaded instanceof Map<?, ?> map) {
                map.forEach((name, value) -> secrets.put(String.valueOf(name), Secret.of(String.valueOf(value))));
                return secrets;
            }
            if (loaded == null) {
                return secrets;
            }
        } catch (YamlEngineException e) {
            // The engine's message quotes the line it stumbled over: not passed on, not even as a cause.
            throw unreadable(fileName);
        }
        throw unreadable(fileName);
    }

    private static LandfallException unreadable(String fileName) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        Origin.file(fileName),
                        "not a YAML map of names to values",
                        "",
                        "Mend it, or remove it and run `landfall plan` again (new passwords are made)."));
    }
}
