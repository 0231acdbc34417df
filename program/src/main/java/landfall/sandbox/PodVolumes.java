package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The folders that stand for a pod's volumes; those of claims outlive the pod. */
final class PodVolumes {
    private final ApiStore store;
    private final ObjectNode pod;
    private final Path folder;

    PodVolumes(ApiStore store, ObjectNode pod, Path folder) {
        this.store = store;
        this.pod = pod;
        this.folder = folder;
    }

    static Path claimFolder(Path folder, String namespace, String claim) {
        return folder.resolve("volumes").resolve(namespace).resolve(claim);
    }

    Path own() {
        return folder.resolve("pods").resolve(ApiJson.text(pod, "metadata", "uid"));
    }

    Map<String, Path> mounts(JsonNode container) throws PodTrouble, IOException {
        Map<String, Path> mounts = new LinkedHashMap<>();
        for (JsonNode mount : container.path("volumeMounts").values()) {
            String name = ApiJson.text(mount, "name");
            JsonNode volume = ApiJson.at(pod, "spec", "volumes")
                    .valueStream()
                    .filter(candidate -> ApiJson.text(candidate, "name").equals(name))
                    .findFirst()
                    .orElseThrow(() -> new PodTrouble("FailedMount", "no volume " + name));
            Path source = source(volume, name);
            String sub = ApiJson.text(mount, "subPath");
            Path place = sub.isEmpty() ? source : source.resolve(sub).normalize();
            if (!place.startsWith(source)) {
                throw new PodTrouble("FailedMount", "subPath " + sub + " leaves the volume");
            }
            mounts.put(ApiJson.text(mount, "mountPath").replaceFirst("(?<=.)/+$", ""), place);
        }
        return mounts;
    }

    private Path source(JsonNode volume, String name) throws PodTrouble, IOException {
        if (volume.has("persistentVolumeClaim")) {
            String claim = ApiJson.text(volume, "persistentVolumeClaim", "claimName");
            if (store.find(ApiResource.CLAIMS, ApiJson.namespace(pod), claim).isEmpty()) {
                throw new PodTrouble("FailedScheduling", "persistentvolumeclaim \"" + claim + "\" not found");
            }
            return Files.createDirectories(claimFolder(folder, ApiJson.namespace(pod), claim));
        }
        Path place = Files.createDirectories(own().resolve("volumes").resolve(name));
        if (volume.has("configMap")) {
            write(false, volume.path("configMap"), ApiJson.text(volume, "configMap", "name"), place);
        } else if (volume.has("secret")) {
            write(true, volume.path("secret"), ApiJson.text(volume, "secret", "secretName"), place);
        } else if (!volume.has("emptyDir")) {
            throw new PodTrouble("FailedMount", "the emulated cluster has no such volume: " + volume);
        }
        return place;
    }

    private void write(boolean secret, JsonNode source, String name, Path place) throws PodTrouble, IOException {
        Optional<ObjectNode> object =
                store.find(secret ? ApiResource.SECRETS : ApiResource.CONFIG_MAPS, ApiJson.namespace(pod), name);
        if (object.isEmpty()) {
            if (source.path("optional").asBoolean(false)) {
                return;
            }
            throw new PodTrouble("FailedMount", (secret ? "secret" : "configmap") + " \"" + name + "\" not found");
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        ApiJson.strings(object.get().path("data"))
                .forEach((key, value) -> files.put(
                        key, secret ? Base64.getDecoder().decode(value) : value.getBytes(StandardCharsets.UTF_8)));
        ApiJson.strings(object.get().path("binaryData"))
                .forEach((key, value) -> files.put(key, Base64.getDecoder().decode(value)));
        if (source.path("items").isEmpty()) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(place.resolve(file.getKey()), file.getValue());
            }
        }
        for (JsonNode item : source.path("items").values()) {
            byte[] content = files.get(ApiJson.text(item, "key"));
            if (content == null) {
                throw new PodTrouble("FailedMount", "no key " + ApiJson.text(item, "key") + " in " + name);
            }
            Path file = place.resolve(ApiJson.text(item, "path")).normalize();
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
    }
}
