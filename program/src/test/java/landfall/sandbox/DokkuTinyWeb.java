package landfall.sandbox;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A web program for deploy tests: answers with its TEXT, counts uploads, and dies when told to by CRASH. */
public final class DokkuTinyWeb {
    private static final String NOT_FOUND = """
            <HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>
            <BODY><H1>404 Not Found</H1>
            The requested URL was not found
            </BODY></HTML>
            """;

    private DokkuTinyWeb() {}

    public static void main(String[] words) throws Exception {
        if (System.getenv("CRASH") != null) {
            System.out.println("i will die");
            System.exit(1);
        }
        if (System.getenv("PORT") == null) {
            System.out.println("web starting on ");
            Thread.sleep(java.time.Duration.ofMinutes(10));
            return;
        }
        int port = Integer.parseInt(System.getenv("PORT"));
        // Before it listens: what a check that succeeds shows of its output must not depend on who is faster.
        System.out.println("web starting on " + port);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(System.getenv(Containers.BIND_VARIABLE), port), 1024);
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            long bytes = 0;
            byte[] buffer = new byte[64 << 10];
            for (int n = exchange.getRequestBody().read(buffer);
                    n >= 0;
                    n = exchange.getRequestBody().read(buffer)) {
                bytes += n;
            }
            String text = System.getenv("TEXT") + " " + bytes + " "
                    + exchange.getRequestHeaders().getFirst("X-Forwarded-For") + "\n";
            boolean missing = exchange.getRequestURI().getPath().matches("/bad|/nope");
            byte[] body = (missing ? NOT_FOUND : text).getBytes(StandardCharsets.UTF_8);
            int status = missing ? 404 : 200;
            // As busybox's httpd logs one that comes over Docker's bridge.
            System.out.println(
                    "[::ffff:172.17.0.1]:" + exchange.getRemoteAddress().getPort() + ": response:" + status);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
