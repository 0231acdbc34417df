package landfall.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import landfall.sandbox.program.Json;

/**
 * The users of the demo, in a process of their own: writers of numbered rows, writers of uploads, and a prober, all
 * through one public address for the whole time. A number is used once; what was acknowledged is written down before the
 * next one. Standard input takes {@code phase NAME} lines; its end stops the users.
 */
public final class DemoTraffic {
    static final String ACKNOWLEDGED = "acknowledged";
    static final String FAILED = "failed.tsv";
    private static final int ROW_WRITERS = 4;
    private static final int UPLOAD_WRITERS = 2;
    private static final long ROW_PAUSE_MILLIS = 10;
    private static final long UPLOAD_PAUSE_MILLIS = 100;
    private static final long PROBE_PAUSE_MILLIS = 20;

    private final URI address;
    private final Path folder;
    private final String name;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong phaseLongest = new AtomicLong();
    private final AtomicLong longestWrite = new AtomicLong();
    private volatile String phase = "before";
    private volatile boolean stopping;

    DemoTraffic(URI address, Path folder, String name) {
        this.address = address;
        this.folder = folder;
        this.name = name;
    }

    /** @param words the service's address, the folder for what was acknowledged, and a name for the writers */
    public static void main(String[] words) throws Exception {
        DemoTraffic traffic = new DemoTraffic(URI.create(words[0]), Path.of(words[1]), words[2]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Thread> users = traffic.start();
        Thread teller = Thread.ofVirtual().start(() -> traffic.tell(out));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("phase ")) {
                    traffic.phase(line.substring(6));
                }
            }
        }
        traffic.stopping = true;
        for (Thread user : users) {
            user.join();
        }
        teller.interrupt();
        teller.join();
        out.println(Json.write(traffic.figures()));
    }

    List<Thread> start() throws IOException {
        Files.createDirectories(folder);
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < ROW_WRITERS; i++) {
            String writer = name + "-row-" + i;
            users.add(Thread.ofVirtual().start(() -> write(writer, ROW_PAUSE_MILLIS, this::row)));
        }
        for (int i = 0; i < UPLOAD_WRITERS; i++) {
            String writer = name + "-upload-" + i;
            users.add(Thread.ofVirtual().start(() -> write(writer, UPLOAD_PAUSE_MILLIS, this::upload)));
        }
        users.add(Thread.ofVirtual().start(this::probe));
        return users;
    }

    private void phase(String next) {
        phase = next;
        phaseLongest.set(0);
    }

    private void tell(PrintStream out) {
        try {
            while (true) {
                Thread.sleep(250);
                out.println(Json.write(figures()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("event", "traffic");
        figures.put("phase", phase);
        figures.put("acknowledged", acknowledged.get());
        figures.put("failedRequests", failed.get());
        figures.put("longestWaitMs", longest.get());
        figures.put("phaseLongestWaitMs", phaseLongest.get());
        figures.put("longestWriteMs", longestWrite.get());
        return figures;
    }

    /** One numbered write; the line to keep, if it was acknowledged. */
    @FunctionalInterface
    private interface Write {
        String send(DemoConnection connection, String writer, long number) throws IOException;
    }

    private void write(String writer, long pause, Write write) {
        Path file = folder.resolve(ACKNOWLEDGED + "-" + writer + ".tsv");
        try (DemoConnection connection = new DemoConnection(address);
                var kept = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long number = 1; !stopping; number++) {
                long start = System.nanoTime();
                try {
                    String line = write.send(connection, writer, number);
                    kept.write(line);
                    kept.newLine();
                    kept.flush();
                    acknowledged.incrementAndGet();
                } catch (IOException e) {
                    fail(writer + " " + number, e);
                }
                waited(longestWrite, start);
                Thread.sleep(pause);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String row(DemoConnection connection, String writer, long number) throws IOException {
        Map<String, Object> entry = Map.of("writer", writer, "number", number, "text", "entry " + number);
        Map<?, ?> answer = acknowledged(connection.send(
                "POST",
                "/entries",
                "Content-Type: application/json\r\n",
                Json.write(entry).getBytes(StandardCharsets.UTF_8)));
        return "row\t" + writer + "\t" + number + "\t" + answer.get("accepted_by");
    }

    private String upload(DemoConnection connection, String writer, long number) throws IOException {
        byte[] content = content(writer + number, 3_000);
        Map<?, ?> answer = acknowledged(
                connection.send("POST", "/storage", "X-File-Name: " + writer + "-" + number + ".bin\r\n", content));
        String sum = sha256(content);
        if (!sum.equals(answer.get("checksum"))) {
            throw new IOException("the upload arrived changed");
        }
        return "upload\t" + answer.get("id") + "\t" + answer.get("url") + "\t" + sum + "\t" + answer.get("accepted_by");
    }

    static byte[] content(String seed, int size) {
        byte[] content = new byte[size];
        new Random(seed.hashCode()).nextBytes(content);
        return content;
    }

    static String sha256(byte[] content) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static Map<?, ?> acknowledged(DemoConnection.Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw new IOException("status " + answer.status() + " " + answer.body());
        }
        try {
            return Json.parseObject(answer.body());
        } catch (IllegalArgumentException e) {
            throw new IOException("not the service's answer: " + answer.body(), e);
        }
    }

    private void waited(AtomicLong longestOfKind, long start) {
        long millis = (System.nanoTime() - start) / 1_000_000;
        longestOfKind.accumulateAndGet(millis, Math::max);
        phaseLongest.accumulateAndGet(millis, Math::max);
    }

    private void probe() {
        try (DemoConnection connection = new DemoConnection(address)) {
            for (long number = 1; !stopping; number++) {
                long start = System.nanoTime();
                try {
                    DemoConnection.Answer answer = connection.send("GET", "/avatars", "", new byte[0]);
                    if (answer.status() / 100 != 2) {
                        throw new IOException("status " + answer.status() + " " + answer.body());
                    }
                } catch (IOException e) {
                    fail("prober " + number, e);
                }
                waited(longest, start);
                Thread.sleep(PROBE_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(String request, IOException why) throws InterruptedException {
        failed.incrementAndGet();
        String message = String.valueOf(why.getMessage()).replaceAll("\\s+", " ");
        String line = java.time.Instant.now() + "\t" + phase + "\t" + request + "\t"
                + why.getClass().getSimpleName() + ": " + message + "\n";
        try {
            synchronized (this) {
                Files.writeString(folder.resolve(FAILED), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A user whose request failed doesn't hammer on.
        Thread.sleep(100);
    }
}
