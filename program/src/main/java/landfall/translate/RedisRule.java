package landfall.translate;

import java.util.Optional;

/** Redis and Valkey: a service of the same version; its data is made anew or stays where it is, by a decision. */
final class RedisRule {
    private static final String RULE = "Redis.";

    private RedisRule() {}

    /** True if the service is made: unless the user keeps it elsewhere. */
    static boolean isMade(Draft draft, ServiceDraft service) {
        String id = service.workload.object().name() + "-data";
        Optional<String> answer = draft.ask(
                id,
                "What " + service.workload.object().shortName()
                        + " holds (sessions, caches, queues) is not copied. Start with an empty one?",
                Draft.options(
                        "recreate",
                        "an empty service on Dokku: everybody logs in again, caches fill again, queued jobs are lost",
                        "keep-elsewhere",
                        "the apps keep the address they have; you see to it that the Dokku host reaches it"),
                service.container.at("image"));
        return answer.filter("keep-elsewhere"::equals).isEmpty();
    }

    static void apply(Draft draft, ServiceDraft service) {
        DatabaseRule.version(draft, service);
        DatabaseRule.workload(draft, service);
        DatabaseRule.environment(draft, service)
                .values()
                .forEach(variable -> variable.sources()
                        .forEach(leaf ->
                                leaf.satisfied(RULE + "env", "the plugin makes its own password and settings")));
        for (String words : java.util.List.of("command", "args")) {
            for (Field word : service.container.at(words).items()) {
                if (word.is("redis-server") || word.is("valkey-server")) {
                    word.satisfied(RULE + "args", "the plugin starts the same server");
                } else {
                    draft.refuse(
                            "setting-" + service.workload.object().name(),
                            "Redis is started with settings of its own, which Landfall doesn't hand to the plugin yet.",
                            RULE + "args",
                            "not carried",
                            word);
                }
            }
        }
        draft.lost(
                service.name,
                "what " + service.workload.object().shortName() + " holds is not copied",
                "switch when it hurts least: everybody logs in again");
    }

    static void keep(Draft draft, ServiceDraft service) {
        String id = service.workload.object().name() + "-data";
        MetadataRule.apply(service.workload);
        service.workload.at("metadata", "name").decision(RULE + "kept", id, "stays where it is");
        service.workload.at("spec").decision(RULE + "kept", id, "stays where it is");
        draft.changed(
                service.workload.object().name(),
                "it stays on the cluster; its address must be reachable from the Dokku host");
    }
}
