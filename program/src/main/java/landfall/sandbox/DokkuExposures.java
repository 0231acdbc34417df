package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** {@code postgres:expose}, {@code objects:expose} and {@code unexpose}: ports of the host that lead to a service. */
final class DokkuExposures {
    private static final Map<String, Integer> PORTS = Map.of("postgres", 5432, DokkuObjects.KIND, ObjectsServer.PORT);

    private final DokkuHost host;
    private final Map<String, TcpForwarder> doors = new ConcurrentHashMap<>();

    DokkuExposures(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands, DokkuServices services) {
        for (String kind : PORTS.keySet()) {
            commands.put(kind + ":expose", call -> expose(call, services));
            commands.put(kind + ":unexpose", call -> unexpose(call, services));
        }
    }

    private int expose(DokkuCall call, DokkuServices services) throws IOException, DokkuFailure {
        String name = services.name(call);
        String kind = DokkuServices.kind(call);
        int own = PORTS.getOrDefault(kind, 0);
        List<String> given = call.arguments().stream().skip(1).toList();
        if (given.size() > 1) {
            throw DokkuFailure.refused("1 ports to be exposed need to be provided in the following order: " + own);
        }
        String scope = DokkuServices.scope(kind, name);
        String before = host.store().get(scope, "exposed");
        if (!before.isEmpty()) {
            throw DokkuFailure.refused(
                    "Service " + name + " already exposed on port(s) " + before.substring(before.indexOf("->") + 2));
        }
        String wanted = given.isEmpty() ? String.valueOf(free()) : given.getFirst();
        String port = wanted.substring(wanted.lastIndexOf(':') + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new DokkuFailure(125, "docker: Invalid hostPort: " + port + ".\nSee 'docker run --help'.\n");
        }
        host.store().set(scope, "exposed", own + "->" + wanted);
        open(kind, name, services.backend(kind, name));
        call.heading("-----> Service " + name + " exposed on port(s) [container->host]: " + own + "->" + wanted + " ");
        return 0;
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private int unexpose(DokkuCall call, DokkuServices services) throws IOException, DokkuFailure {
        String name = services.name(call);
        String kind = DokkuServices.kind(call);
        close(kind, name);
        host.store().set(DokkuServices.scope(kind, name), "exposed", "");
        call.heading("-----> Service " + name + " unexposed");
        return 0;
    }

    /** Opens the port that the service has, if it has one. */
    void open(String kind, String name, InetSocketAddress server) throws IOException {
        String exposed = host.store().get(DokkuServices.scope(kind, name), "exposed");
        if (!exposed.isEmpty()) {
            int port = Integer.parseInt(exposed.replaceFirst(".*[>:]", ""));
            doors.put(
                    kind + "/" + name,
                    new TcpForwarder(
                            host.addresses().dokkuHost(), Addresses.listenPort(port), () -> Optional.of(server)));
        }
    }

    void close(String kind, String name) throws IOException {
        close(kind + "/" + name);
    }

    private void close(String key) throws IOException {
        TcpForwarder door = doors.remove(key);
        if (door != null) {
            door.close();
        }
    }

    void closeAll() {
        for (String name : List.copyOf(doors.keySet())) {
            try {
                close(name);
            } catch (IOException e) {
                host.log("the port of " + name + " did not close: " + e.getMessage());
            }
        }
    }
}
