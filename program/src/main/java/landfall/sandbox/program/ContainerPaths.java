package landfall.sandbox.program;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import landfall.sandbox.Containers;

/** A container's paths as folders of the sandbox (see {@link Containers#MOUNTS_VARIABLE}). */
final class ContainerPaths {
    private ContainerPaths() {}

    /** A path that no mount covers lies in the container's own folder, gone with it. */
    static Path resolve(String path) {
        Map<String, Path> mounts = new LinkedHashMap<>();
        String variable = System.getenv().getOrDefault(Containers.MOUNTS_VARIABLE, "");
        for (String mount : variable.split(";")) {
            int equals = mount.indexOf('=');
            if (equals > 0) {
                mounts.put(mount.substring(0, equals), Path.of(mount.substring(equals + 1)));
            }
        }
        String mapped = Containers.mapped(path, mounts);
        return mapped.equals(path) ? Path.of("." + path).toAbsolutePath().normalize() : Path.of(mapped);
    }
}
