package landfall.objects.admin;

import java.util.ArrayList;
import java.util.List;
import landfall.objects.user.Secret;
import landfall.objects.user.User;
import landfall.objects.user.UserFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Users as JSON, both ways, and what the admin side changes in them. */
final class UserJson {
    private UserJson() {}

    static List<User.AccessKey> appended(List<User.AccessKey> keys, User.AccessKey key) {
        List<User.AccessKey> more = new ArrayList<>(keys);
        more.add(key);
        return more;
    }

    static User withKeys(User user, List<User.AccessKey> keys) {
        return new User(
                user.name(),
                user.canonicalId(),
                user.displayName(),
                user.email(),
                user.administrator(),
                user.mayCreateBuckets(),
                keys,
                user.grants());
    }

    static User withGrants(User user, List<User.Grant> grants) {
        return new User(
                user.name(),
                user.canonicalId(),
                user.displayName(),
                user.email(),
                user.administrator(),
                user.mayCreateBuckets(),
                user.keys(),
                grants);
    }

    /** @throws AdminException 400 if a grant is neither read nor read-write */
    static UserFile.NewUser newUser(JsonNode body) {
        List<User.AccessKey> keys = new ArrayList<>();
        String id = AdminHandler.text(body, "accessKeyId", "");
        if (!id.isEmpty()) {
            keys.add(new User.AccessKey(id, Secret.of(AdminHandler.text(body, "secretAccessKey", ""))));
        }
        return new UserFile.NewUser(
                AdminHandler.text(body, "name", ""),
                AdminHandler.text(body, "displayName", ""),
                AdminHandler.text(body, "email", ""),
                body.path("administrator").asBoolean(false),
                body.path("mayCreateBuckets").asBoolean(false),
                keys,
                grants(body.path("grants")));
    }

    /** @throws AdminException 400 if a grant is neither read nor read-write */
    static List<User.Grant> grants(JsonNode list) {
        List<User.Grant> grants = new ArrayList<>();
        for (JsonNode each : list) {
            grants.add(
                    switch (AdminHandler.text(each, "access", "")) {
                        case "read" -> new User.Grant(AdminHandler.text(each, "bucket", ""), User.Access.READ);
                        case "read-write" ->
                            new User.Grant(AdminHandler.text(each, "bucket", ""), User.Access.READ_WRITE);
                        default -> throw new AdminException(400, "a grant's access is read or read-write: " + each);
                    });
        }
        return grants;
    }

    /** The user as the admin side answers; secret keys only if {@code secrets}. */
    static ObjectNode shown(User user, boolean secrets) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", user.name());
        node.put("canonicalId", user.canonicalId());
        node.put("displayName", user.displayName());
        node.put("administrator", user.administrator());
        node.put("mayCreateBuckets", user.mayCreateBuckets());
        ArrayNode keys = node.putArray("keys");
        for (User.AccessKey key : user.keys()) {
            ObjectNode each = keys.addObject().put("accessKeyId", key.id());
            if (secrets) {
                each.put("secretAccessKey", key.secret().reveal());
            }
        }
        ArrayNode grants = node.putArray("grants");
        for (User.Grant grant : user.grants()) {
            grants.addObject()
                    .put("bucket", grant.bucket())
                    .put("access", grant.access() == User.Access.READ ? "read" : "read-write");
        }
        return node;
    }
}
