package landfall.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.LandfallException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FolderSyncTest {
    @TempDir
    Path folder;

    private Path source;
    private Path target;
    private final List<Process> shells = new ArrayList<>();
    private final List<RemoteFolder> open = new ArrayList<>();

    @BeforeEach
    void makeFolders() throws IOException {
        source = Files.createDirectory(folder.resolve("the source"));
        target = Files.createDirectory(folder.resolve("target"));
    }

    @AfterEach
    void endShells() {
        open.forEach(RemoteFolder::close);
        shells.forEach(Process::destroyForcibly);
    }

    /** How bytes get to the target's shell. */
    enum Way {
        CLEAN,
        /** As docker does: the stream is cut at the detach keys. */
        DETACHES,
        /** A real terminal in between, cooked until the shell itself makes it raw. */
        TERMINAL
    }

    private record Channel(InputStream input, OutputStream output, Process process) implements Duplex {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private Duplex dial(List<String> argv, Way way) throws IOException {
        List<String> command = argv;
        if (way == Way.TERMINAL) {
            StringBuilder line = new StringBuilder();
            argv.forEach(
                    word -> line.append('\'').append(word.replace("'", "'\\''")).append("' "));
            command = List.of("script", "-qfec", line.toString(), "/dev/null");
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        shells.add(process);
        OutputStream out = process.getOutputStream();
        return new Channel(process.getInputStream(), way == Way.CLEAN ? out : new Detaching(out, process), process);
    }

    /** Cuts at the two bytes 0x10 0x11. */
    private static final class Detaching extends FilterOutputStream {
        private final Process process;
        private int last;

        Detaching(OutputStream out, Process process) {
            super(out);
            this.process = process;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                if (last == 0x10 && bytes[i] == 0x11) {
                    process.destroyForcibly();
                    throw new IOException("read escape sequence");
                }
                last = bytes[i];
            }
            out.write(bytes, offset, length);
            out.flush();
        }
    }

    private RemoteFolder remote(Path path, Way way) {
        RemoteFolder remote = new RemoteFolder(
                path.getFileName().toString(),
                path.toString(),
                way == Way.CLEAN,
                argv -> dial(argv, way),
                Duration.ofSeconds(20));
        open.add(remote);
        return remote;
    }

    private FolderSync sync(Way way) {
        return new FolderSync(remote(source, Way.CLEAN), remote(target, way), Events.NONE, folder.resolve("record"));
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                String name = root.relativize(path).toString();
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                contents.put(
                        name,
                        Files.isRegularFile(path)
                                ? mode
                                        + Files.getLastModifiedTime(path).toMillis() / 1000
                                        + java.util.HexFormat.of().formatHex(Files.readAllBytes(path))
                                : "folder");
            }
        }
        return contents;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void filesWithOddNamesAndAllBytesArriveExactly(Way way) throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                way != Way.TERMINAL || Files.exists(Path.of("/usr/bin/script")), "needs util-linux script");
        byte[] all = new byte[70_000];
        new Random(7).nextBytes(all);
        all[100] = 0x10;
        all[101] = 0x11;
        List<String> names = List.of(
                "plain.txt",
                "with space",
                "it's \"quoted\" $HOME `x`",
                "-leading dash",
                "ünïcödé ✓",
                "deep/er/file",
                " both ends ",
                "*",
                "#x",
                "empty",
                "a".repeat(240));
        for (String name : names) {
            write(source.resolve(name), name.equals("empty") ? new byte[0] : all);
        }
        Files.createDirectory(source.resolve("empty folder"));
        Files.setPosixFilePermissions(source.resolve("plain.txt"), PosixFilePermissions.fromString("rw-r-----"));
        FolderSync sync = sync(way);

        FolderSync.Pass pass = sync.pass();

        assertThat(pass.copied()).isEqualTo(names.size());
        assertThat(pass.clean()).isTrue();
        assertThat(contents(target)).isEqualTo(contents(source));
        assertThat(sync.verify().equal()).isTrue();
        assertThat(sync.pass().copied()).isZero();
    }

    @Test
    void aLargeFileIsStreamed() throws IOException {
        byte[] large = new byte[9_000_001];
        new Random(8).nextBytes(large);
        write(source.resolve("large"), large);
        assertThat(sync(Way.DETACHES).pass().bytes()).isEqualTo(large.length);
        assertThat(Files.mismatch(source.resolve("large"), target.resolve("large")))
                .isEqualTo(-1);
    }

    @Test
    void whatCannotBeCarriedExactlyIsNamed() throws IOException {
        write(source.resolve("fine"), new byte[1]);
        write(source.resolve("new\nline"), new byte[1]);
        write(source.resolve("back\\slash"), new byte[1]);
        Files.createSymbolicLink(source.resolve("link"), Path.of("fine"));
        RemoteFolder remote = remote(source, Way.CLEAN);
        assertThat(remote.list().files()).containsOnlyKeys("fine");
        assertThat(remote.preflight())
                .hasSize(3)
                .anyMatch(problem -> problem.what().contains("new?line"))
                .anyMatch(problem -> problem.what().contains("back\\slash"))
                .anyMatch(problem -> problem.what().contains("link"));
    }

    @Test
    void onlyWhatWasOnBothSidesAndIsUnchangedIsDeleted() throws IOException {
        write(source.resolve("kept"), new byte[] {1});
        write(source.resolve("removed"), new byte[] {2});
        write(source.resolve("removed but changed there"), new byte[] {3});
        write(target.resolve("theirs"), new byte[] {4});
        sync(Way.CLEAN).pass();
        Files.delete(source.resolve("removed"));
        Files.delete(source.resolve("removed but changed there"));
        write(target.resolve("removed but changed there"), new byte[] {5});

        // A new object stands for a new run: what was known is read from the record.
        FolderSync.Pass pass = sync(Way.CLEAN).pass();

        assertThat(pass.deleted()).isEqualTo(1);
        assertThat(contents(target)).containsOnlyKeys("", "kept", "removed but changed there", "theirs");
        assertThat(sync(Way.CLEAN).verify().extra()).containsExactly("removed but changed there", "theirs");
    }

    @Test
    void aFolderThatIsSuddenlyEmptyDeletesNothing() throws IOException {
        for (int i = 0; i < 12; i++) {
            write(source.resolve("f" + i), new byte[] {1});
        }
        sync(Way.CLEAN).pass();
        for (int i = 0; i < 12; i++) {
            Files.delete(source.resolve("f" + i));
        }
        assertThatThrownBy(() -> sync(Way.CLEAN).pass())
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("is empty");
        assertThat(target.resolve("f0")).exists();
    }

    @Test
    void aFolderThatIsNotThereIsAnErrorAndNoEmptyListing() {
        assertThatThrownBy(() -> remote(folder.resolve("nowhere"), Way.CLEAN).list())
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("no shell in");
    }

    @Test
    void aChangeOfSameSizeAndTimeInTheSameSecondIsSeen() throws IOException {
        FolderSync sync = sync(Way.CLEAN);
        for (byte i = 0; i < 5; i++) {
            write(source.resolve("same"), new byte[] {i});
            sync.pass();
            assertThat(Files.readAllBytes(target.resolve("same"))).containsExactly(i);
        }
    }

    @Test
    void killedAnywhereAndRunAgainItEndsRight() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            byte[] content = new byte[random.nextInt(20_000)];
            random.nextBytes(content);
            write(source.resolve("d" + i % 3 + "/file " + i), content);
        }
        for (int round = 0; round < 6; round++) {
            long delay = random.nextInt(150);
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(delay);
                    List.copyOf(shells).forEach(Process::destroyForcibly);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                sync(Way.DETACHES).pass();
            } catch (LandfallException killed) {
                assertThat(killed).hasMessageContaining("goes on");
            }
            killer.join();
            try (Stream<Path> visible = Files.walk(target)) {
                for (Path file : visible.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().contains(".landfall-incoming-"))
                        .toList()) {
                    assertThat(Files.mismatch(file, source.resolve(target.relativize(file))))
                            .isEqualTo(-1);
                }
            }
        }
        assertThat(sync(Way.CLEAN).pass().clean()).isTrue();
        write(source.resolve("one more"), new byte[1]);
        sync(Way.CLEAN).pass();
        assertThat(contents(target)).isEqualTo(contents(source));
    }

    @Test
    void aSilentShellIsAClearErrorAndTheNextOperationOpensAnother() throws IOException {
        write(source.resolve("a"), new byte[1]);
        boolean[] silent = {true};
        RemoteFolder remote = new RemoteFolder(
                "source",
                source.toString(),
                true,
                argv -> silent[0] ? dial(List.of("sleep", "60"), Way.CLEAN) : dial(argv, Way.CLEAN),
                Duration.ofMillis(300));
        open.add(remote);
        assertThatThrownBy(remote::list).isInstanceOf(LandfallException.class).hasMessageContaining("silent for");
        silent[0] = false;
        assertThat(remote.list().files()).containsOnlyKeys("a");
    }

    @Test
    void twoThousandFilesTakeAFewSecondsAndAnIdlePassIsShort() throws IOException {
        byte[] content = new byte[10_000];
        for (int i = 0; i < 2_000; i++) {
            content[0] = (byte) i;
            content[1] = (byte) (i >> 8);
            write(source.resolve("file" + i), content);
        }
        FolderSync sync = sync(Way.DETACHES);
        long start = System.nanoTime();
        assertThat(sync.pass().copied()).isEqualTo(2_000);
        long copy = (System.nanoTime() - start) / 1_000_000;
        sync.pass();
        start = System.nanoTime();
        assertThat(sync.pass().copied()).isZero();
        long idle = (System.nanoTime() - start) / 1_000_000;
        System.getLogger("test")
                .log(System.Logger.Level.INFO, "2,000 files: copy " + copy + " ms, idle " + idle + " ms");
        // Loose bounds: the machine may be busy. What they catch is a process per file.
        assertThat(copy).isLessThan(20_000);
        assertThat(idle).isLessThan(5_000);
    }
}
