package landfall.objects.s3;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import landfall.objects.user.User;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/**
 * An access control list: who was granted what ("Access control list (ACL) overview"). Kept as one line a grant,
 * {@code PERMISSION id=…} or {@code PERMISSION uri=…}.
 */
record Acl(List<Grant> grants) {
    static final String ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
    static final String AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    private static final String LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";
    private static final int GRANTS_MAX = 100;

    /** What may be done. */
    enum Permission {
        READ,
        WRITE,
        READ_ACP,
        WRITE_ACP,
        FULL_CONTROL
    }

    /** {@code grantee}: a canonical id, or a group's URI. */
    record Grant(Permission permission, String grantee) {
        boolean toGroup() {
            return grantee.startsWith("http");
        }
    }

    Acl {
        // Groups first, as S3 shows them.
        grants = grants.stream()
                .sorted(Comparator.comparingInt((Grant grant) -> grant.toGroup() ? 0 : 1))
                .toList();
    }

    static Acl ownedBy(String owner) {
        return new Acl(List.of(new Grant(Permission.FULL_CONTROL, owner)));
    }

    /** Of what {@link #text} wrote; null is private. */
    static Acl parse(@Nullable String text, String owner) {
        if (text == null) {
            return ownedBy(owner);
        }
        List<Grant> grants = new ArrayList<>();
        for (String line : text.split("\n")) {
            int space = line.indexOf(' ');
            if (space > 0) {
                grants.add(
                        new Grant(Permission.valueOf(line.substring(0, space)), line.substring(line.indexOf('=') + 1)));
            }
        }
        return new Acl(grants);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        grants.forEach(grant -> text.append(grant.permission())
                .append(grant.toGroup() ? " uri=" : " id=")
                .append(grant.grantee())
                .append('\n'));
        return text.toString();
    }

    /** Whether it lets the user (null: anybody) do it; {@code groups}: whether grants to groups count. */
    boolean allows(Permission wanted, @Nullable User user, boolean groups) {
        return grants.stream()
                .filter(grant -> grant.permission() == wanted || grant.permission() == Permission.FULL_CONTROL)
                .anyMatch(grant -> grant.toGroup()
                        ? groups
                                && (grant.grantee().equals(ALL_USERS)
                                        || (grant.grantee().equals(AUTHENTICATED_USERS) && user != null))
                        : user != null && grant.grantee().equals(user.canonicalId()));
    }

    boolean isPublic() {
        return grants.stream()
                .anyMatch(grant ->
                        grant.grantee().equals(ALL_USERS) || grant.grantee().equals(AUTHENTICATED_USERS));
    }

    /** A canned ACL. @throws S3Exception InvalidArgument for a name that there isn't */
    static Acl canned(String name, String owner, String bucketOwner) {
        List<Grant> grants = new ArrayList<>();
        grants.add(new Grant(Permission.FULL_CONTROL, owner));
        switch (name) {
            case "private", "aws-exec-read" -> {
                // the owner's alone
            }
            case "public-read" -> grants.add(new Grant(Permission.READ, ALL_USERS));
            case "public-read-write" -> {
                grants.add(new Grant(Permission.READ, ALL_USERS));
                grants.add(new Grant(Permission.WRITE, ALL_USERS));
            }
            case "authenticated-read" -> grants.add(new Grant(Permission.READ, AUTHENTICATED_USERS));
            case "bucket-owner-read" -> {
                if (!owner.equals(bucketOwner)) {
                    grants.add(new Grant(Permission.READ, bucketOwner));
                }
            }
            case "bucket-owner-full-control" -> {
                if (!owner.equals(bucketOwner)) {
                    grants.add(new Grant(Permission.FULL_CONTROL, bucketOwner));
                }
            }
            case "log-delivery-write" -> {
                grants.add(new Grant(Permission.WRITE, LOG_DELIVERY));
                grants.add(new Grant(Permission.READ_ACP, LOG_DELIVERY));
            }
            default ->
                throw new S3Exception(S3Error.InvalidArgument)
                        .with("ArgumentName", "x-amz-acl")
                        .with("ArgumentValue", name);
        }
        return new Acl(grants);
    }

