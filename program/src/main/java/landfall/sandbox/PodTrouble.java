package landfall.sandbox;

/** Why a container can't be started now, in the words of a container status. */
final class PodTrouble extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    PodTrouble(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
