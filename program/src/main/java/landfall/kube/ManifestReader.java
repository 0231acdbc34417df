package landfall.kube;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.ManifestFiles.Source;

/** Reads files, folders and standard input into objects; what can't be read is a problem each, all in one run. */
public final class ManifestReader {
    private static final Pattern TEMPLATE_LINE = Pattern.compile("^\\s*(-\\s+)?(\\S+:\\s+)?\\{[{%]");
    private static final Pattern TEMPLATE_USE =
            Pattern.compile("\\{\\{-?\\s*(\\.Values\\b|\\.Release\\b|\\.Chart\\b|include \")");

    private final InputStream standardInput;
    private final Problems problems;
    private final List<KubeObject> objects = new ArrayList<>();
    private final List<KubeObject> envelopes = new ArrayList<>();
    private final List<String> filesRead = new ArrayList<>();
    private final Set<String> argumentsWithFindings = new HashSet<>();

    private ManifestReader(InputStream standardInput, Problems problems) {
        this.standardInput = standardInput;
        this.problems = problems;
    }

    /**
     * Never throws for bad input: the caller looks into {@code problems}.
     *
     * @param arguments files, folders, {@code -} for standard input
     */
    public static ReadResult read(List<String> arguments, InputStream standardInput, Problems problems) {
        ManifestReader reader = new ManifestReader(standardInput, problems);
        List<Source> sources = ManifestFiles.find(arguments, problems);
        Set<String> argumentsWithObjects = new HashSet<>();
        for (Source source : sources) {
            int before = reader.objects.size() + reader.envelopes.size();
            reader.read(source);
            if (reader.objects.size() + reader.envelopes.size() > before) {
                argumentsWithObjects.add(source.argument());
            }
        }
        sources.stream().map(Source::argument).distinct().forEach(argument -> {
            if (!argumentsWithObjects.contains(argument) && !reader.argumentsWithFindings.contains(argument)) {
                problems.add(Problem.error(
                        Origin.file(argument),
                        "there is no Kubernetes object in it",
                        "objects with apiVersion and kind were expected",
                        "Give landfall the manifests that you give to kubectl apply."));
            }
        });
        return new ReadResult(reader.objects, reader.envelopes, reader.duplicates(), reader.filesRead);
    }

    private void read(Source source) {
        byte[] bytes;
        try {
            bytes = bytes(source);
        } catch (IOException e) {
            error(source, ManifestFiles.unreadable(source.shown(), e, "file"));
            return;
        } catch (ParseFailure e) {
            error(source, problem(source, e));
            return;
        }
        filesRead.add(source.file());
        try {
            readText(source, ManifestText.decode(bytes));
        } catch (ParseFailure e) {
            error(source, problem(source, e));
        }
    }

    private byte[] bytes(Source source) throws IOException, ParseFailure {
        Path path = source.path();
        if (path == null) {
            return bounded(standardInput);
        }
        if (Files.size(path) > Limits.MANIFEST_BYTES_MAX) {
            throw tooLarge();
        }
        try (InputStream in = Files.newInputStream(path)) {
            return bounded(in);
        }
    }

    private static byte[] bounded(InputStream in) throws IOException, ParseFailure {
        byte[] bytes = in.readNBytes((int) Limits.MANIFEST_BYTES_MAX + 1);
        if (bytes.length > Limits.MANIFEST_BYTES_MAX) {
            throw tooLarge();
        }
        return bytes;
    }

    private static ParseFailure tooLarge() {
        return new ParseFailure(
                0,
                0,
                "this is larger than " + (Limits.MANIFEST_BYTES_MAX >> 20) + " MB",
                "no manifest is; reading it could exhaust the machine",
                "Split it, or leave it out.");
    }

    private void readText(Source source, String text) {
        if (text.isBlank()) {
            problems.add(
                    source.named()
                            ? Problem.error(
                                    Origin.file(source.shown()),
                                    "this is empty",
                                    "Kubernetes objects were expected",
                                    "Give landfall the manifests that you give to kubectl apply.")
                            : Problem.warning(
                                    Origin.file(source.shown()), "this file is empty", "nothing was read from it", ""));
            argumentsWithFindings.add(source.argument());
            return;
        }
        ObjectFactory factory = new ObjectFactory(source.file(), source.named());
        int problemsBefore = problems.all().size();
        for (Document document : documents(source, text)) {
            factory.add(document);
        }
        if (problems.all().size() == problemsBefore
                && TEMPLATE_USE.matcher(text).find()) {
            problems.add(Problem.warning(
                    Origin.file(source.shown()),
                    "this looks like an unrendered Helm template",
                    "its {{ }} are taken as plain text",
                    "Run: helm template CHART | landfall plan -"));
        }
        objects.addAll(factory.objects());
        envelopes.addAll(factory.envelopes());
        report(source, factory);
    }

