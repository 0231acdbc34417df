package landfall.postgres;

import java.util.List;
import java.util.Optional;

/**
 * What is seen of the fence in a database.
 *
 * @param guarded every table refuses writes
 * @param raised the fence is recorded as raised and not lifted
 * @param rolesWithoutLogin roles from which the fence took the right to log in
 * @param marker the mark behind the last write, if the fence came that far
 */
public record FenceState(boolean guarded, boolean raised, List<String> rolesWithoutLogin, Optional<String> marker) {
    public FenceState {
        rolesWithoutLogin = List.copyOf(rolesWithoutLogin);
    }
}
