package landfall.move;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.files.FolderSync;
import landfall.files.RemoteFolder;
import landfall.kube.Cluster;
import landfall.postgres.Direction;
import landfall.recipe.MoveSettings;

/**
 * The storage of a move, each claim joined to its storage entry. The cluster's side is reached through a pod of our own
 * that does nothing but mount the claim, so that it can be read and written when no pod of the app runs.
 */
final class FilesLink implements AutoCloseable {
    private static final Duration POD_MAX = Duration.ofMinutes(2);

    private final Sides sides;
    private final Events events;
    private final List<Pair> pairs = new ArrayList<>();

    private record Pair(MoveSettings.Files files, RemoteFolder cluster, RemoteFolder dokku, Path record) {}

    private FilesLink(Sides sides, Events events) {
        this.sides = sides;
        this.events = events;
    }

    /** The apps must run on Dokku: their containers are the way to the storage there. */
    static FilesLink open(Sides sides, Events events) {
        FilesLink link = new FilesLink(sides, events);
        try {
            sides.settings().files().forEach(link::join);
            return link;
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private void join(MoveSettings.Files files) {
        MoveSettings.FilesSource source = files.source();
        String pod = podName(files);
        sides.cluster()
                .createFilesPod(
                        pod,
                        source.claim(),
                        source.workload(),
                        source.container(),
                        source.path(),
                        sides.settings().move());
        sides.cluster().awaitPodReady(pod, POD_MAX);
        RemoteFolder cluster = new RemoteFolder(
                "claim " + source.claim(),
                source.path(),
                true,
                argv -> sides.cluster().exec(pod, Cluster.FILES_CONTAINER, argv));
        RemoteFolder dokku = new RemoteFolder(
                "storage entry " + files.entry(),
                files.path(),
                false,
                argv -> sides.dokku().enter(files.app(), "web", argv));
        pairs.add(new Pair(files, cluster, dokku, sides.move().path().resolve(".files-" + files.entry() + ".json")));
    }

    static String podName(MoveSettings.Files files) {
        return "landfall-files-" + files.source().claim();
    }

    /** What cannot be carried exactly is named before the first file moves. */
    void preflight() {
        Problems problems = new Problems();
        pairs.forEach(pair -> pair.cluster().preflight().forEach(problems::add));
        problems.stopOnErrors(ExitCode.REFUSED);
    }

    /** One complete pass over every pair. */
    FolderSync.Pass pass(Direction direction) {
        FolderSync.Pass sum = new FolderSync.Pass(0, 0, 0, 0, 0, List.of());
        for (Pair pair : pairs) {
            FolderSync.Pass pass = sync(pair, direction).pass();
            List<String> refused = new ArrayList<>(sum.refused());
            refused.addAll(pass.refused());
            sum = new FolderSync.Pass(
                    sum.copied() + pass.copied(),
                    sum.bytes() + pass.bytes(),
                    sum.deleted() + pass.deleted(),
                    sum.pending() + pass.pending(),
                    sum.files() + pass.files(),
                    refused);
        }
        return sum;
    }

    /** @throws LandfallException (refused) unless the pass left both sides alike */
    FolderSync.Pass finalPass(Direction direction) {
        FolderSync.Pass pass = pass(direction);
        if (!pass.clean()) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "files are not alike on both sides",
                            pass.pending() + " still change, " + pass.refused().size() + " cannot be carried"
                                    + (pass.refused().isEmpty()
                                            ? ""
                                            : " (first: " + pass.refused().getFirst() + ")"),
                            "Rename or remove what cannot be carried, then run the same command again."));
        }
        return pass;
    }

    /** Every file of both sides by checksums computed now. */
    List<Problem> verify(Direction direction) {
        List<Problem> problems = new ArrayList<>();
        for (Pair pair : pairs) {
            FolderSync.Report report = sync(pair, direction).verify();
            report.missing().forEach(name -> problems.add(differs(pair, name, "is missing on the other side")));
            report.different().forEach(name -> problems.add(differs(pair, name, "differs on the other side")));
            report.refused().forEach(name -> problems.add(differs(pair, name, "cannot be carried exactly")));
        }
        return problems;
    }

    private static Problem differs(Pair pair, String name, String what) {
        return Problem.error(
                pair.files().entry() + ": " + name + " " + what, "", "`landfall sync` copies it; then verify again.");
    }

    private FolderSync sync(Pair pair, Direction direction) {
        return direction == Direction.FORWARD
                ? new FolderSync(pair.cluster(), pair.dokku(), events, pair.record())
                : new FolderSync(pair.dokku(), pair.cluster(), events, pair.record());
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    @Override
    public void close() {
        pairs.forEach(pair -> {
            pair.cluster().close();
            pair.dokku().close();
        });
    }
}
