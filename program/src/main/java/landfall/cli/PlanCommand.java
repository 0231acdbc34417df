package landfall.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.base.Secret;
import landfall.kube.ReadResult;
import landfall.ledger.LedgerFile;
import landfall.recipe.MoveFolder;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSecrets;
import landfall.recipe.MoveSettings;
import landfall.report.PlanReport;
import landfall.target.Decision;
import landfall.target.Target;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall plan}: writes the move folder, or keeps it up to date with changed manifests and answers. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description =
                "Writes the move: choices, recipe, app folders, ledger, report. Reads only; touches neither side.",
        footer = {
            "",
            "Examples:",
            "  landfall plan k8s/ -o move",
            "  landfall plan k8s/ -o move --answer redis-data=recreate --host dokku@dokku.example",
            "  landfall plan --cluster --context shop --namespace shop -o move",
            "  kubectl get all,cm,secret,ing,pvc -n shop -o yaml | landfall plan - -o move",
            "",
            "A new plan keeps the answers, addresses and passwords that the folder holds.",
            "Exit codes: 0 done; 2 bad input, nothing written; 3 decisions are open, the folder is written for their answers."
        })
public final class PlanCommand implements Callable<Integer> {
    @Mixin
    SourceOptions source = new SourceOptions();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The move's folder.")
    Path folder = Path.of("");

    @Option(
            names = "--draft",
            description = "Exit 0 though decisions are open, and go on with what can be read where a file can't.")
    boolean draft;

    @Option(
            names = "--answer",
            paramLabel = "ID=OPTION",
            description = "Answers a decision; may be given several times; kept in move.yaml.")
    Map<String, String> given = new LinkedHashMap<>();

    @Mixin
    AddressOptions addresses = new AddressOptions();

