import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints a recipe of 13 tasks for one app: {@code java bench/Recipe.java NAME}. */
final class Recipe {
    private Recipe() {}

    public static void main(String[] arguments) {
        String name = arguments[0];
        String variables = IntStream.range(0, 20)
                .mapToObj("          VAR_%1$02d: \"value number %1$d\"\n"::formatted)
                .collect(Collectors.joining());
        System.out.print("""
                - name: NAME
                  tasks:
                    - dokku_app: {app: NAME}
                    - dokku_config:
                        app: NAME
                        restart: false
                        config:
                VARIABLES    - dokku_domains: {app: NAME, domains: [NAME.example.com, www.NAME.example.com], state: set}
                    - dokku_ports: {app: NAME, port_mappings: [{scheme: http, host: 80, container: 5000}, {scheme: http, host: 8080, container: 5000}], state: set}
                    - dokku_storage_mount: {app: NAME, host_dir: /var/lib/dokku/data/storage/NAME, container_dir: /data}
                    - dokku_checks_toggle: {app: NAME, state: present}
                    - dokku_checks_property: {app: NAME, property: wait-to-retire, value: "30"}
                    - dokku_resource_limit: {app: NAME, resources: {memory: 512m, cpu: "1"}}
                    - dokku_resource_reserve: {app: NAME, resources: {memory: 256m}}
                    - dokku_ps_scale: {app: NAME, scale: {web: 1}, skip_deploy: true}
                    - dokku_nginx_property: {app: NAME, property: client-max-body-size, value: 50m}
                    - dokku_service_create: {service: postgres, name: NAME-db}
                    - dokku_service_link: {app: NAME, service: postgres, name: NAME-db}
                """.replace("VARIABLES", variables).replace("NAME", name));
    }
}