    /**
     * What a request's {@code x-amz-acl} or {@code x-amz-grant-*} headers ask for; null if they ask for nothing.
     *
     * @throws S3Exception InvalidArgument, UnresolvableGrantByEmailAddress, InvalidRequest if both kinds are there
     */
    static @Nullable Acl ofHeaders(Call call, Users users, String owner, String bucketOwner) {
        String canned = call.header("x-amz-acl");
        Map<String, String> headers = call.headersWithPrefix("x-amz-grant-");
        if (canned != null && !canned.isEmpty()) {
            if (!headers.isEmpty()) {
                throw new S3Exception(
                        S3Error.InvalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed");
            }
            return canned(canned, owner, bucketOwner);
        }
        List<Grant> grants = new ArrayList<>();
        for (String name : List.of("read", "write", "read-acp", "write-acp", "full-control")) {
            String value = headers.get(name);
            if (value != null) {
                Permission permission =
                        Permission.valueOf(name.replace('-', '_').toUpperCase(Locale.ROOT));
                for (String each : value.split(",")) {
                    grants.add(new Grant(permission, grantee(each.strip(), users)));
                }
            }
        }
        return grants.isEmpty() ? null : new Acl(grants);
    }

    /** Of {@code id="…"}, {@code uri="…"} or {@code emailAddress="…"}. */
    private static String grantee(String text, Users users) {
        int equals = text.indexOf('=');
        String kind = equals < 0 ? "" : text.substring(0, equals).strip();
        String value = equals < 0 ? text : Headers.unquoted(text.substring(equals + 1));
        return switch (kind) {
            case "id" -> known(value, users);
            case "uri" -> group(value);
            case "emailAddress" -> byEmail(value, users);
            default ->
                throw new S3Exception(S3Error.InvalidArgument, "Argument format not recognized")
                        .with("ArgumentName", "x-amz-grant")
                        .with("ArgumentValue", text);
        };
    }

    private static String known(String id, Users users) {
        if (users.byCanonicalId(id).isEmpty()) {
            throw new S3Exception(S3Error.InvalidArgument, "Invalid id")
                    .with("ArgumentName", "CanonicalUser/ID")
                    .with("ArgumentValue", id);
        }
        return id;
    }

    private static String group(String uri) {
        if (!List.of(ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY).contains(uri)) {
            throw new S3Exception(S3Error.InvalidArgument, "Invalid group uri")
                    .with("ArgumentName", "uri")
                    .with("ArgumentValue", uri);
        }
        return uri;
    }

    private static String byEmail(String email, Users users) {
        return users.byEmail(email)
                .map(User::canonicalId)
                .orElseThrow(() -> new S3Exception(S3Error.UnresolvableGrantByEmailAddress));
    }

    /** Of an AccessControlPolicy document. @throws S3Exception MalformedACLError and those of {@link #ofHeaders} */
    static Acl ofXml(byte[] body, Users users, String owner) {
        Xml.Element policy = Xml.read(body, "AccessControlPolicy");
        Xml.Element stated = policy.child("Owner");
        Xml.Element list = policy.child("AccessControlList");
        if (stated == null || list == null) {
            throw new S3Exception(S3Error.MalformedACLError);
        }
        String id = stated.childText("ID");
        if (id != null && !id.isEmpty() && !id.equals(owner)) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        List<Grant> grants = new ArrayList<>();
        for (Xml.Element grant : list.children("Grant")) {
            Xml.Element grantee = grant.child("Grantee");
            String permission = grant.childText("Permission");
            if (grantee == null || permission == null || grants.size() == GRANTS_MAX) {
                throw new S3Exception(S3Error.MalformedACLError);
            }
            String uri = grantee.childText("URI");
            String email = grantee.childText("EmailAddress");
            String canonical = grantee.childText("ID");
            try {
                grants.add(new Grant(
                        Permission.valueOf(permission.strip()),
                        uri != null
                                ? group(uri)
                                : email != null ? byEmail(email, users) : known(String.valueOf(canonical), users)));
            } catch (IllegalArgumentException unknown) {
                throw new S3Exception(S3Error.MalformedACLError, S3Error.MalformedACLError.message(), unknown);
            }
        }
        return new Acl(grants);
    }

    Xml xml(String owner, Users users) {
        Xml xml = Xml.document("AccessControlPolicy");
        BucketOperations.owner(xml, "Owner", owner, BucketOperations.displayName(users, owner));
        xml.begin("AccessControlList");
        for (Grant grant : grants) {
            xml.begin("Grant");
            String type = grant.toGroup() ? "Group" : "CanonicalUser";
            xml.begin("Grantee", "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"" + type + "\"");
            if (grant.toGroup()) {
                xml.add("URI", grant.grantee());
            } else {
                xml.add("ID", grant.grantee()).add("DisplayName", BucketOperations.displayName(users, grant.grantee()));
            }
            xml.end().add("Permission", grant.permission().name()).end();
        }
        return xml.end();
    }
}
