package landfall.translate;

/** Where a route of the cluster's proxy leads. */
sealed interface FrontTarget {
    /** An app of the move, at a port of its container. */
    record App(AppDraft app, int port) implements FrontTarget {}

    /** A host outside the cluster: an ExternalName Service, or one with addresses of its own. */
    record Outside(String scheme, String address) implements FrontTarget {}

    /** Nothing that this move takes along. */
    record Unknown(String why) implements FrontTarget {}
}
