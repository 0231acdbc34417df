package landfall.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** The bare git repository of one app: whatever is deployed is committed there first. */
final class DokkuRepository implements AutoCloseable {
    private static final String BRANCH_DEFAULT = "master";

    private final Repository repository;

    private DokkuRepository(Repository repository) {
        this.repository = repository;
    }

    /** Opens the app's repository and makes it if need be. */
    static DokkuRepository of(DokkuHost host, String app) throws IOException {
        Path folder = host.store().folder().resolve("apps").resolve(app).resolve("repository");
        Repository repository = new FileRepository(folder.toFile());
        if (!Files.exists(folder.resolve("HEAD"))) {
            Files.createDirectories(folder);
            repository.create(true);
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + BRANCH_DEFAULT);
        }
        return new DokkuRepository(repository);
    }

    /** The app's own deploy branch, the host's, or git's usual one. */
    static String deployBranch(DokkuHost host, String app) throws IOException {
        String own = host.store().get(DokkuHost.scope(app), "git.deploy-branch");
        String global = host.store().get("global", "git.deploy-branch");
        return !own.isEmpty() ? own : !global.isEmpty() ? global : BRANCH_DEFAULT;
    }

    Repository git() {
        return repository;
    }

    /**
     * What a deploy did to its branch.
     *
     * @param before null: there was no commit
     */
    record Update(String branch, @Nullable ObjectId before, ObjectId after) {}

    /** Commits a folder on top of the branch, as git:from-archive does; null if the branch has the same files. */
    @Nullable
    Update commit(String branch, Path folder) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.filter(Files::isRegularFile)
                    .forEach(file -> files.put(folder.relativize(file).toString(), file));
        }
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            DirCache index = DirCache.newInCore();
            DirCacheBuilder builder = index.builder();
            for (Map.Entry<String, Path> file : files.entrySet()) {
                DirCacheEntry entry = new DirCacheEntry(file.getKey());
                entry.setFileMode(
                        Files.isExecutable(file.getValue()) ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE);
                entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, Files.readAllBytes(file.getValue())));
                builder.add(entry);
            }
            builder.finish();
            return commit(branch, index.writeTree(inserter), inserter);
        }
    }

    /** Commits the Dockerfile that git:from-image writes; null if the branch has it already. */
    @Nullable
    Update commitImage(String branch, String image) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            DirCache index = DirCache.newInCore();
            DirCacheBuilder builder = index.builder();
            DirCacheEntry entry = new DirCacheEntry("Dockerfile");
            entry.setFileMode(FileMode.REGULAR_FILE);
            String text =
                    "FROM " + image + "\nLABEL com.dokku.docker-image-labeler/alternate-tags=[\\\"" + image + "\\\"]\n";
            entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8)));
            builder.add(entry);
            builder.finish();
            return commit(branch, index.writeTree(inserter), inserter);
        }
    }

    private @Nullable Update commit(String branch, ObjectId tree, ObjectInserter inserter) throws IOException {
        ObjectId tip = repository.resolve(Constants.R_HEADS + branch);
        if (tip != null && tree(tip).equals(tree)) {
            return null;
        }
        PersonIdent dokku = new PersonIdent("Dokku", "automated@dokku.sh", Instant.now(), ZoneOffset.UTC);
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setAuthor(dokku);
        commit.setCommitter(dokku);
        commit.setParentIds(tip == null ? List.of() : List.of(tip));
        commit.setMessage(
                tip == null
                        ? "Initial commit"
                        : "Automated commit @ " + Instant.now().getEpochSecond());
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        move(branch, id);
        return new Update(branch, tip, id);
    }

    private ObjectId tree(ObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.parseCommit(commit).getTree().getId();
        }
    }

    private void move(String branch, ObjectId commit) throws IOException {
        RefUpdate update = repository.updateRef(Constants.R_HEADS + branch);
        update.setNewObjectId(commit);
        demand(update.forceUpdate(), branch);
    }

    private static void demand(RefUpdate.Result result, String branch) throws IOException {
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            case NOT_ATTEMPTED,
                    LOCK_FAILURE,
                    REJECTED,
                    REJECTED_CURRENT_BRANCH,
                    REJECTED_MISSING_OBJECT,
                    REJECTED_OTHER_REASON,
                    IO_FAILURE,
                    RENAMED -> throw new IOException(branch + " of the app's repository was not moved: " + result);
        }
    }

    /** After a failed deploy the branch is where it was. */
    void undo(Update update) throws IOException {
        ObjectId tip = repository.resolve(Constants.R_HEADS + update.branch());
        ObjectId before = update.before();
        if (!update.after().equals(tip)) {
            return;
        }
        if (before != null) {
            move(update.branch(), before);
            return;
        }
        RefUpdate delete = repository.updateRef(Constants.R_HEADS + update.branch());
        delete.setForceUpdate(true);
        demand(delete.delete(), update.branch());
    }

    /** Writes a commit's files into an empty folder. */
    void checkOut(ObjectId commit, Path folder) throws IOException {
        try (TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(tree(commit));
            walk.setRecursive(true);
            while (walk.next()) {
                Path file = folder.resolve(walk.getPathString());
                Files.createDirectories(file.resolveSibling("."));
                FileMode mode = walk.getFileMode(0);
                if (mode.equals(FileMode.SYMLINK)) {
                    String target =
                            new String(repository.open(walk.getObjectId(0)).getBytes(), StandardCharsets.UTF_8);
                    Files.createSymbolicLink(file, Path.of(target));
                    continue;
                }
                try (OutputStream out = Files.newOutputStream(file)) {
                    repository.open(walk.getObjectId(0)).copyTo(out);
                }
                if (mode.equals(FileMode.EXECUTABLE_FILE) && !file.toFile().setExecutable(true)) {
                    throw new IOException("cannot make executable: " + file);
                }
            }
        }
    }

    @Override
    public void close() {
        repository.close();
    }
}
