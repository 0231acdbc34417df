package landfall.sandbox;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/** A server for tests: answers lines {@code ID}, {@code ENV name}, {@code SUM n} (then n bytes), {@code SEND n}, {@code WAIT ms}. */
public final class ClusterTestProgram {
    private ClusterTestProgram() {}

    public static void main(String[] words) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("SIGTERM seen");
            System.out.flush();
            try {
                Thread.sleep(Long.parseLong(System.getenv().getOrDefault("LINGER_MS", "0")));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(
                System.getenv(Containers.BIND_VARIABLE), Integer.parseInt(System.getenv("PORT"))));
        System.out.println("listening");
        while (true) {
            Socket socket = server.accept();
            Thread.ofVirtual().start(() -> serve(socket));
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            for (String line = line(in); line != null; line = line(in)) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "ID" -> say(out, System.getenv("HOSTNAME"));
                    case "ENV" -> say(out, String.valueOf(System.getenv(words[1])));
                    case "SUM" -> say(out, sum(in, Long.parseLong(words[1])));
                    case "WAIT" -> pause(Long.parseLong(words[1]));
                    case "SEND" -> send(out, Long.parseLong(words[1]));
                    default -> say(out, "what?");
                }
            }
        } catch (IOException e) {
            System.out.println("connection ended: " + e.getMessage());
        }
    }

    static @org.jspecify.annotations.Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private static void pause(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(OutputStream out, long length) throws IOException {
        Random random = new Random(7);
        byte[] buffer = new byte[64 << 10];
        for (long left = length; left > 0; ) {
            random.nextBytes(buffer);
            int n = (int) Math.min(left, buffer.length);
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    static String sum(InputStream in, long length) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 << 10];
            for (long left = length; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new IOException(left + " bytes are missing");
                }
                digest.update(buffer, 0, n);
                left -= n;
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
