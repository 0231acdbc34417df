package landfall.sandbox.program;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import landfall.sandbox.Containers;

/** Stands for Redis: strings with expiry over RESP, in memory, with a password if one is set. */
public final class RedisServer {
    private static final String OK = "+OK\r\n";

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final String password;

    private RedisServer(String password) {
        this.password = password;
    }

    /** @param expires in milliseconds of the clock, or {@code Long.MAX_VALUE} */
    private record Entry(String value, long expires) {
        boolean alive() {
            return System.currentTimeMillis() < expires;
        }
    }

    public static void main(String[] words) throws IOException {
        Map<String, String> env = System.getenv();
        String password = env.getOrDefault("REDIS_PASSWORD", "");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("--requirepass")) {
                password = words[i + 1];
            }
        }
        RedisServer redis = new RedisServer(password);
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(
                    env.getOrDefault(Containers.BIND_VARIABLE, "127.0.0.1"),
                    Integer.parseInt(env.getOrDefault("PORT", "6379"))));
            Log.line("Ready to accept connections on " + server.getLocalSocketAddress());
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> redis.serve(client));
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            boolean known = password.isEmpty();
            while (true) {
                List<String> command = command(in);
                String name = command.isEmpty() ? "" : command.getFirst().toUpperCase(Locale.ROOT);
                String answer;
                if (name.equals("AUTH")) {
                    known = command.getLast().equals(password);
                    answer = known ? OK : "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
                } else if (!known && !name.equals("QUIT")) {
                    answer = "-NOAUTH Authentication required.\r\n";
                } else {
                    answer = answer(name, command);
                }
                out.write(answer.getBytes(StandardCharsets.UTF_8));
                if (name.equals("QUIT")) {
                    return;
                }
            }
        } catch (EOFException e) {
            // The client left.
        } catch (IOException | NumberFormatException e) {
            Log.line("connection ended: " + e.getMessage());
        }
    }

    private String answer(String name, List<String> command) {
        int words = command.size();
        return switch (name) {
            case "PING" -> words > 1 ? bulk(command.get(1)) : "+PONG\r\n";
            case "SELECT", "QUIT", "CLIENT" -> OK;
            case "INFO" -> bulk("# Server\r\nredis_version:7.0.0\r\n# Keyspace\r\ndb0:keys=" + size() + "\r\n");
            case "DBSIZE" -> ":" + size() + "\r\n";
            case "FLUSHALL" -> {
                entries.clear();
                yield OK;
            }
            case "GET", "TTL", "EXISTS", "DEL" -> words == 2 ? one(name, command.get(1)) : wrongCount(name);
            case "EXPIRE" -> words == 3 ? expire(command.get(1), Long.parseLong(command.get(2))) : wrongCount(name);
            case "SET" -> set(command);
            case "SETEX" -> {
                if (words != 4) {
                    yield wrongCount(name);
                }
                entries.put(command.get(1), new Entry(command.get(3), after(Long.parseLong(command.get(2)))));
                yield OK;
            }
            default -> "-ERR unknown command '" + name + "'\r\n";
        };
    }

    private long size() {
        entries.values().removeIf(entry -> !entry.alive());
        return entries.size();
    }

    private String set(List<String> command) {
        if (command.size() == 3) {
            entries.put(command.get(1), new Entry(command.get(2), Long.MAX_VALUE));
            return OK;
        }
        if (command.size() == 5 && command.get(3).equalsIgnoreCase("EX")) {
            entries.put(command.get(1), new Entry(command.get(2), after(Long.parseLong(command.get(4)))));
            return OK;
        }
        return "-ERR syntax error\r\n";
    }

    private String one(String name, String key) {
        Entry entry = entries.get(key);
        boolean alive = entry != null && entry.alive();
        if (entry == null || !alive) {
            entries.remove(key);
            return switch (name) {
                case "GET" -> "$-1\r\n";
                case "TTL" -> ":-2\r\n";
                default -> ":0\r\n";
            };
        }
        return switch (name) {
            case "GET" -> bulk(entry.value());
            case "TTL" ->
                entry.expires() == Long.MAX_VALUE
                        ? ":-1\r\n"
                        : ":" + (entry.expires() - System.currentTimeMillis() + 999) / 1000 + "\r\n";
            case "DEL" -> {
                entries.remove(key);
                yield ":1\r\n";
            }
            default -> ":1\r\n";
        };
    }

    private String expire(String key, long seconds) {
        Entry changed = entries.computeIfPresent(key, (same, entry) -> new Entry(entry.value(), after(seconds)));
        return changed == null ? ":0\r\n" : ":1\r\n";
    }

    private static long after(long seconds) {
        return System.currentTimeMillis() + seconds * 1000;
    }

    private static String wrongCount(String name) {
        return "-ERR wrong number of arguments for '" + name + "' command\r\n";
    }

    private static String bulk(String value) {
        return "$" + value.getBytes(StandardCharsets.UTF_8).length + "\r\n" + value + "\r\n";
    }

    private static List<String> command(InputStream in) throws IOException {
        String first = line(in);
        if (!first.startsWith("*")) {
            return List.of(first.strip().split(" +"));
        }
        int count = Integer.parseInt(first.substring(1));
        if (count < 0 || count > 1024) {
            throw new IOException("a command of " + count + " words");
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = Integer.parseInt(line(in).substring(1));
            if (length < 0 || length > 16 << 20) {
                throw new IOException("a word of " + length + " bytes");
            }
            byte[] word = in.readNBytes(length);
            if (word.length < length) {
                throw new EOFException();
            }
            words.add(new String(word, StandardCharsets.UTF_8));
            line(in);
        }
        return words;
    }

    /** A line without its end. */
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        return line.toString();
    }
}
