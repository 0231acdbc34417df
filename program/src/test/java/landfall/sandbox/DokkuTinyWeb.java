package landfall.sandbox;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A web program for deploy tests: answers with its TEXT, counts uploads, and dies when told to by CRASH. */
public final class DokkuTinyWeb {
    private DokkuTinyWeb() {}

    public static void main(String[] words) throws Exception {
        if (System.getenv("CRASH") != null) {
            System.out.println("i will die");
            System.exit(1);
        }
        int port = Integer.parseInt(System.getenv("PORT"));
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
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(
                    exchange.getRequestURI().getPath().matches("/bad|/nope") ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        System.out.println("web starting on " + port);
    }
}
