package landfall.objects.user;

import java.util.List;
import java.util.Optional;

/** The users that there are; looked up for each request, so from memory. */
public interface Users {
    /** The user and the secret of an access key. */
    record Found(User user, Secret secret) {}

    Optional<Found> byAccessKey(String accessKey);

    Optional<User> byName(String name);

    Optional<User> byCanonicalId(String canonicalId);

    Optional<User> byEmail(String email);

    List<User> all();
}