    @Mixin
    ReportOptions reporting = new ReportOptions();

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        return report(written());
    }

    /** Plans and writes the folder; what there is to tell about it is up to the caller. */
    Manifests written() {
        Optional<MoveFolder> existing = existing();
        Optional<MoveSettings> before = existing.map(MoveFolder::settings);
        Map<String, String> answers = new LinkedHashMap<>();
        before.ifPresent(settings -> settings.decisions().forEach((id, decision) -> {
            if (decision.answer() != null) {
                answers.put(id, decision.answer());
            }
        }));
        answers.putAll(given);
        String wanted = source.namespace != null
                ? source.namespace
                : before.map(settings -> settings.kubernetes().namespace()).orElse(null);
        MoveSettings.Kubernetes addressed = addresses.kubernetes(
                before.map(MoveSettings::kubernetes).orElse(new MoveSettings.Kubernetes(null, null, "")), "");
        Problems problems = new Problems();
        ReadResult read = source.read(addressed.kubeconfig(), addressed.context(), wanted, problems);
        Manifests manifests = Manifests.translate(
                read, problems, source.shown(), wanted, before.map(MoveSettings::move), answers, draft);
        checkAnswers(manifests.target);
        Map<String, Secret> secrets = MoveSecrets.of(
                manifests.target, existing.map(MoveFolder::secrets).orElse(Map.of()), new SecureRandom());
        MovePlan plan =
                MovePlan.of(manifests.target, kubernetes(before, wanted, manifests.target), target(before), secrets);
        MovePlan kept = before.map(
                        settings -> new MovePlan(plan.settings().keeping(settings), plan.files(), plan.secrets()))
                .orElse(plan);
        write(kept, manifests, existing.isPresent());
        return manifests;
    }

    /** The move that is there already; empty for a folder that is to be made. */
    private Optional<MoveFolder> existing() {
        MoveFolder move = MoveFolder.at(folder);
        if (Files.isRegularFile(move.settingsFile())) {
            return Optional.of(move);
        }
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isEmpty()) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(folder.toString()),
                            "cannot be looked into",
                            String.valueOf(e.getMessage()),
                            "Name a folder that you may read and write."),
                    e);
        }
        throw new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        Origin.file(folder.toString()),
                        "not a move, and not empty",
                        "it holds files but no move.yaml, and Landfall overwrites nothing it didn't write",
                        "Name a new folder with -o."));
    }

    /** Answers given on the command line must fit a decision; old ones in move.yaml may have lost theirs. */
    private void checkAnswers(Target target) {
        Map<String, Decision> decisions = new LinkedHashMap<>();
        target.decisions().forEach(decision -> decisions.put(decision.id(), decision));
        Problems problems = new Problems();
        given.forEach((id, option) -> {
            if (!decisions.containsKey(id)) {
                problems.add(Problem.error(
                        "--answer " + id + "=" + option,
                        "this plan has no decision " + id,
                        decisions.isEmpty()
                                ? "It has none."
                                : "It has " + String.join(", ", decisions.keySet()) + "."));
            }
        });
        decisions.forEach((id, decision) -> decision.answer().ifPresent(option -> {
            if (!decision.options().containsKey(option)) {
                problems.add(Problem.error(
                        "answer " + id + "=" + option,
                        "no such option",
                        "Choose one of " + String.join(", ", decision.options().keySet()) + "."));
            }
        }));
        problems.stopOnErrors(ExitCode.BAD_INPUT);
    }

    private MoveSettings.Kubernetes kubernetes(Optional<MoveSettings> before, @Nullable String wanted, Target target) {
        MoveSettings.Kubernetes old = before.map(MoveSettings::kubernetes)
                .orElse(new MoveSettings.Kubernetes(null, null, target.namespace()));
        return addresses.kubernetes(old, wanted == null ? target.namespace() : wanted);
    }

    private MoveSettings.DokkuTarget target(Optional<MoveSettings> before) {
        MoveSettings.DokkuTarget old =
                before.map(MoveSettings::target).orElse(new MoveSettings.DokkuTarget(null, null, null, null));
        return addresses.target(old);
    }

    /** A new folder appears whole or not at all; in one that is there each file is replaced whole. */
    private void write(MovePlan plan, Manifests manifests, boolean exists) {
        try {
            Path parent = Optional.ofNullable(
                            folder.toAbsolutePath().normalize().getParent())
                    .orElse(folder.toAbsolutePath());
            Files.createDirectories(parent);
            Path staging = exists
                    ? folder
                    : Files.createTempDirectory(
                            parent, "." + folder.toAbsolutePath().normalize().getFileName() + ".");
            try {
                fill(plan, manifests, MoveFolder.at(staging));
                if (!exists) {
                    Files.deleteIfExists(folder);
                    Files.move(staging, folder, StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                if (!exists) {
                    remove(staging);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder + ": " + e.getMessage(), e);
        }
    }

    private void fill(MovePlan plan, Manifests manifests, MoveFolder move) throws IOException {
        plan.write(move);
        move.write(move.reportFile(), reporting.page(manifests, plan), false);
        Path next = move.path().resolve(".ledger.jsonl.next");
        LedgerFile.write(next, manifests.ledger);
        Files.move(next, move.ledgerFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        move.writeSettings(plan.settings());
    }

    /** Removes a folder and all in it; one that isn't there is gone already. */
    static void remove(Path staging) throws IOException {
        if (!Files.exists(staging)) {
            return;
        }
        try (Stream<Path> files = Files.walk(staging)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private int report(Manifests manifests) {
        List<Decision> open = manifests.target.openDecisions();
        manifests.problems.forEach(problem -> output.events().note(problem.sentence()));
        String next = open.isEmpty() || draft ? "landfall apply " + folder : answerCommand(open);
        PlanReport report = new PlanReport(
                manifests.target,
                manifests.ledger.coverage(),
                reporting.outlook(manifests),
                next,
                "all of them are in " + folder.resolve("report.html"));
        if (output.json()) {
            report.events(output.events());
        } else {
            output.out().print(report.text(output.style()));
            output.out().flush();
        }
        if (open.isEmpty() || draft) {
            return ExitCode.DONE.code();
        }
        if (!output.json()) {
            output.out()
                    .println(open.size() + (open.size() == 1 ? " decision is open" : " decisions are open")
                            + ": answer with --answer ID=OPTION as above, or in " + folder.resolve("move.yaml")
                            + " (answer:), and plan again. The folder is written.");
            output.out().flush();
        }
        return ExitCode.DECISIONS_OPEN.code();
    }

    private String answerCommand(List<Decision> open) {
        StringBuilder command = new StringBuilder("landfall plan " + source.shown() + " -o " + folder);
        open.forEach(
                decision -> command.append(" --answer ").append(decision.id()).append("=…"));
        return command.toString();
    }
}
