package landfall.dokku;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.ignore.IgnoreNode;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;

/**
 * An app's folder as one git commit without a parent, in memory. Names, contents, executable bits and links make it, no
 * times and no owners: the same folder is the same commit on every machine, so that the host knows whether it has it.
 * What {@code .gitignore} names is left out, as {@code git add} does, and the folder's own {@code .git} as well.
 */
public final class AppCommit implements AutoCloseable {
    static final String AUTHOR = "landfall@localhost";
    private static final PersonIdent IDENTITY =
            new PersonIdent("Landfall", AUTHOR, Instant.parse("2000-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final String MESSAGE = "The app's folder, as Landfall sent it\n";

    private final InMemoryRepository repository;
    private final ObjectId tree;
    private final ObjectId id;

    private AppCommit(InMemoryRepository repository, ObjectId tree, ObjectId id) {
        this.repository = repository;
        this.tree = tree;
        this.id = id;
    }

    /** @throws LandfallException (bad input) naming what a commit can't hold or must not */
    public static AppCommit of(Path folder) {
        InMemoryRepository repository = new InMemoryRepository(new DfsRepositoryDescription("app"));
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            DirCache index = DirCache.newInCore();
            DirCacheBuilder builder = index.builder();
            Walk walk = new Walk(folder, folder.toRealPath(), inserter, builder);
            walk.folder(folder, "", List.of());
            if (walk.files == 0) {
                throw refused(folder, "it holds no file to deploy");
            }
            builder.finish();
            ObjectId tree = index.writeTree(inserter);
            CommitBuilder commit = new CommitBuilder();
            commit.setTreeId(tree);
            commit.setAuthor(IDENTITY);
            commit.setCommitter(IDENTITY);
            commit.setMessage(MESSAGE);
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            return new AppCommit(repository, tree, id);
        } catch (IOException e) {
            repository.close();
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(folder.toString()),
                            "the app's folder cannot be read",
                            String.valueOf(e.getMessage()),
                            "Check that it exists and that you may read it, or run `landfall plan` again."),
                    e);
        } catch (RuntimeException e) {
            repository.close();
            throw e;
        }
    }

    /** The commit's name, 40 hexadecimal digits, as {@code git:report APP --git-sha} shows it once it is deployed. */
    public String id() {
        return id.name();
    }

    ObjectId commit() {
        return id;
    }

    ObjectId tree() {
        return tree;
    }

    Repository repository() {
        return repository;
    }

    @Override
    public void close() {
        repository.close();
    }

    /** Goes through the folder and makes an object of each file. */
    private static final class Walk {
        private final Path top;
        private final Path realTop;
        private final ObjectInserter inserter;
        private final DirCacheBuilder builder;
        private int files;
        private long bytes;

        Walk(Path top, Path realTop, ObjectInserter inserter, DirCacheBuilder builder) {
            this.top = top;
            this.realTop = realTop;
            this.inserter = inserter;
            this.builder = builder;
        }

        private record Ignore(String below, IgnoreNode rules) {}

        void folder(Path folder, String prefix, List<Ignore> outer) throws IOException {
            List<Ignore> ignores = outer;
            Path ignoreFile = folder.resolve(Constants.DOT_GIT_IGNORE);
            if (Files.isRegularFile(ignoreFile)) {
                IgnoreNode rules = new IgnoreNode();
                try (var content = Files.newInputStream(ignoreFile)) {
                    rules.parse(content);
                }
                ignores = new ArrayList<>(outer);
                ignores.add(new Ignore(prefix, rules));
            }
            List<Path> children;
            try (Stream<Path> listed = Files.list(folder)) {
                children = listed.sorted().toList();
            }
            for (Path child : children) {
                String name = prefix + child.getFileName();
                boolean isFolder = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
                if (name.equals(Constants.DOT_GIT) || ignored(name, isFolder, ignores)) {
                    continue;
                }
                if (isFolder) {
                    folder(child, name + "/", ignores);
                } else {
                    entry(child, name);
                }
            }
        }

        /** As git has it: the innermost .gitignore that says something about a name decides. */
        private static boolean ignored(String name, boolean isFolder, List<Ignore> ignores) {
            for (Ignore ignore : ignores.reversed()) {
                Boolean verdict = ignore.rules()
                        .checkIgnored(name.substring(ignore.below().length()), isFolder);
                if (verdict != null) {
                    return verdict;
                }
            }
            return false;
        }

        private void entry(Path file, String name) throws IOException {
            DirCacheEntry entry;
            try {
                entry = new DirCacheEntry(name);
            } catch (IllegalArgumentException e) {
                throw refused(file, "git takes no such name (" + e.getMessage() + ")");
            }
            if (Files.isSymbolicLink(file)) {
                entry.setFileMode(FileMode.SYMLINK);
                entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, Constants.encode(link(file))));
            } else if (Files.isRegularFile(file)) {
                byte[] content = content(file);
                entry.setFileMode(Files.isExecutable(file) ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE);
                entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, content));
            } else {
                throw refused(file, "it is neither a file, nor a folder, nor a link");
            }
            files++;
            builder.add(entry);
        }

        /** The commit is made in memory: a folder that would fill it is refused before it is read. */
        private byte[] content(Path file) throws IOException {
            bytes += Files.size(file);
            if (bytes > Limits.APP_FOLDER_BYTES_MAX) {
                throw refused(
                        top,
                        "its files are larger than " + (Limits.APP_FOLDER_BYTES_MAX >> 20)
                                + " MiB together; put large files into an image or a storage entry, or name them in"
                                + " .gitignore");
            }
            return Files.readAllBytes(file);
        }

        private String link(Path file) throws IOException {
            Path target = Files.readSymbolicLink(file);
            Path real = file.resolveSibling(target).normalize();
            boolean leaves = target.isAbsolute()
                    || !real.startsWith(top.normalize())
                    || (Files.exists(file) && !file.toRealPath().startsWith(realTop));
            if (leaves) {
                throw refused(file, "the link leads to " + target + ", out of the app's folder");
            }
            return target.toString();
        }
    }

    private static LandfallException refused(Path file, String why) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        Origin.file(file.toString()),
                        "cannot be sent to the Dokku host",
                        why,
                        "Change the app's folder and run the same command again."));
    }
}
