package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuJson;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values reach the host as they are, whatever they hold, or are refused by name before anything is sent. */
class ConfigBytesTest {
    private static final List<String> PIECES = List.of(
            "a",
            "Z",
            "0",
            " ",
            "  ",
            "'",
            "''",
            "\"",
            "\\",
            "$",
            "$HOME",
            "`id`",
            "\n",
            "\n\n",
            "\t",
            "\r",
            "\r\n",
            "#",
            "=",
            "{{ .x }}",
            "{}",
            "%s",
            "é",
            "✓",
            "😀",
            "\u0001",
            "\u001b[31m",
            "\u007f",
            "\u00a0",
            "\u2028",
            "!",
            "*",
            "~",
            ";",
            "|",
            "&",
            "<",
            ">",
            "-n",
            "--help",
            "null",
            "true",
            "export ",
            "EOF\n");

    @TempDir
    Path folder;

    private static String value(Random random) {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(10);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        boolean stored = !text.toString().endsWith("\"") && !text.toString().endsWith("\\");
        return stored ? text.toString() : text.append('.').toString();
    }

    @Test
    void anyValueIsReadBackAsItWas() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ProcessRegistry registry = ProcessRegistry.in(folder);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(folder, addresses, new Containers(folder, addresses, registry), registry);
                SshConnection connection = SshConnection.connect(
                        SshTarget.parse(dokku.destination()),
                        new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null))) {
            DokkuHost host = new DokkuHost(connection);
            for (int round = 0; round < 6; round++) {
                String app = "app" + round;
                Map<String, String> values = new TreeMap<>();
                for (int i = 0; i < 40; i++) {
                    values.put("K" + i, value(random));
                }
                values.put("EMPTY", "");
                values.put("ENDS", "line\n");
                values.put("LARGE", "k'\"$\n✓ ".repeat(12_800) + "end");
                apply(host, app, values);
                assertThat(exported(host, app)).as("seed %s", seed).isEqualTo(values);
                Applier.Outcome second = apply(host, app, values);
                assertThat(second.changed()).as("seed %s", seed).isZero();
            }
            throughTheCommandLine(host, random, seed);
        }
    }

    private static Map<String, Object> exported(DokkuHost host, String app) {
        return DokkuJson.object(
                host.demand(DokkuCommand.of("config:export", "--format", "json", app))
                        .stdout(),
                "config:export");
    }

    private Applier.Outcome apply(DokkuHost host, String app, Map<String, String> values) {
        MoveFolder move = MoveFolder.at(folder.resolve("move-" + app));
        StringBuilder inputs = new StringBuilder("- inputs:\n");
        StringBuilder config = new StringBuilder();
        Map<String, Secret> secrets = new TreeMap<>();
        values.forEach((key, text) -> {
            secrets.put("v" + key, Secret.of(text));
            inputs.append("    - {name: v").append(key).append("}\n");
            config.append("          ")
                    .append(key)
                    .append(": '{{ .v")
                    .append(key)
                    .append(" }}'\n");
        });
        move.write(
                move.recipeFile(),
                inputs + "  tasks:\n    - dokku_app: {app: " + app + "}\n    - dokku_config:\n        app: " + app
                        + "\n        restart: false\n        config:\n" + config,
                false);
        move.writeSecrets(secrets);
        move.writeSettings(new MoveSettings(
                app,
                new MoveSettings.Kubernetes(null, null, app),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        return new Applier(move, host, Events.NONE, ChangeLog.NONE).apply(false);
    }

    private static void throughTheCommandLine(DokkuHost host, Random random, long seed) {
        for (int i = 0; i < 60; i++) {
            String text = value(random);
            DokkuCommand plain = DokkuCommand.of("config:set", "--no-restart", "app0", "PLAIN=" + text);
            DokkuCommand sent = plain;
            if (text.contains("\n")) {
                assertThatThrownBy(() -> host.run(plain))
                        .isInstanceOf(LandfallException.class)
                        .hasMessageContaining("word 3 of `config:set` holds a line break");
                sent = DokkuCommand.of(
                        "config:set",
                        "--no-restart",
                        "--encoded",
                        "app0",
                        "PLAIN=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
            }
            assertThat(host.run(sent).succeeded()).as("seed %s", seed).isTrue();
            assertThat(exported(host, "app0")).as("seed %s", seed).containsEntry("PLAIN", text);
        }
    }

    @Test
    void whatDokkuWouldSpoilIsRefusedByNameBeforeAnythingIsSent() {
        List<String> spoilt = List.of("canary\"", "canary\\", "canary\0", "canary".repeat(22_000));
        List<String> reasons = List.of("ends in \" or \\", "ends in \" or \\", "zero byte", "larger than 131071 bytes");
        for (int i = 0; i < spoilt.size(); i++) {
            String recipe =
                    "- inputs:\n    - {name: x}\n  tasks:\n    - dokku_config: {app: web, config: {SPOILT: '{{ .x"
                            + " }}'}}\n";
            Map<String, Secret> secrets = Map.of("x", Secret.of(spoilt.get(i)));
            String reason = reasons.get(i);
            assertThatThrownBy(() -> RecipeFile.parse(recipe, "recipe.yml", secrets))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("SPOILT")
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("canary");
        }
    }
}