    private void report(Source source, ObjectFactory factory) {
        String name = source.file().substring(source.file().lastIndexOf('/') + 1);
        for (ObjectFactory.Finding finding : factory.findings()) {
            Origin origin = new Origin(source.shown(), finding.line());
            if (ManifestFiles.isKustomization(name)) {
                continue; // said when the file was found
            }
            if (ManifestFiles.isHelmValues(name) && factory.objects().isEmpty()) {
                problems.add(Problem.warning(
                        origin,
                        "this is a values file of Helm, not a Kubernetes object",
                        "landfall does not render charts",
                        "Run: helm template CHART -f " + source.shown() + " | landfall plan -"));
                argumentsWithFindings.add(source.argument());
            } else if (finding.isError()) {
                error(source, Problem.error(origin, finding.what(), finding.why(), finding.nextStep()));
            } else {
                problems.add(Problem.warning(origin, finding.what() + "; it is left out", finding.why(), ""));
            }
        }
    }

    /** What begins with a brace is JSON to kubectl, and YAML if that fails: JSON is stricter about its scalars. */
    private List<Document> documents(Source source, String text) {
        BiConsumer<String, Integer> duplicateKeys = (key, line) -> problems.add(Problem.warning(
                new Origin(source.shown(), line),
                "the key “" + key + "” stands twice in one map",
                "the last one wins, as with kubectl",
                "Remove the one that is not meant."));
        boolean isJsonFile = source.file().endsWith(".json");
        ParseFailure jsonFailure = null;
        if (isJsonFile || text.stripLeading().startsWith("{")) {
            List<Runnable> found = new ArrayList<>();
            try {
                List<Document> documents =
                        JsonDocuments.read(text, (key, line) -> found.add(() -> duplicateKeys.accept(key, line)));
                found.forEach(Runnable::run);
                return documents;
            } catch (ParseFailure e) {
                jsonFailure = e;
            }
        }
        List<ParseFailure> failures = new ArrayList<>();
        List<Document> documents = YamlDocuments.read(text, duplicateKeys, failures::add);
        if (jsonFailure != null && isJsonFile && !failures.isEmpty()) {
            error(source, problem(source, jsonFailure));
            return documents;
        }
        List<String> lines = failures.isEmpty() ? List.of() : text.lines().toList();
        failures.forEach(failure -> error(source, problem(source, asTemplate(failure, lines))));
        return documents;
    }

    /** A template that does not parse is named as one: its braces, not its indentation, are what is wrong. */
    private static ParseFailure asTemplate(ParseFailure failure, List<String> lines) {
        int start = failure.line();
        while (start > 1 && start <= lines.size() && !lines.get(start - 1).startsWith("---")) {
            start--;
        }
        int end = Math.min(failure.line(), lines.size());
        boolean isTemplate = start >= 1
                && end >= start
                && lines.subList(start - 1, end).stream()
                        .anyMatch(line -> TEMPLATE_LINE.matcher(line).find());
        if (!isTemplate) {
            return failure;
        }
        ParseFailure named = new ParseFailure(
                failure.line(),
                failure.column(),
                "this is an unrendered template and does not parse as YAML",
                "{{ }} and {% %} must be rendered before Kubernetes can read it",
                "Run: helm template CHART | landfall plan -");
        named.initCause(failure);
        return named;
    }

    private static Problem problem(Source source, ParseFailure failure) {
        return Problem.error(
                new Origin(source.shown(), failure.line()), failure.what(), failure.why(), failure.nextStep());
    }

    private void error(Source source, Problem problem) {
        problems.add(problem);
        argumentsWithFindings.add(source.argument());
    }

    private List<ReadResult.Duplicate> duplicates() {
        Map<String, List<KubeObject>> byId = new LinkedHashMap<>();
        objects.forEach(object ->
                byId.computeIfAbsent(object.id(), id -> new ArrayList<>()).add(object));
        return byId.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> new ReadResult.Duplicate(entry.getKey(), entry.getValue()))
                .toList();
    }
}
