package landfall.move;

import landfall.postgres.Direction;

/** The two places that can be open for users. */
enum Side {
    CLUSTER,
    DOKKU;

    static Side from(Direction direction) {
        return direction == Direction.FORWARD ? CLUSTER : DOKKU;
    }

    static Side to(Direction direction) {
        return direction == Direction.FORWARD ? DOKKU : CLUSTER;
    }
}
